interface Kept<Value> {
  /** Of the `read`. */
  readonly number: number;
  readonly value: Value;
}

/** A host is read as it is and after its next boot, each time with the parameters of one policy or another. */
const MOST_READS = 8;
const reads: { read: object | undefined; number: number }[] = Array.from({ length: MOST_READS }, () => ({
  read: undefined,
  number: 0,
}));
let numbered = 0;

/**
 * A number that no other `read` ever has; one that was not asked for lately gets another. What is remembered by it does not hold the
 * host: hundreds of questions that are asked now and then would hold as many.
 */
function numberOf(read: object): number {
  for (const known of reads) if (known.read === read) return known.number;
  numbered += 1;
  const oldest = reads[numbered % MOST_READS];
  if (oldest !== undefined) [oldest.read, oldest.number] = [read, numbered];
  return numbered;
}

/**
 * Computes once for a host what much is made from. A host is its `read` function: `derive` makes one for each, and what it has answered
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
    const number = numberOf(read);
    if (latest?.number === number) return latest.value;
    const found = earlier?.number === number ? earlier : { number, value: compute(read) };
    [latest, earlier] = [found, latest];
    return found.value;
  };
}
