interface Kept<Value> {
  /** Of the `read`. */
  readonly number: number;
  readonly value: Value;
}

/** A `read` of which something was asked lately. */
export interface LatelyAsked {
  /** Below `MOST_ASKED`: no two that were asked lately have the same. */
  readonly place: number;
  /** No other `read` ever has it; one that was not asked for lately gets another. */
  readonly number: number;
}

/** A host is read as it is and after its next boot, each time with the parameters of one policy or another. */
export const MOST_ASKED = 8;
interface Asked extends LatelyAsked {
  read: object | undefined;
  number: number;
}
const asked = Array.from({ length: MOST_ASKED }, (_, place): Asked => ({ read: undefined, place, number: 0 }));
let numbered = 0;

/**
 * A host among those that were asked lately. What is remembered by its number does not hold the host: hundreds of questions that are
 * asked now and then would hold as many.
 */
export function latelyAsked(read: object): LatelyAsked {
  for (const known of asked) if (known.read === read) return known;
  numbered += 1;
  const oldest = asked[numbered % MOST_ASKED];
  if (oldest === undefined) throw new RangeError('nobody is remembered');
  [oldest.read, oldest.number] = [read, numbered];
  return oldest;
}

/**
 * Computes once for a host what much is made from. A host is its `read` function (`readerOf`), and what it has answered
 * does not change afterwards.
 *
 * Keeps what is found of the last two, a host as it is and as it will be after its next boot. A weak map would keep every host until V8
 * looks through the whole heap: what is found here may refer to its host, and the values of an old weak map are no weak references to
 * what is new (VisitEphemeron in V8's src/heap/scavenger.cc).
 */
export function memoizePerHost<Read extends object, Value>(compute: (read: Read) => Value): (read: Read) => Value {
  let latest: Kept<Value> | undefined;
  let earlier: Kept<Value> | undefined;
  return (read) => {
    const { number } = latelyAsked(read);
    if (latest?.number === number) return latest.value;
    const found = earlier?.number === number ? earlier : { number, value: compute(read) };
    [latest, earlier] = [found, latest];
    return found.value;
  };
}
