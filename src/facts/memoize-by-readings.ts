import type { FactId, Reading } from '../model/reading.js';

/** `undefined`: the readings do not hold the fact at all. */
export type ReadIfAny = (id: FactId) => Reading | undefined;

/** How many answers are kept of each question: ten thousand machines are set up in a few hundred ways. */
const MOST = 512;

const marks = new WeakMap<Reading, string>();
let marked = 1;

/**
 * Two characters that stand for this very object; equal readings of one fact are one object where `interning` made them
 * so.
 */
function markOf(reading: Reading | undefined): string {
  if (reading === undefined) return '\0\0';
  const before = marks.get(reading);
  if (before !== undefined) return before;
  const mark = String.fromCharCode(marked & 0xffff, Math.floor(marked / 0x10000) & 0xffff);
  marked += 1;
  marks.set(reading, mark);
  return mark;
}

/** How many readings have marks of their own; after that marks repeat, and answers may not be kept any more. */
const MOST_MARKS = 2 ** 32;

/**
 * Computes an answer once for all hosts of which the same is read. The answer is the same with and without it:
 * `compute` must be pure and read nothing but `inputs`.
 *
 * Where answers do not come again (they depend on a counter, say) it stops to keep them.
 */
export function memoizeByReadings<T extends object, R extends ReadIfAny>(
  inputs: readonly FactId[],
  compute: (read: R) => T,
): (read: R) => T {
  const answers = new Map<string, T>();
  let hits = 0;
  let isWorthIt = true;
  return (read) => {
    if (!isWorthIt || marked >= MOST_MARKS) return compute(read);
    let key = '';
    for (const id of inputs) key += markOf(read(id));
    const before = answers.get(key);
    if (before !== undefined) {
      hits += 1;
      return before;
    }
    const answer = compute(read);
    if (answers.size >= MOST) {
      isWorthIt = hits > MOST;
      hits = 0;
      answers.clear();
    }
    answers.set(key, answer);
    return answer;
  };
}
