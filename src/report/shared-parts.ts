import { saidInVerdicts, type HostlessVerdict } from '../model/said.js';
import type { Evidence, Verdict } from '../model/verdict.js';

// Hosts that are set up alike share most of their readings and of what is said of them, as the very same objects (`interning`,
// `memoizeByReadings`). What is found here is one object for all that share it, so that more can be kept with it.

/** How many are remembered that show the same evidence: a rule has a severity in each profile. */
const MOST_SAID = 8;
const saidOf = new WeakMap<readonly Evidence[], HostlessVerdict[]>();

/**
 * All that a verdict says beside its evidence, by which it is found: one after another, since this is asked for each verdict of each
 * host. Its test lists every field, and does not compile where one is new.
 */
function isSame(said: HostlessVerdict, verdict: Verdict): boolean {
  return (
    said.rule === verdict.rule &&
    said.because === verdict.because &&
    said.severity === verdict.severity &&
    said.result === verdict.result &&
    said.digest === verdict.digest &&
    said.nextBoot === verdict.nextBoot &&
    said.waiver === verdict.waiver &&
    said.drift === verdict.drift &&
    said.since === verdict.since &&
    said.flaps === verdict.flaps
  );
}

/** What each verdict says, the same object for hosts of which the same is said by the same evidence. */
export function sharedSaids(verdicts: readonly Verdict[]): readonly HostlessVerdict[] {
  return saidInVerdicts(verdicts) ?? verdicts.map(sharedSaid);
}

function sharedSaid(verdict: Verdict): HostlessVerdict {
  const before = saidOf.get(verdict.evidence);
  if (before !== undefined) for (const said of before) if (isSame(said, verdict)) return said;
  const { host: _, ...said } = verdict;
  if (before === undefined) saidOf.set(verdict.evidence, [said]);
  else if (before.length < MOST_SAID) before.push(said);
  return said;
}
