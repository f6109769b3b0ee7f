import type { Kysely } from 'kysely';
import { TEMPORARY_ON_DISK, VACUUM } from './sqlite-dialect.js';
import type { Tables } from './tables.js';

/** Gives the room of what was deleted back to the disk, and needs as much of a disk for a while: memory there may be less. */
export async function reclaim(db: Kysely<Tables>): Promise<void> {
  await db.executeQuery(TEMPORARY_ON_DISK);
  await db.executeQuery(VACUUM);
}
