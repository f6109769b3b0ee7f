import type { HostReport } from '../model/report.js';
import type { Severity, WaiverUse } from '../model/verdict.js';
import { isUnwaivedFail, isUnwaivedUndecided, otherCollector } from './phrases.js';
import { withBreaths } from './with-breaths.js';

/** What is said of a host as a whole, in formats that know only rules. No policy has a rule of these names. */
export const HOST_RULES = {
  'host-not-reached': 'A host must be reached: nothing is known of one that is not',
  'host-not-checked': 'On a host at least one rule must pass or fail: otherwise nothing was shown',
  'host-other-collector':
    "The collector that is installed on a host should be this kernward's: what another does not ask for is not-collected",
} as const;

/** In the order of urgency. Formats that may show only so many findings leave out from the end. */
export const RANKS = [
  'fail critical',
  'not reached',
  'fail high',
  'fail medium',
  'fail low',
  'fail info',
  'undecided',
  'waived',
] as const;
export type Rank = (typeof RANKS)[number];

export type Level = 'error' | 'warning' | 'note';

export const LEVEL_OF_SEVERITY = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
} as const satisfies Record<Severity, Level>;

/** Something about a host that needs attention, or that a waiver covers. */
export interface Finding {
  readonly host: HostReport;
  /** A rule of the report's header, or one of `HOST_RULES`. */
  readonly rule: string;
  readonly rank: Rank;
  readonly level: Level;
  /** Whether the rule is broken; otherwise that could not be decided. */
  readonly isFail: boolean;
  readonly because: string;
  readonly waiver?: WaiverUse;
}

function ofHost(host: HostReport): readonly Finding[] {
  if (host.failure !== undefined)
    return [
      {
        host,
        rule: 'host-not-reached',
        rank: 'not reached',
        level: 'error',
        isFail: true,
        because: `not reached (${host.failure.code}): ${host.failure.detail}`,
      },
    ];
  const collector = otherCollector(host);
  const ofCollector: readonly Finding[] =
    collector === undefined
      ? []
      : [
          {
            host,
            rule: 'host-other-collector',
            rank: 'undecided',
            level: 'warning',
            isFail: false,
            because: collector,
          },
        ];
  if (host.status === 'unchecked')
    return [
      ...ofCollector,
      {
        host,
        rule: 'host-not-checked',
        rank: 'undecided',
        level: 'warning',
        isFail: false,
        because: 'nothing was checked: no rule passed or failed',
      },
    ];
  return ofCollector;
}

/**
 * What is to be said of a host: that it was not reached, or every fail and everything undecided, waived ones too. Of a
 * host that was not reached its verdicts say nothing more.
 */
export function collectFindings(host: HostReport): readonly Finding[] {
  if (host.status === 'unreachable') return ofHost(host);
  const ofRules = host.verdicts.flatMap((verdict): Finding[] => {
    const { rule, severity, because, waiver } = verdict;
    const isFail = verdict.result === 'fail';
    const level = isFail ? LEVEL_OF_SEVERITY[severity] : 'warning';
    if (isUnwaivedFail(verdict)) return [{ host, rule, rank: `fail ${severity}`, level, isFail, because }];
    if (isUnwaivedUndecided(verdict)) return [{ host, rule, rank: 'undecided', level, isFail, because }];
    if (waiver !== undefined && (isFail || verdict.result === 'error' || verdict.result === 'unknown'))
      return [{ host, rule, rank: 'waived', level, isFail, because, waiver }];
    return [];
  });
  return [...ofHost(host), ...ofRules];
}

/** How many findings of each rank there are: one pass over the hosts. */
export function* countRanks(hosts: Iterable<HostReport>): Generator<string, ReadonlyMap<Rank, number>> {
  const counts = new Map<Rank, number>(RANKS.map((rank) => [rank, 0]));
  yield* withBreaths(hosts, (host) => {
    for (const { rank } of collectFindings(host)) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  });
  return counts;
}

/** Of at most `limit` findings, how many are of each rank when the first ranks come first. */
export function getShares(counts: ReadonlyMap<Rank, number>, limit: number): Map<Rank, number> {
  let left = limit;
  return new Map(
    RANKS.map((rank) => {
      const share = Math.min(counts.get(rank) ?? 0, left);
      left -= share;
      return [rank, share];
    }),
  );
}
