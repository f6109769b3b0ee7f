import type { Kernel } from '../release.js';
import type { KnownFix } from './schema.js';
import { compareUpstream, parseUpstream, type UpstreamVersion } from '../versions/upstream.js';

export type BaseAnswer = {
  readonly state: 'not-affected' | 'fixed' | 'missing' | 'undecided';
  readonly reason: string;
};

function undecided(reason: string): BaseAnswer {
  return { state: 'undecided', reason };
}

/** A candidate of the very release that is first known to have it: which candidate took it is not known. */
function isCandidateOf(version: string, release: string): boolean {
  return (
    parseUpstream(version)?.rc !== undefined &&
    parseUpstream(release)?.rc === undefined &&
    compareUpstream(version.replace(/-rc\d+$/, ''), release) === 0
  );
}

function isAtOrAbove(version: string, floor: string): boolean {
  return (compareUpstream(version, floor) ?? -1) >= 0;
}

function stableAnswer(fix: KnownFix, version: UpstreamVersion, base: string): BaseAnswer | undefined {
  const first = fix.fixed.stable[version.series];
  if (first === undefined || version.isMainline) return undefined;
  if (isAtOrAbove(base, first)) return { state: 'fixed', reason: `${base} is at or above ${first}, which has the fix` };
  if (isCandidateOf(base, first))
    return undecided(
      `${base} is a candidate of ${first}, which has the fix; whether the candidate has it is not known`,
    );
  return { state: 'missing', reason: `${base} is below ${first}, the first of its series with the fix` };
}

/** Whether a version of kernel.org is from before the bug; said only where every way in is known. */
function beforeTheBug(fix: KnownFix, version: UpstreamVersion, base: string): BaseAnswer | undefined {
  const { introduced } = fix;
  if (introduced === undefined || isAtOrAbove(base, introduced.in)) return undefined;
  if (isCandidateOf(base, introduced.in))
    return undecided(`the bug came in with a candidate of ${introduced.in}, and which one is not known`);
  if (version.isMainline)
    return { state: 'not-affected', reason: `${base} is older than ${introduced.in}, which brought the bug in` };
  const backport = introduced.stable?.[version.series];
  if (backport !== undefined) {
    if (isCandidateOf(base, backport))
      return undecided(`the bug came in with ${backport}, and whether its candidate has it is not known`);
    return isAtOrAbove(base, backport)
      ? undefined
      : { state: 'not-affected', reason: `${base} is older than ${backport}, which brought the bug into its series` };
  }
  return introduced.allBackportsKnown
    ? {
        state: 'not-affected',
        reason: `${base} is of a series before ${introduced.in}, which brought the bug in, and is not among those that took it later`,
      }
    : undecided(
        `the bug came in with ${introduced.in}, and whether the ${version.series} series took it later is not known`,
      );
}

/** Whether the upstream base of a vendor's kernel is known to be at or past the version that brought the bug in. */
export function baseHasTheBug({ introduced }: KnownFix, { base }: Kernel): boolean {
  const version = base === undefined ? undefined : parseUpstream(base.value);
  if (base === undefined || version === undefined || introduced === undefined) return false;
  const since = introduced.stable?.[version.series] ?? introduced.in;
  return isAtOrAbove(base.value, since);
}

/** What follows from the version of an unmodified kernel of kernel.org. */
export function pristineAnswer(fix: KnownFix, base: string): BaseAnswer {
  const version = parseUpstream(base);
  if (version === undefined) return undecided(`${base} is not a version of kernel.org`);
  const before = beforeTheBug(fix, version, base);
  if (before !== undefined) return before;
  const stable = stableAnswer(fix, version, base);
  if (stable !== undefined) return stable;
  const affectedSince = fix.introduced?.in ?? fix.affectedSince;
  const introducedLater = fix.introduced?.stable?.[version.series] !== undefined;
  if (affectedSince === undefined || (!isAtOrAbove(base, affectedSince) && !introducedLater)) {
    return undecided(
      affectedSince === undefined
        ? `what is known of this fix says nothing of ${base}`
        : `whether kernels before ${affectedSince} have the bug is not known`,
    );
  }
  if (fix.never?.includes(version.series) === true)
    return { state: 'missing', reason: `${base} is of the ${version.series} series, which never got the fix` };
  if (isCandidateOf(base, fix.fixed.mainline))
    return undecided(
      `${base} is a candidate of ${fix.fixed.mainline}, the first release with the fix; which candidate took it is not known`,
    );
  if (version.isMainline)
    return {
      state: 'missing',
      reason: `${base} is below ${fix.fixed.mainline}, the first of the main line with the fix`,
    };
  return undecided(`what is known of this fix names no version of the ${version.series} series`);
}

/** Whether a vendor that builds on stable releases is at or past the one with the fix. */
export function followedAnswer(fix: KnownFix, kernel: Kernel): BaseAnswer | undefined {
  const { base, vendor } = kernel;
  const version = base === undefined ? undefined : parseUpstream(base.value);
  if (!vendor.followsStable || base === undefined || version === undefined) return undefined;
  const stable = stableAnswer(fix, version, base.value);
  if (stable === undefined || stable.state === 'undecided') return stable;
  if (stable.state === 'fixed')
    return { state: 'fixed', reason: `${vendor.label} builds on stable releases: ${stable.reason}` };
  return undecided(`${stable.reason}, but ${vendor.label} may carry a fix before its base does`);
}

/** Whatever is at or above the version of the main line that has the fix descends from it, whoever built it. */
export function ancestryAnswer(fix: KnownFix, kernel: Kernel): BaseAnswer | undefined {
  const { base, floor, vendor } = kernel;
  const { mainline } = fix.fixed;
  if (floor === undefined) return undefined;
  if (isCandidateOf(floor, mainline))
    return undecided(
      `${floor} is a candidate of ${mainline}, the first release with the fix; which candidate took it is not known`,
    );
  if (!isAtOrAbove(floor, mainline)) return undefined;
  // Ubuntu numbers what it builds from 6.8-rc4 as 6.8.0 already; only the signature tells them apart.
  if (base === undefined && vendor.id === 'ubuntu' && compareUpstream(floor, mainline) === 0) {
    return undecided(
      `Ubuntu gives the number ${floor} to candidates of ${mainline} too, and without /proc/version_signature they cannot be told apart`,
    );
  }
  return {
    state: 'fixed',
    reason: `${floor} is at or above ${mainline}, the first version of the main line with the fix`,
  };
}
