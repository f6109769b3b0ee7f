import type { FollowUp, KnownFix } from './schema.js';
import { fixStatus, type FixEvidence, type FixStatus } from './status.js';

/** A fix that had to come after another one, and whether this kernel has it. */
export interface FollowUpStatus {
  readonly id: string;
  /** The fix that it came after. */
  readonly after: string;
  readonly how: FollowUp['how'];
  readonly state: FixStatus['state'];
  readonly reason: string;
}

/**
 * What became of the fixes that had to come after one that is there. Where such a fix is there too, those that came
 * after it are reported as well; where it is not, they do not matter yet.
 *
 * @param fixes the whole catalogue
 * @throws RangeError where one is named that the catalogue lacks, which loadFixes refuses
 */
export function judgeFollowUps(
  fix: KnownFix,
  evidence: FixEvidence,
  fixes: readonly KnownFix[],
): readonly FollowUpStatus[] {
  return (fix.followUps ?? []).flatMap(({ fix: id, how }) => {
    const next = fixes.find((one) => one.fix === id);
    if (next === undefined) throw new RangeError(`no known fix is called ${id}, which ${fix.fix} names`);
    const { state, reason } = fixStatus(next, evidence);
    return [
      { id, after: fix.fix, how, state, reason },
      ...(state === 'fixed' ? judgeFollowUps(next, evidence, fixes) : []),
    ];
  });
}

const BROUGHT: Readonly<Record<FixStatus['state'], (id: string, reason: string) => string>> = {
  missing: (id, reason) => `brought ${id}, whose fix is missing (${reason})`,
  fixed: (id) => `brought ${id}, and the kernel has the fix of that too`,
  'not-affected': (id, reason) => `brought ${id}, which does not reach this kernel (${reason})`,
  unknown: (id, reason) => `brought ${id}, and whether the kernel has the fix of that is not known (${reason})`,
};
const LEFT: typeof BROUGHT = {
  missing: (id, reason) => `was not enough: the fix of ${id} is missing (${reason})`,
  fixed: (id) => `was not enough, and the kernel has the fix of ${id} too`,
  'not-affected': (id, reason) => `was not enough, but ${id} does not reach this kernel (${reason})`,
  unknown: (id, reason) => `was not enough: whether the kernel has the fix of ${id} is not known (${reason})`,
};

/** The reason of a fix that is there, and what came after it: `fixed` alone would read as `safe`. */
export function describeFollowUps(fix: KnownFix, reason: string, followUps: readonly FollowUpStatus[]): string {
  const told = followUps.map(({ id, after, how, state, reason: why }) => {
    const says = (how === 'brought' ? BROUGHT : LEFT)[state](id, why);
    return `${after === fix.fix ? 'it' : after} ${says}`;
  });
  return [reason, ...told].join('; ');
}

/** The status of a fix, with the state of those that had to come after it. */
export function fixStatusWithFollowUps(fix: KnownFix, evidence: FixEvidence, fixes: readonly KnownFix[]): FixStatus {
  const status = fixStatus(fix, evidence);
  return status.state === 'fixed'
    ? { ...status, reason: describeFollowUps(fix, status.reason, judgeFollowUps(fix, evidence, fixes)) }
    : status;
}

/** A fix and every fix that came after it, by whatever way. */
export function withFollowUps(fix: KnownFix, fixes: readonly KnownFix[]): readonly KnownFix[] {
  const after = (fix.followUps ?? []).flatMap(({ fix: id }) => fixes.filter((one) => one.fix === id));
  return [...new Set([fix, ...after.flatMap((next) => withFollowUps(next, fixes))])];
}
