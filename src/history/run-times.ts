import type { Kysely } from 'kysely';
import { isBefore } from './intervals.js';
import type { Moment } from './intervals.js';
import type { Tables } from './database/tables.js';
import { idsIn } from './id-ranges.js';
import type { IdSet } from './id-ranges.js';

/** A run with who was asked and what was judged. */
export interface Asking extends Moment {
  readonly asked: IdSet;
  readonly judged: IdSet;
}

export function inOrder(a: Moment, b: Moment): number {
  return isBefore(a, b) ? -1 : Number(isBefore(b, a));
}

/** Every run that is kept, by its number. */
export async function momentsIn(db: Kysely<Tables>): Promise<ReadonlyMap<number, Moment>> {
  const rows = await db.selectFrom('runs').select(['run', 'run_id', 'started_ms']).execute();
  return new Map(rows.map(({ run, run_id, started_ms }) => [run, { run, runId: run_id, ms: Number(started_ms) }]));
}

/** Every run that is kept, in the order of time. */
export async function askingsIn(db: Kysely<Tables>): Promise<readonly Asking[]> {
  const rows = await db.selectFrom('runs').select(['run', 'run_id', 'started_ms', 'asked', 'judged']).execute();
  return rows
    .map(({ run, run_id, started_ms, asked, judged }) => ({
      run,
      runId: run_id,
      ms: Number(started_ms),
      asked: idsIn(asked),
      judged: idsIn(judged),
    }))
    .sort(inOrder);
}

/**
 * The moment of a run that an interval names. One that retention took away is older than all that are kept: its id
 * orders nothing.
 */
export function runTime(moments: ReadonlyMap<number, Moment>, run: number, ms: number | string): Moment {
  return moments.get(run) ?? { run, runId: '', ms: Number(ms) };
}
