import { interning } from '../facts/intern.js';
import { TODAY } from '../kernel/support/facts.js';
import type { HostOutcome } from '../model/outcome.js';
import { known, type Readings } from '../model/reading.js';

const readingOf = interning((day) => known(day, `${day} (UTC)`));

/**
 * The readings of a host with the day that its support is judged by. It is kept with them (`collect`), so that whoever
 * judges them later gets the same answers.
 */
export function withToday(readings: Readings, today: string): Readings {
  return new Map([...readings, [TODAY.id, readingOf(today)]]);
}

/** An outcome judged as of another day than the one it was collected on. */
export function asOf(outcome: HostOutcome, day: string | undefined): HostOutcome {
  return day === undefined || !outcome.reached ? outcome : { ...outcome, readings: withToday(outcome.readings, day) };
}
