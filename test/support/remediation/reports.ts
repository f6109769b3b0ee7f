import { known, type Readings } from '../../../src/model/reading.js';
import type { HostReport, RemediationSetting, ReportHeader, RuleSummary } from '../../../src/model/report.js';
import type { Result, Severity, WaiverUse } from '../../../src/model/verdict.js';

export function headerOf(rules: readonly RuleSummary[]): ReportHeader {
  return {
    kernward: '0.1.0',
    schema: 1,
    runId: 'c0ffee00c0ffee00',
    startedAt: '2026-11-23T02:00:00Z',
    inventory: ['fleet.yaml'],
    gate: { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false },
    probe: { protocol: 1, sha256: '' },
    policies: [],
    rules,
  };
}

export function setting(name: string, value: string, ...accepts: readonly string[]): RemediationSetting {
  return {
    name,
    value,
    accepts,
  };
}

export function ruleOf(
  id: string,
  severity: Severity,
  settings: Partial<NonNullable<RuleSummary['remediationSettings']>>,
  more: Partial<RuleSummary> = {},
): RuleSummary {
  return {
    id,
    policy: 'topic',
    title: `What ${id} asks for`,
    severity,
    rationale: '',
    remediation: `Do what ${id} says.`,
    settings: '',
    remediationSettings: { sysctl: [], sysfs: [], bootParameters: [], commands: [], packages: [], ...settings },
    mayBreak: `What ${id} breaks.`,
    references: [],
    ...more,
  };
}

export interface Row {
  readonly [rule: string]: Result | WaiverUse;
}

/** A host with a result for each rule; a waiver stands for a waived fail. */
export function hostOf(
  host: string,
  results: Row,
  readings: Readings = new Map(),
  more: Partial<HostReport> = {},
): HostReport {
  return {
    host,
    address: host,
    port: 22,
    groups: [],
    labels: {},
    profile: 'stay-up',
    transport: 'ssh2',
    status: 'failing',
    tookMs: 1,
    readings,
    verdicts: Object.entries(results).map(([rule, result]) => ({
      host,
      rule,
      severity: 'high',
      result: typeof result === 'string' ? result : 'fail',
      because: `${rule} on any host`,
      evidence: [],
      ...(typeof result === 'string' ? {} : { waiver: result }),
    })),
    ...more,
  };
}

export function unreachable(host: string): HostReport {
  return hostOf(host, {}, new Map(), {
    status: 'unreachable',
    failure: { code: 'refused', detail: 'connection refused' },
  });
}

export function number(value: number) {
  return known(value, `${value}\n`);
}
