import { compareDigits } from './dpkg.js';
import { comparing, getOrder, type VersionScheme } from './order.js';

/** `[epoch:]version[-release]`. */
export interface RpmVersion {
  readonly epoch: number;
  readonly version: string;
  readonly release: string | undefined;
}

const SHAPE = /^(?:(\d{1,9}):)?([A-Za-z0-9._+~^]+)(?:-([A-Za-z0-9._+~^]+))?$/;

export function parseRpm(text: string): RpmVersion | undefined {
  const match = SHAPE.exec(text);
  const version = match?.[2];
  if (match === null || version === undefined) return undefined;
  return { epoch: Number(match[1] ?? '0'), version, release: match[3] };
}

const SEGMENTS = /[~^]|\d+|[A-Za-z]+/g;
function isNumber(segment: string): boolean {
  return /^\d/.test(segment);
}

function compareSegment(a: string, b: string): -1 | 0 | 1 {
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  if (isNumber(a)) return compareDigits(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `~` sorts below the end of the version, `^` above the end and below anything else that follows. */
function comparePart(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.match(SEGMENTS) ?? [], b.match(SEGMENTS) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [l, r] = [left[at], right[at]];
    if (l === '~' || r === '~') {
      if (l !== r) return l === '~' ? -1 : 1;
      continue;
    }
    if (l === '^' || r === '^') {
      if (l === r) continue;
      if (l === undefined) return -1;
      if (r === undefined) return 1;
      return l === '^' ? -1 : 1;
    }
    if (l === undefined || r === undefined) return l === undefined ? -1 : 1;
    const order = compareSegment(l, r);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * As rpm's own comparison of epoch, version and release does; a version without a release is below one that has one.
 */
export const compareRpm = comparing(parseRpm, (a, b) => {
  const byEpoch = getOrder(a.epoch - b.epoch);
  if (byEpoch !== 0) return byEpoch;
  const byVersion = comparePart(a.version, b.version);
  if (byVersion !== 0) return byVersion;
  if (a.release === undefined || b.release === undefined)
    return getOrder(Number(a.release !== undefined) - Number(b.release !== undefined));
  return comparePart(a.release, b.release);
});

export const RPM: VersionScheme<RpmVersion> = { parse: parseRpm, compare: compareRpm };
