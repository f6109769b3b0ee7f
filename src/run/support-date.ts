import { interning } from '../facts/intern.js';
import { TODAY } from '../kernel/support/facts.js';
import type { HostOutcome } from '../model/outcome.js';
import { known, type FactId, type Reading, type Readings } from '../model/reading.js';

const readingOf = interning((day) => known(day, `${day} (UTC)`));

/**
 * Adds to the readings of a host the day that its support is judged by. It is kept with them (`collect`), so that whoever
 * judges them later gets the same answers.
 */
export function addToday(readings: Map<FactId, Reading>, today: string): void {
  readings.set(TODAY.id, readingOf(today));
}

/** As `addToday`, and what was given stays as it is. */
export function withToday(readings: Readings, today: string): Readings {
  const all = new Map(readings);
  addToday(all, today);
  return all;
}

/** An outcome judged as of another day than the one it was collected on. */
export function asOf(outcome: HostOutcome, day: string | undefined): HostOutcome {
  return day === undefined || !outcome.reached ? outcome : { ...outcome, readings: withToday(outcome.readings, day) };
}
