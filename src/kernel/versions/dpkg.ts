import { comparing, getOrder, type VersionScheme } from './order.js';

/** `[epoch:]upstream[-revision]`, deb-version(7). */
export interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

const SHAPE = /^(?:(\d{1,9}):)?(\d[A-Za-z0-9.+~:-]*)$/;
const REVISION = /^[A-Za-z0-9.+~]+$/;

export function parseDeb(text: string): DebVersion | undefined {
  const match = SHAPE.exec(text);
  const rest = match?.[2];
  if (match === null || rest === undefined || (match[1] === undefined && rest.includes(':'))) return undefined;
  const dash = rest.lastIndexOf('-');
  const upstream = dash < 0 ? rest : rest.slice(0, dash);
  const revision = dash < 0 ? '' : rest.slice(dash + 1);
  if (dash >= 0 && !REVISION.test(revision)) return undefined;
  return { epoch: Number(match[1] ?? '0'), upstream, revision };
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** `~` before the end, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined || isDigit(character)) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** Runs of digits compare as numbers of any length, without their leading zeros. */
export function compareDigits(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return getOrder(left.length - right.length);
  return left < right ? -1 : left > right ? 1 : 0;
}

function digitsAt(text: string, from: number): string {
  return /^\d*/.exec(text.slice(from))?.[0] ?? '';
}

function comparePart(a: string, b: string): -1 | 0 | 1 {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const difference = weight(a[i]) - weight(b[j]);
      if (difference !== 0) return getOrder(difference);
      i += 1;
      j += 1;
    }
    const [left, right] = [digitsAt(a, i), digitsAt(b, j)];
    const order = compareDigits(left, right);
    if (order !== 0) return order;
    i += left.length;
    j += right.length;
  }
  return 0;
}

export const compareDeb = comparing(parseDeb, (a, b) => {
  const byEpoch = getOrder(a.epoch - b.epoch);
  if (byEpoch !== 0) return byEpoch;
  const byUpstream = comparePart(a.upstream, b.upstream);
  return byUpstream === 0 ? comparePart(a.revision, b.revision) : byUpstream;
});

export const DPKG: VersionScheme<DebVersion> = { parse: parseDeb, compare: compareDeb };
