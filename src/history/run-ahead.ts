import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';
import { inSeconds } from './since-times.js';

/** Machines that tell the time differently are no more than that apart; what is further ahead comes from a clock that was wrong. */
const AHEAD_MS = 86_400_000;

/** A run that has not begun yet. */
export interface RunAhead {
  readonly runId: string;
  readonly startedAt: string;
}

/**
 * The newest run, where it is more than a day past now.
 *
 * @param nowMs the clock of this machine
 */
export async function runAhead(db: Kysely<Tables>, nowMs: number): Promise<RunAhead | undefined> {
  const row = await db
    .selectFrom('runs')
    .select(['run_id', 'started_ms'])
    .where('started_ms', '>', nowMs + AHEAD_MS)
    .orderBy('started_ms', 'desc')
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { runId: row.run_id, startedAt: inSeconds(Number(row.started_ms)) };
}
