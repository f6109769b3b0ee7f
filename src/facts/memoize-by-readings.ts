import { memoize } from '../language/memoize.js';
import type { FactId, Reading } from '../model/reading.js';
import { latelyAsked, memoizePerHost, MOST_ASKED } from './memoize-per-host.js';

/** `undefined`: the readings do not hold the fact at all. */
export type ReadIfAny = (id: FactId) => Reading | undefined;

/** How many answers are kept of each question: ten thousand machines are set up in a few hundred ways. */
const MOST = 512;

const marks = new WeakMap<Reading, number>();
let marked = 0;

/** How many readings have marks of their own; after that nothing is kept any more. */
const MOST_MARKS = 2 ** 31 - 1;

/**
 * A number that stands for this very object, from 1 on; equal readings of one fact are one object where `interning` made them so.
 * 0: the readings do not hold the fact.
 */
function markOf(reading: Reading | undefined): number {
  if (reading === undefined) return 0;
  const before = marks.get(reading);
  if (before !== undefined) return before;
  marked += 1;
  marks.set(reading, marked);
  return marked;
}

/** Facts by number, from 0 on, in the order in which anybody asked for them. */
const factNumbers = new Map<FactId, number>();

function factNumber(id: FactId): number {
  const before = factNumbers.get(id);
  if (before !== undefined) return before;
  factNumbers.set(id, factNumbers.size);
  return factNumbers.size - 1;
}

/** Marks of what hosts that were asked lately say, by the numbers of facts. 0: not asked for, or not held. */
const marksOfHosts = Array.from({ length: MOST_ASKED }, () => ({ host: 0, marks: new Int32Array(0) }));

/** All that is remembered of this host: filled by whoever asks, and of another host as soon as others are asked. */
function marksOf(read: ReadIfAny): Int32Array {
  const { place, number } = latelyAsked(read);
  const held = marksOfHosts[place];
  if (held === undefined) throw new RangeError('nobody is remembered');
  if (held.marks.length < factNumbers.size) {
    const more = new Int32Array(2 * factNumbers.size);
    if (held.host === number) more.set(held.marks);
    held.marks = more;
  } else if (held.host !== number) held.marks.fill(0);
  held.host = number;
  return held.marks;
}

/** A fact that is derived of others is not held before its turn. */
function mayStillCome(reading: Reading | undefined): boolean {
  return reading === undefined || (reading.state === 'unreadable' && reading.cause === 'not-collected');
}

/** What is read of a host by a list of facts: the same object for all hosts of which the same is read. */
interface Combination {
  /** Its number among those that are kept at the same time, and which time that is. */
  readonly place: number;
  readonly epoch: object;
  /** Another one that has the same hash. */
  readonly next: Combination | undefined;
}

/** Tells hosts apart by a list of facts. `undefined`: hosts hardly ever read the same of it, and nothing is kept. */
type CombinationOf = (read: ReadIfAny) => Combination | undefined;

/** 2^32 by the golden ratio, as in Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4). */
const GOLDEN = 0x9e3779b1;

function combinationsOf(list: readonly FactId[]): CombinationOf {
  const numbers = Int32Array.from(list, factNumber);
  const { length } = list;
  const combinations = new Map<number, Combination>();
  /** The marks of all that are kept, one after the other. */
  let kept = new Int32Array(0);
  let size = 0;
  let hits = 0;
  let isWorthIt = true;
  let epoch = {};
  const isKept = ({ place }: Combination, found: Int32Array): boolean => {
    let from = place * length;
    for (const mark of found) if (kept[from++] !== mark) return false;
    return true;
  };
  const keep = (hash: number, found: Int32Array): Combination => {
    if (size >= MOST) {
      isWorthIt = hits > MOST;
      hits = 0;
      size = 0;
      combinations.clear();
      epoch = {};
    }
    const from = size * length;
    if (from + length > kept.length) {
      const more = new Int32Array(Math.min(2 * size + 1, MOST) * length);
      more.set(kept);
      kept = more;
    }
    kept.set(found, from);
    const combination: Combination = { place: size, epoch, next: combinations.get(hash) };
    combinations.set(hash, combination);
    size += 1;
    return combination;
  };
  let spare: Int32Array | undefined;
  const found = memoizePerHost((read: ReadIfAny): Combination => {
    const said = spare ?? new Int32Array(length);
    // What is asked for may ask this again.
    spare = undefined;
    let ofHost = marksOf(read);
    let hash = 0;
    for (let at = 0; at < length; at += 1) {
      const number = numbers[at] ?? 0;
      let mark = ofHost[number] ?? 0;
      if (mark === 0) {
        const reading = read(list[at] ?? '');
        mark = markOf(reading);
        // To answer, others may have been asked.
        ofHost = marksOf(read);
        if (!mayStillCome(reading)) ofHost[number] = mark;
      }
      said[at] = mark;
      hash = Math.imul(hash ^ mark, GOLDEN);
      hash ^= hash >>> 15;
    }
    spare = said;
    for (let known = combinations.get(hash); known !== undefined; known = known.next)
      if (isKept(known, said)) {
        hits += 1;
        return known;
      }
    return keep(hash, said);
  });
  return (read) => (isWorthIt && marked < MOST_MARKS ? found(read) : undefined);
}

const combinationsIn: (list: readonly FactId[]) => CombinationOf = memoize(combinationsOf);

/**
 * Computes an answer once for all hosts of which the same is read. The answer is the same with and without it:
 * `compute` must be pure and read nothing but `inputs`.
 *
 * Where answers do not come again (they depend on a counter, say) it stops to keep them.
 *
 * @param inputs the same list for several answers: what is read of a host is compared once for all of them
 * @returns a function to which a host is its `read`: what that has answered does not change afterwards, but for what it does not hold or says
 *   was not collected. Such a fact may still be derived, but only before anybody asks for a list that has it. For as long as the host is
 *   among those that were asked lately, it is asked once for each fact, whatever lists have it
 */
export function memoizeByReadings<T extends object, R extends ReadIfAny>(
  inputs: readonly FactId[],
  compute: (read: R) => T,
): (read: R) => T {
  const combinationOf = combinationsIn(inputs);
  // A plain list: with a thousand rules, weak maps of all that is remembered are what the collector of garbage has most to do with.
  let answers: (T | undefined)[] = [];
  let epoch: object | undefined;
  return (read) => {
    const combination = combinationOf(read);
    if (combination === undefined) {
      if (answers.length > 0) answers = [];
      return compute(read);
    }
    if (combination.epoch !== epoch) {
      answers = [];
      epoch = combination.epoch;
    }
    const before = answers[combination.place];
    if (before !== undefined) return before;
    const answer = compute(read);
    answers[combination.place] = answer;
    return answer;
  };
}
