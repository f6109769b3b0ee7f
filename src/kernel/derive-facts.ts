import { memoize } from '../language/memoize.js';
import type { DerivedFact } from '../model/fact.js';
import { notCollected, type FactId, type Reading, type ReadingLookup, type Readings } from '../model/reading.js';

/**
 * The readings of a host with its derived facts added, in the order of `derived`: a derived fact may read one before
 * it. A fact that the readings do not hold at all is `not-collected`: its absence from the map witnesses nothing.
 */
export function derive(readings: Readings, derived: readonly DerivedFact[]): Readings {
  const all = new Map(readings);
  const read = (id: FactId): Reading => all.get(id) ?? notCollected(id);
  for (const fact of derived) all.set(fact.id, fact.derive(read));
  return all;
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
