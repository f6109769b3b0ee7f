import { compareNumbers, comparing, type VersionScheme } from './order.js';

/** A version of kernel.org: `4.9.104`, `6.17-rc3`, `2.6.32.50`. */
export interface UpstreamVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The fourth number, which only 2.6 had. */
  readonly sub: number;
  /** Release candidate; `undefined` for the release itself. */
  readonly rc: number | undefined;
  /** The stable series: `4.9`, and `2.6.32` before 3.0. */
  readonly series: string;
  /** A release or candidate of the main line, not of a stable series: `4.16`, `4.16.0`, `4.16-rc1`, `2.6.32`. */
  readonly isMainline: boolean;
}

const SHAPE = /^(\d{1,4})\.(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?:-rc(\d{1,4}))?$/;

export function parseUpstream(text: string): UpstreamVersion | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const numberAt = (group: number): number => Number(match[group] ?? '0');
  const [major, minor, patch, sub] = [numberAt(1), numberAt(2), numberAt(3), numberAt(4)];
  const is26 = major === 2;
  // Four numbers were only ever given out in 2.6: a 4.9.1.2 is not a version of kernel.org.
  if (match[4] !== undefined && !is26) return undefined;
  return {
    major,
    minor,
    patch,
    sub,
    rc: match[5] === undefined ? undefined : Number(match[5]),
    series: is26 ? `${major}.${minor}.${patch}` : `${major}.${minor}`,
    isMainline: is26 ? sub === 0 : patch === 0,
  };
}

/** `4.16-rc1` is below `4.16`; `4.16` and `4.16.0` are one version. */
export const compareUpstream = comparing(parseUpstream, (a, b) =>
  compareNumbers(
    [a.major, a.minor, a.patch, a.sub, a.rc ?? Infinity],
    [b.major, b.minor, b.patch, b.sub, b.rc ?? Infinity],
  ),
);

export const UPSTREAM: VersionScheme<UpstreamVersion> = { parse: parseUpstream, compare: compareUpstream };
