import { memoize } from '../language/memoize.js';
import type { FactId, Reading } from '../model/reading.js';
import { memoizePerHost } from './memoize-per-host.js';

/** `undefined`: the readings do not hold the fact at all. */
export type ReadIfAny = (id: FactId) => Reading | undefined;

/** How many answers are kept of each question: ten thousand machines are set up in a few hundred ways. */
const MOST = 512;

const marks = new WeakMap<Reading, string>();
let marked = 1;

/** Two characters that nothing else is marked by. */
function nextMark(): string {
  const mark = String.fromCharCode(marked & 0xffff, Math.floor(marked / 0x10000) & 0xffff);
  marked += 1;
  return mark;
}

/**
 * Two characters that stand for this very object; equal readings of one fact are one object where `interning` made them
 * so.
 */
function markOf(reading: Reading | undefined): string {
  if (reading === undefined) return '\0\0';
  const before = marks.get(reading);
  if (before !== undefined) return before;
  const mark = nextMark();
  marks.set(reading, mark);
  return mark;
}

/** How many readings have marks of their own; after that marks repeat, and answers may not be kept any more. */
const MOST_MARKS = 2 ** 32;

/** What is read of a host by a list of facts: the same object for all hosts of which the same is read. */
interface Combination {
  readonly mark: string;
  /** Its number among those that are kept at the same time, and which time that is. */
  readonly place: number;
  readonly epoch: object;
}

/** Tells hosts apart by a list of facts. */
interface Classes {
  /** `undefined`: hosts hardly ever read the same of it, and nothing is kept. */
  readonly of: (read: ReadIfAny) => Combination | undefined;
}

/** A list of facts, a part of which may be a list that is looked at for others too. */
interface Inputs {
  readonly list: readonly FactId[];
  readonly part: readonly FactId[] | undefined;
}

function classesOf({ list, part }: Inputs): Classes {
  const ofPart = part === undefined ? undefined : classes({ list: part, part: undefined });
  const inPart = new Set(part);
  const inputs = list.filter((id) => !inPart.has(id));
  const combinations = new Map<string, Combination>();
  let hits = 0;
  let isWorthIt = true;
  let epoch = {};
  const found = memoizePerHost((read: ReadIfAny): Combination | undefined => {
    let key = '';
    if (ofPart !== undefined) {
      const combination = ofPart.of(read);
      if (combination === undefined) return undefined;
      key = combination.mark;
    }
    for (const id of inputs) key += markOf(read(id));
    const before = combinations.get(key);
    if (before !== undefined) {
      hits += 1;
      return before;
    }
    if (combinations.size >= MOST) {
      isWorthIt = hits > MOST;
      hits = 0;
      combinations.clear();
      epoch = {};
    }
    const combination: Combination = { mark: nextMark(), place: combinations.size, epoch };
    combinations.set(key, combination);
    return combination;
  });
  return { of: (read) => (isWorthIt && marked < MOST_MARKS ? found(read) : undefined) };
}

const classes: (inputs: Inputs) => Classes = memoize(classesOf, ({ list }) => list);

/**
 * Computes an answer once for all hosts of which the same is read. The answer is the same with and without it:
 * `compute` must be pure and read nothing but `inputs`.
 *
 * Where answers do not come again (they depend on a counter, say) it stops to keep them.
 *
 * @param inputs the same list for several answers: what is read of a host is looked at once for all of them
 * @param part a list of which all is in `inputs`, and which is given for other answers as `inputs`: it is not looked at again
 * @returns a function to which a host is its `read`: what that has answered of `inputs` does not change afterwards
 */
export function memoizeByReadings<T extends object, R extends ReadIfAny>(
  inputs: readonly FactId[],
  compute: (read: R) => T,
  part?: readonly FactId[],
): (read: R) => T {
  const { of } = classes({ list: inputs, part });
  // A plain list: with a thousand rules, weak maps of all that is remembered are what the collector of garbage has most to do with.
  let answers: (T | undefined)[] = [];
  let epoch: object | undefined;
  return (read) => {
    const combination = of(read);
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
