/** A set of numbers from 1 on, kept as ranges: the hosts of a run are nearly always a few. */
export interface IdSet {
  readonly size: number;
  readonly has: (id: number) => boolean;
  readonly [Symbol.iterator]: () => Iterator<number>;
}

/** `1-3,7`; the empty set is the empty text. */
export function toRanges(ids: Iterable<number>): string {
  const ranges: [number, number][] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && id <= last[1] + 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(',');
}

/** More than any fleet has. A text of twenty characters can name more numbers than anybody has time to walk. */
const MOST_IDS = 10_000_000;

function rangesIn(text: string): readonly (readonly number[])[] {
  return text === '' ? [] : text.split(',').map((range) => range.split('-').map(Number));
}

/** Whether `toRanges` can have written it. */
export function isIdSet(text: string): boolean {
  if (!/^(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?$/.test(text)) return false;
  let last = 0;
  for (const [low = 0, high = low] of rangesIn(text)) {
    if (low <= last || high < low) return false;
    last = high;
  }
  return last <= MOST_IDS;
}

/**
 * Back from `toRanges`.
 *
 * @throws where that did not write it
 */
export function idsIn(text: string): IdSet {
  if (!isIdSet(text)) throw new Error(`a run names hosts or rules by ${text.slice(0, 60)}, which is no set of numbers`);
  const ranges = rangesIn(text);
  const lows = ranges.map(([low = 0]) => low);
  const highs = ranges.map(([low = 0, high = low]) => high);
  return {
    size: highs.reduce((sum, high, index) => sum + high - (lows[index] ?? 0) + 1, 0),
    has: (id) => {
      let from = 0;
      let to = highs.length;
      while (from < to) {
        const middle = (from + to) >> 1;
        if ((highs[middle] ?? 0) < id) from = middle + 1;
        else to = middle;
      }
      return from < lows.length && (lows[from] ?? 0) <= id;
    },
    *[Symbol.iterator]() {
      for (const [index, low] of lows.entries()) for (let id = low; id <= (highs[index] ?? 0); id += 1) yield id;
    },
  };
}
