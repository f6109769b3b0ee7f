import { Kysely } from 'kysely';
import { migrate } from '../../../src/history/database/open-history.js';
import { sqliteOf } from '../../../src/history/database/sqlite-binding.js';
import { sqliteDialect } from '../../../src/history/database/sqlite-dialect.js';
import type { Tables } from '../../../src/history/database/tables.js';

/** An empty history that is nowhere on a disk. */
export async function historyInMemory(): Promise<Kysely<Tables>> {
  const sqlite = sqliteOf();
  if (sqlite === undefined) throw new Error('there is no SQLite for this Node');
  const db = new Kysely<Tables>({ dialect: sqliteDialect(() => sqlite(':memory:')) });
  await migrate(db);
  return db;
}
