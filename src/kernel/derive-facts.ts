import { memoize } from '../language/memoize.js';
import type { DerivedFact } from '../model/fact.js';
import { factOrder, joinedOrder, orderedReadings, orderOf, readerOf, readingList } from '../model/ordered-readings.js';
import { notCollected, type FactId, type Reading, type ReadingLookup, type Readings } from '../model/reading.js';

const orderOfDerived = memoize((derived: readonly DerivedFact[]) =>
  factOrder([...new Set(derived.map(({ id }) => id))]),
);

/**
 * The readings of a host with its derived facts added, in the order of `derived`: a derived fact may read one before
 * it. A fact that the readings do not hold at all is `not-collected`: its absence from the map witnesses nothing.
 */
export function derive(readings: Readings, derived: readonly DerivedFact[]): Readings {
  const order = joinedOrder(orderOf(readings), orderOfDerived(derived));
  const { places } = order;
  const list: Reading[] = [...readingList(readings)];
  const made = orderedReadings(order, list);
  const read = readerOf(made);
  for (const fact of derived) list[places.get(fact.id) ?? list.length] = fact.derive(read);
  // What is remembered by a reader is not looked up again. Where the readings already held one of these facts, something may have been
  // remembered of its old value: then the result gets a new reader.
  return list.length === readings.size + derived.length ? made : orderedReadings(order, [...list]);
}

const byId = memoize(
  (derived: readonly DerivedFact[]): ReadonlyMap<FactId, DerivedFact> =>
    new Map(derived.map((fact) => [fact.id, fact])),
);

/** As `derive`, of whom only a few facts are asked: each is derived when it is first asked for. */
export function deriveWhenAsked(readings: ReadingLookup, derived: readonly DerivedFact[]): ReadingLookup {
  const facts = byId(derived);
  const made = new Map<FactId, Reading>();
  const get = (id: FactId): Reading | undefined => {
    const fact = facts.get(id);
    if (fact === undefined) return readings.get(id);
    const before = made.get(id);
    if (before !== undefined) return before;
    const reading = fact.derive(read);
    made.set(id, reading);
    return reading;
  };
  const read = (id: FactId): Reading => get(id) ?? notCollected(id);
  return { get };
}
