import { defined } from '../../language/defined.js';
import type { KnownFix } from './schema.js';
import { describeFollowUps, judgeFollowUps, type FollowUpStatus } from './follow-ups.js';
import { fixStatus, type FixStatus } from './status.js';
import { identifyKernel, type Kernel } from '../release.js';

export interface FixCheckRow {
  readonly id: string;
  readonly title: string;
  readonly state: FixStatus['state'];
  readonly reason: string;
  readonly evidence: readonly string[];
  /** Where the fix is there: the fixes that had to come after it. */
  readonly followUps: readonly FollowUpStatus[];
}

/** `ID` of os-release(5), lower case as there; quotes are allowed. */
function osIdOf(osRelease: string): string | undefined {
  return /^ID=["']?([a-z0-9._-]+)["']?\s*$/m.exec(osRelease)?.[1];
}

/** The kernel that a release string names, without a machine to ask. */
function kernelOfRelease(release: string, osRelease?: string): Kernel {
  const osId = osRelease === undefined ? undefined : osIdOf(osRelease);
  return identifyKernel({ release: release.trim(), ...defined({ osId }) });
}

/**
 * What is known of a kernel release without any host: one row for each known fix, in their order.
 *
 * @param release as `uname -r` prints it, e.g. `3.10.0-1127.el7.x86_64`
 * @param osRelease the text of the machine's os-release, where two vendors' releases look alike
 */
export function checkRelease(
  release: string,
  osRelease: string | undefined,
  fixes: readonly KnownFix[],
): readonly FixCheckRow[] {
  const kernel = kernelOfRelease(release, osRelease);
  return fixes.map((fix) => {
    const status = fixStatus(fix, { kernel });
    const followUps = status.state === 'fixed' ? judgeFollowUps(fix, { kernel }, fixes) : [];
    return {
      id: fix.fix,
      title: fix.title,
      state: status.state,
      reason: describeFollowUps(fix, status.reason, followUps),
      evidence: status.state === 'unknown' ? [] : status.evidence,
      followUps,
    };
  });
}
