import { WAIVER_STATES } from '../model/report.js';
import type { ReportHeader, Summary, WaiverState, WaiverSummary } from '../model/report.js';
import { DRIFTS } from '../model/verdict.js';
import { count } from '../text/count.js';

/** Each state of a waiver, in words. */
export const WAIVER_MEANS = {
  expired: 'expired',
  'not-yet-valid': 'not yet valid',
  'no-rule': 'names no rule that there is',
  'no-host': 'names no host that there is',
  'not-selected': 'its hosts were not asked',
  void: 'void: the facts have changed',
  unused: 'covers nothing: nothing that it names fails',
  expiring: 'in force, expires within 30 days',
  'in-force': 'in force',
} as const satisfies Record<WaiverState, string>;

/** What is said of a host that only the baseline has. */
export const GONE_MEANS = 'gone: the baseline has this host, the inventory does not any more';

/** Names that fit a line. */
const MAX_NAMES = 20;

/** `2 hosts: db9, web99`, that only the baseline has; empty where none is, or there was no baseline. */
export function formatGone({ baseline }: ReportHeader): string {
  const gone = baseline?.gone ?? [];
  if (gone.length === 0) return '';
  return `${count(gone.length, 'host')}: ${gone.slice(0, MAX_NAMES).join(', ')}${gone.length > MAX_NAMES ? ` and ${gone.length - MAX_NAMES} more` : ''}`;
}

function waiversIn({ waivers = [] }: Summary, state: WaiverState): readonly WaiverSummary[] {
  return waivers.filter((waiver) => waiver.state === state);
}

/** `2 expired, 1 in-force`; empty where the run was given no waiver. */
export function waiverCounts(summary: Summary): string {
  return WAIVER_STATES.flatMap((state) => {
    const { length } = waiversIn(summary, state);
    return length === 0 ? [] : [`${length} ${state}`];
  }).join(', ');
}

/** Waivers that need attention: all but those that are simply in force, by their state. */
export function waiversToSee(summary: Summary): readonly WaiverSummary[] {
  return WAIVER_STATES.flatMap((state) => (state === 'in-force' ? [] : waiversIn(summary, state)));
}

/** What changed since the baseline, in a line; empty where there was none. */
export function driftCounts({ drift }: Summary): string {
  return drift === undefined
    ? ''
    : [
        ...DRIFTS.map((each) => `${drift.verdicts[each]} ${each}`),
        count(drift.newHosts, 'new host'),
        `${count(drift.goneHosts, 'host')} gone`,
        ...(drift.failsOfNewRules === 0 ? [] : [`${count(drift.failsOfNewRules, 'fail')} of new rules`]),
      ].join(', ');
}

/** The same, and how many hosts of the baseline the inventory still has and `--limit` left out. */
export function formatSince({ baseline }: ReportHeader, summary: Summary): string {
  return [
    driftCounts(summary),
    baseline === undefined || baseline.notSelected === 0
      ? ''
      : `${count(baseline.notSelected, 'host')} of the baseline not asked`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
