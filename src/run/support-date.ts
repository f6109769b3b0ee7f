import { memoize } from '../language/memoize.js';
import { TODAY } from '../kernel/support/facts.js';
import type { HostOutcome } from '../model/outcome.js';
import { factOrder, orderedReadings, withFurther } from '../model/ordered-readings.js';
import { known, type Readings } from '../model/reading.js';

const ofDay = memoize((day: string) => orderedReadings(factOrder([TODAY.id]), [known(day, `${day} (UTC)`)]));

/**
 * The readings of a host and the day that its support is judged by. It is kept with them (`collect`), so that whoever judges them
 * later gets the same answers.
 */
export function withToday(readings: Readings, today: string): Readings {
  return withFurther(readings, ofDay(today));
}

/** An outcome judged as of another day than the one it was collected on. */
export function asOf(outcome: HostOutcome, day: string | undefined): HostOutcome {
  return day === undefined || !outcome.reached ? outcome : { ...outcome, readings: withToday(outcome.readings, day) };
}
