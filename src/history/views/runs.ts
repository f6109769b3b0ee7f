import type { Kysely, Selectable } from 'kysely';
import type { RunRow, Tables } from '../database/tables.js';
import { askingsIn } from '../run-times.js';

export type Run = Selectable<RunRow>;

/** Runs with what their summaries counted, the oldest first. */
export async function runsIn(db: Kysely<Tables>, sinceMs = 0): Promise<readonly Run[]> {
  return db
    .selectFrom('runs')
    .selectAll()
    .where('started_ms', '>=', sinceMs)
    .orderBy('started_ms')
    .orderBy('run_id')
    .execute();
}

/** When the newest run started: the history's own "now". Undefined: it is empty. */
export async function newestMs(db: Kysely<Tables>): Promise<number | undefined> {
  const { most } = await db
    .selectFrom('runs')
    .select(({ fn }) => fn.max('started_ms').as('most'))
    .executeTakeFirstOrThrow();
  return most === null ? undefined : Number(most);
}

/** Said where a history is empty. */
export const EMPTY_HISTORY = 'the history has no run yet';

/** When each host was asked last, by its number. A host of which only retention knows has none. */
export async function lastAskedMs(db: Kysely<Tables>): Promise<ReadonlyMap<number, number>> {
  const last = new Map<number, number>();
  for (const { ms, asked } of await askingsIn(db)) for (const host of asked) last.set(host, ms);
  return last;
}
