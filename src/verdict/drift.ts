import type { HostId } from '../model/host.js';
import type { Baseline, HostReport, Report, ReportHeader } from '../model/report.js';
import { RESULTS, SEVERITIES } from '../model/verdict.js';
import type { Drift, Result, RuleId, Severity, Verdict } from '../model/verdict.js';

/** What a report said of one rule on one host. */
export interface BaselineVerdict {
  readonly result: Result;
  readonly severity: Severity;
  readonly isWaived: boolean;
}

interface BaselineHost {
  readonly profile: string;
  readonly isReached: boolean;
  /** A byte for each rule; what it means, `baselineVerdict` tells. */
  readonly packed: Uint8Array;
}

/**
 * An earlier report, as much of it as a comparison needs: a byte a verdict, since 10,000 hosts have 600,000 of them.
 */
export interface BaselineReport {
  readonly header: ReportHeader;
  /** Where the byte of a rule stands. */
  readonly places: ReadonlyMap<RuleId, number>;
  /** In the order of the report. */
  readonly hosts: ReadonlyMap<HostId, BaselineHost>;
}

function packed({ result, severity, waiver }: Verdict): number {
  return (
    1 +
    RESULTS.indexOf(result) +
    RESULTS.length * (SEVERITIES.indexOf(severity) + SEVERITIES.length * Number(waiver !== undefined))
  );
}

function unpacked(byte: number): BaselineVerdict | undefined {
  const rest = Math.floor((byte - 1) / RESULTS.length);
  const result = RESULTS[(byte - 1) % RESULTS.length];
  const severity = SEVERITIES[rest % SEVERITIES.length];
  return byte === 0 || result === undefined || severity === undefined
    ? undefined
    : { result, severity, isWaived: rest >= SEVERITIES.length };
}

/** One pass over an earlier report. */
export function indexBaseline({ header, hosts }: Report): BaselineReport {
  const places = new Map(header.rules.map(({ id }, index) => [id, index]));
  const past = new Map<HostId, BaselineHost>();
  for (const { host, profile, status, verdicts } of hosts) {
    const bytes = new Uint8Array(places.size);
    for (const verdict of verdicts) bytes[places.get(verdict.rule) ?? places.size] = packed(verdict);
    past.set(host, { profile, isReached: status !== 'unreachable', packed: bytes });
  }
  return { header, places, hosts: past };
}

/** What the earlier report said of a rule on a host; undefined: it does not have both. */
export function baselineVerdict(
  { places, hosts }: BaselineReport,
  host: HostId,
  rule: RuleId,
): BaselineVerdict | undefined {
  const place = places.get(rule);
  const before = hosts.get(host);
  return place === undefined || before === undefined ? undefined : unpacked(before.packed[place] ?? 0);
}

/** What became of a verdict, by its result then and now. `wasFail` where there was no such host: it did not fail. */
const DRIFT_OF_FAIL = {
  pass: 'resolved',
  notapplicable: 'resolved',
  fail: 'still-failing',
  error: 'no-longer-known',
  unknown: 'no-longer-known',
  // Nobody has shown that it is repaired: it is only not asked any more.
  notselected: 'no-longer-known',
  informational: 'no-longer-known',
} as const satisfies Record<Result, Drift>;

function isUnknown(result: Result): boolean {
  return result === 'error' || result === 'unknown';
}

/** @param before undefined: the host was not in the earlier report, and its rule was */
export function toDrift(before: BaselineVerdict | undefined, now: Verdict): Drift | undefined {
  const isLaidOpen = before?.isWaived === true && now.waiver === undefined;
  if (now.result === 'fail' && (before?.result !== 'fail' || isLaidOpen)) return 'newly-failing';
  if (before?.result === 'fail') return DRIFT_OF_FAIL[now.result];
  return before?.result === 'pass' && isUnknown(now.result) ? 'no-longer-known' : undefined;
}

/**
 * The host with what became of each of its verdicts. Rules that the earlier report does not have are neither old nor
 * new.
 */
export function withDrift(
  host: HostReport,
  past: BaselineReport,
  knownRules: ReadonlySet<RuleId> = new Set(past.header.rules.map(({ id }) => id)),
): HostReport {
  const verdicts = host.verdicts.map((verdict) => {
    const { drift: _, ...bare } = verdict;
    const drift = knownRules.has(verdict.rule)
      ? toDrift(baselineVerdict(past, host.host, verdict.rule), verdict)
      : undefined;
    return drift === undefined ? bare : { ...bare, drift };
  });
  const { isNew: _, ...bare } = host;
  return { ...bare, ...(past.hosts.has(host.host) ? {} : { isNew: true }), verdicts };
}

export interface BaselineAround {
  /** The file that it was read from. */
  readonly from: string;
  readonly rules: readonly { readonly id: RuleId }[];
  /** Every host of the inventory, and those of the run. */
  readonly inventory: ReadonlySet<HostId>;
  readonly selected: ReadonlySet<HostId>;
}

/** What the header of a report says of its baseline. */
export function toBaseline(
  { header, hosts }: BaselineReport,
  { from, rules, inventory, selected }: BaselineAround,
): Baseline {
  const [then, now] = [header.rules, rules].map((all) => new Set(all.map(({ id }) => id)));
  const missing = [...hosts.keys()].filter((name) => !selected.has(name));
  return {
    runId: header.runId,
    startedAt: header.startedAt,
    from,
    gone: missing.filter((name) => !inventory.has(name)),
    notSelected: missing.filter((name) => inventory.has(name)).length,
    newRules: rules.map(({ id }) => id).filter((id) => then?.has(id) !== true),
    goneRules: header.rules.map(({ id }) => id).filter((id) => now?.has(id) !== true),
  };
}
