import type { Migration } from 'kysely';
import { claims } from './claims.js';
import { runsAndIntervals } from './runs-and-intervals.js';
import { statusesByGate } from './statuses-by-gate.js';
import { told } from './told.js';

/** In the order of their names. What was released stays as it is: a change of the tables is one more. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-runs-and-intervals': runsAndIntervals,
  '0002-statuses-by-gate': statusesByGate,
  '0003-told': told,
  '0004-claims': claims,
};
