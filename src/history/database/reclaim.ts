import type { Kysely } from 'kysely';
import { VACUUM } from './sqlite-dialect.js';
import type { Tables } from './tables.js';

/** Gives the room of what was deleted back to the disk. */
export async function reclaim(db: Kysely<Tables>): Promise<void> {
  await db.executeQuery(VACUUM);
}
