import type { HostId } from '../model/host.js';
import type { Report } from '../model/report.js';
import type { RuleId, Verdict } from '../model/verdict.js';

/**
 * Since when each verdict of a run has its result, in milliseconds. One number a verdict: a large fleet has 600,000.
 */
export interface Sinces {
  readonly set: (host: HostId, rule: RuleId, ms: number) => void;
  /** Undefined: the host was not asked. */
  readonly of: (host: HostId, rule: RuleId) => number | undefined;
}

export function openSinces(rules: readonly RuleId[]): Sinces {
  const places = new Map(rules.map((rule, index) => [rule, index]));
  const byHost = new Map<HostId, Float64Array>();
  return {
    set: (host, rule, ms) => {
      const row = byHost.get(host) ?? new Float64Array(rules.length).fill(Number.NaN);
      byHost.set(host, row);
      row[places.get(rule) ?? rules.length] = ms;
    },
    of: (host, rule) => {
      const ms = byHost.get(host)?.[places.get(rule) ?? rules.length];
      return ms === undefined || Number.isNaN(ms) ? undefined : ms;
    },
  };
}

export function inSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The report with the day since which each verdict has its result, filled in at each walk. */
export function withSince(report: Report, sinces: Sinces): Report {
  const filled = (verdict: Verdict): Verdict => {
    const ms = sinces.of(verdict.host, verdict.rule);
    return ms === undefined ? verdict : { ...verdict, since: inSeconds(ms) };
  };
  return {
    ...report,
    hosts: {
      *[Symbol.iterator]() {
        for (const host of report.hosts) yield { ...host, verdicts: host.verdicts.map(filled) };
      },
    },
  };
}
