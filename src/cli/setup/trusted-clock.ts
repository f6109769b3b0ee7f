import { toTimestamp } from '../../run/moments.js';
import { OWN_FILES } from '../../run/shipped/own-files.js';
import { usage } from '../terminal/exit.js';

/** A file of kernward's own that says of which day it is. */
const DATED = 'policies/support/linux-kernel.yaml';

/** The day of the data that kernward comes with: it is later by every clock that is right. Undefined: it does not say. */
export function dayOfOwnData(): string | undefined {
  return /^asOf: (\d{4}-\d{2}-\d{2})$/m.exec(OWN_FILES.read(DATED)?.toString() ?? '')?.[1];
}

/**
 * What the time is, for whoever judges by it: whether waivers are in force, what is out of support, until when a plan holds. A
 * clock before kernward's own data is provably wrong, and every waiver that has ended since would be in force by it.
 *
 * @param asOf the day that somebody gave to judge by: the clock decides nothing then
 * @throws Stop with a sentence
 */
export function clockNow(
  { asOf, mayBeGiven = true }: { readonly asOf?: string | undefined; readonly mayBeGiven?: boolean } = {},
  now = new Date(),
): Date {
  const day = dayOfOwnData();
  if (asOf !== undefined || day === undefined || now.getTime() >= Date.parse(`${day}T00:00:00Z`)) return now;
  return usage(
    `the clock of this machine says ${toTimestamp(now)}, which is before the data that kernward came with, of ${day}: waivers that have ended would be in force, and nothing would be out of support. Set the clock${mayBeGiven ? ', or say the day with --as-of' : ''}`,
  );
}
