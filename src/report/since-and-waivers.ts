import { WAIVER_STATES } from '../model/report.js';
import type { Summary, WaiverState, WaiverSummary } from '../model/report.js';
import { DRIFTS } from '../model/verdict.js';
import { count } from '../text/count.js';

const waiversIn = ({ waivers = [] }: Summary, state: WaiverState): readonly WaiverSummary[] => waivers.filter((waiver) => waiver.state === state);

/** `2 expired, 1 in-force`; empty where the run was given no waiver. */
export const waiverCounts = (summary: Summary): string =>
  WAIVER_STATES.flatMap((state) => {
    const { length } = waiversIn(summary, state);
    return length === 0 ? [] : [`${length} ${state}`];
  }).join(', ');

/** Waivers that somebody has to look at: all but those that are simply in force, by their state. */
export const waiversToSee = (summary: Summary): readonly WaiverSummary[] => WAIVER_STATES.flatMap((state) => (state === 'in-force' ? [] : waiversIn(summary, state)));

/** What changed since the baseline, in a line; empty where there was none. */
export const driftCounts = ({ drift }: Summary): string =>
  drift === undefined
    ? ''
    : [
        ...DRIFTS.map((each) => `${drift.verdicts[each]} ${each}`),
        count(drift.newHosts, 'new host'),
        `${count(drift.goneHosts, 'host')} gone`,
        ...(drift.failsOfNewRules === 0 ? [] : [`${count(drift.failsOfNewRules, 'fail')} of new rules`]),
      ].join(', ');
