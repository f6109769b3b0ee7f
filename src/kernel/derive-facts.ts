import type { DerivedFact } from '../model/fact.js';
import { notCollected, type FactId, type Reading, type Readings } from '../model/reading.js';

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
