interface Kept<Read, Value> {
  readonly read: Read;
  readonly value: Value;
}

/**
 * Computes once for a host what many derived facts are made from. A host is its `read` function: `derive` makes one for
 * each, and what it has answered does not change afterwards.
 *
 * Keeps the last two, a host as it is and as it will be after its next boot. A weak map would keep every host until V8 looks through the
 * whole heap: what is found here refers to its host, and the values of an old weak map are no weak references to what is new
 * (VisitEphemeron in V8's src/heap/scavenger.cc).
 */
export function memoizePerHost<Read, Value>(compute: (read: Read) => Value): (read: Read) => Value {
  let latest: Kept<Read, Value> | undefined;
  let earlier: Kept<Read, Value> | undefined;
  return (read) => {
    if (latest?.read === read) return latest.value;
    const found = earlier?.read === read ? earlier : { read, value: compute(read) };
    [latest, earlier] = [found, latest];
    return found.value;
  };
}
