import type { FactId, Reading, UnreadableCause, Value, ReadFact } from '../../model/reading.js';

/** Why an answer is open: a fact that could not be had, or that was read and does not decide. */
export interface OpenQuestion {
  readonly fact: FactId;
  readonly cause: UnreadableCause;
  readonly detail: string;
}

/** The answers that the readings leave possible: exactly one and no doubt, or at least two and the reason. */
export interface Answer<A extends string> {
  readonly possible: readonly A[];
  readonly doubt?: OpenQuestion;
}

/** One thing that an outcome depends on, with its closed list of answers and the words for each. */
export interface Question<A extends string = string> {
  /** The fact that a link of the chain shows. */
  readonly fact: FactId;
  /** Every fact that the answer may read, `fact` first. */
  readonly inputs: readonly FactId[];
  readonly answers: readonly A[];
  readonly ask: (read: ReadFact) => Answer<A>;
  /** What this answer means for the machine, in plain words; none: the answer is not worth a link. */
  readonly says: Readonly<Partial<Record<A, (shown: string, read: ReadFact) => string>>>;
  /** Which boot parameter or family of files could have set it. */
  readonly setBy: string;
  /** What to change so that this answer no longer leads on, cheapest first. */
  readonly breaks: Readonly<Partial<Record<A, readonly string[]>>>;
}

export function decided<A extends string>(answer: A): Answer<A> {
  return { possible: [answer] };
}

export function open<A extends string>(
  possible: readonly A[],
  fact: FactId,
  detail: string,
  cause: UnreadableCause = 'undetermined',
): Answer<A> {
  return {
    possible,
    doubt: { fact, cause, detail },
  };
}

/**
 * What a fact's reading says: `known` and `absent` by their function, unreadable leaves `all` possible and hands its
 * cause on.
 */
export function byReading<A extends string>(
  fact: FactId,
  reading: Reading,
  all: readonly A[],
  known: (value: Value) => Answer<A>,
  absent: () => Answer<A>,
): Answer<A> {
  if (reading.state === 'known') return known(reading.value);
  return reading.state === 'absent' ? absent() : open(all, fact, reading.detail, reading.cause);
}

/** `byReading` for a number: another type of value is as good as unread. */
export function byNumber<A extends string>(
  fact: FactId,
  reading: Reading,
  all: readonly A[],
  known: (value: number) => Answer<A>,
  absent: () => Answer<A>,
): Answer<A> {
  return byReading(
    fact,
    reading,
    all,
    (value) => (typeof value === 'number' ? known(value) : open(all, fact, 'not a number', 'malformed')),
    absent,
  );
}
