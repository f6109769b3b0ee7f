import type { HostReport, Report, RuleSummary } from '../../../src/model/report.js';
import type { Result, Severity } from '../../../src/model/verdict.js';
import { hostStatus } from '../../../src/verdict/host-status.js';
import { summarise } from '../../../src/verdict/summary.js';

export interface Judged {
  readonly result: Result;
  readonly severity?: Severity;
  readonly waiver?: string;
  readonly because?: string;
}

export interface HostPlan {
  readonly host: string;
  readonly groups?: readonly string[];
  readonly owner?: string;
  /** By rule; `unreachable` and `interrupted`: error for each. */
  readonly judged: Readonly<Record<string, Judged | Result>> | 'unreachable' | 'interrupted';
  /** Carried over from this run. */
  readonly fromRun?: string;
}

export interface RunPlan {
  readonly runId: string;
  readonly startedAt: string;
  readonly limit?: string;
  readonly rules: readonly string[];
  readonly hosts: readonly HostPlan[];
}

const GATE = { failOn: 'high', minCoverage: 100, allowEmpty: true, exitZero: false } as const;

function ruleSummary(id: string): RuleSummary {
  return {
    id,
    policy: 'topic',
    title: `What ${id} asks`,
    severity: 'high',
    rationale: '',
    remediation: '',
    settings: '',
    mayBreak: '',
    references: [],
  };
}

function hostReport({ host, groups = [], owner, judged, fromRun }: HostPlan, rules: readonly string[]): HostReport {
  const unreached = typeof judged === 'string' ? judged : undefined;
  const verdicts = rules.map((rule) => {
    const said = typeof judged === 'string' ? 'error' : (judged[rule] ?? 'notapplicable');
    const full: Judged = typeof said === 'string' ? { result: said } : said;
    const { result, severity = 'high', waiver, because = `${rule} is ${result}` } = full;
    return {
      host,
      rule,
      severity,
      result,
      because,
      evidence: [],
      ...(waiver === undefined
        ? {}
        : { waiver: { id: waiver, justification: 'it must', expires: '2030-01-01T00:00:00Z' } }),
    };
  });
  return {
    host,
    address: host,
    port: 22,
    groups,
    labels: owner === undefined ? {} : { owner },
    profile: 'stay-up',
    transport: 'ssh2',
    status: hostStatus(verdicts, unreached === undefined, GATE),
    tookMs: 1,
    ...(fromRun === undefined ? {} : { fromRun }),
    ...(unreached === undefined
      ? {}
      : {
          failure: {
            code: unreached === 'interrupted' ? ('interrupted' as const) : ('connect-timed-out' as const),
            detail: 'no answer',
          },
        }),
    readings: new Map(),
    verdicts,
  };
}

/** The report of a planned run. Hosts are made at each walk, so that a large fleet is never there at once. */
export function reportOf({ runId, startedAt, limit, rules, hosts }: RunPlan): Report {
  const walk: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const host of hosts) yield hostReport(host, rules);
    },
  };
  const interrupted = hosts.some(({ judged }) => judged === 'interrupted');
  return {
    header: {
      kernward: '0.1.0',
      schema: 2,
      runId,
      startedAt,
      inventory: ['fleet.yaml'],
      ...(limit === undefined ? {} : { limit }),
      gate: GATE,
      probe: { protocol: 1, sha256: '' },
      policies: [],
      rules: rules.map(ruleSummary),
    },
    hosts: walk,
    summary: summarise(walk, {
      gate: GATE,
      rules: rules.length,
      tookMs: 1000,
      ...(interrupted ? { interruptedBy: 'SIGINT' as const } : {}),
    }),
  };
}
