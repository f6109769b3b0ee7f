import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';

const PRUNED_BEFORE = 'pruned-before-ms';

/** Retention has taken away what is older than this; 0: nothing yet. */
export async function prunedBeforeMs(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('notes').select('value').where('name', '=', PRUNED_BEFORE).executeTakeFirst();
  return Number(row?.value ?? 0);
}

export async function notePruned(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db.deleteFrom('notes').where('name', '=', PRUNED_BEFORE).execute();
  await db
    .insertInto('notes')
    .values({ name: PRUNED_BEFORE, value: String(beforeMs) })
    .execute();
}
