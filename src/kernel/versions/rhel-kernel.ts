import { compareNumbers, comparing, type VersionScheme } from './order.js';

/** A kernel of Red Hat and of those who rebuild it: `3.10.0-1160.119.1.el7` is z-stream update 119.1 of build 1160. */
export interface RhelKernel {
  /** `3.10.0`; the same through the whole life of a major version, whatever was backported. */
  readonly base: string;
  readonly build: number;
  /** Empty for a build of the main branch. */
  readonly zStream: readonly number[];
  /** `7` in `el7` and in `el7_9`; `7a` for the alternative kernel of `el7a`. */
  readonly el: string;
  /** `2` in `el8_2`. */
  readonly elMinor: number | undefined;
}

const SHAPE = /^(\d{1,4}\.\d{1,6}\.\d{1,6})-(\d{1,6})((?:\.\d{1,6})*)\.el(\d{1,2}a?)(?:_(\d{1,2}))?$/;

export function parseRhel(text: string): RhelKernel | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, base, build, zStream, el, elMinor] = match;
  if (base === undefined || build === undefined || el === undefined) return undefined;
  return {
    base,
    build: Number(build),
    zStream: (zStream ?? '').split('.').filter(Boolean).map(Number),
    el,
    elMinor: elMinor === undefined ? undefined : Number(elMinor),
  };
}

/**
 * A partial order, by descent. Builds of the main branch follow each other, and a z-stream grows out of its build:
 * `1127` < `1127.8.2` and `1127` < `1160` < `1160.119.1`. `1127.8.2` and `1160` are on two branches: what the one took
 * over, the other may lack, so they are not comparable.
 */
export const compareRhel = comparing(parseRhel, (a, b) => {
  if (a.base !== b.base || a.el !== b.el) return undefined;
  if (a.build === b.build) return compareNumbers(a.zStream, b.zStream);
  const older = a.build < b.build ? a : b;
  if (older.zStream.length > 0) return undefined;
  return older === a ? -1 : 1;
});

export const RHEL_KERNEL: VersionScheme<RhelKernel> = { parse: parseRhel, compare: compareRhel };
