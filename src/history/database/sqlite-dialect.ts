import { setTimeout } from 'node:timers/promises';
import { CompiledQuery, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DatabaseConnection, Dialect, SqliteDatabase } from 'kysely';

/** How long a run waits for another that writes to the same history. */
const PATIENCE_MS = 60_000;
/** How long SQLite itself waits, which holds up everything else in this process, Ctrl-C too. */
const BUSY_TIMEOUT_MS = 200;
const SQLITE_BUSY = 5;

/** libsql says it in `code`, node:sqlite in `errcode`. */
function isBusy(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    (('code' in thrown && thrown.code === 'SQLITE_BUSY') || ('errcode' in thrown && thrown.errcode === SQLITE_BUSY))
  );
}

/** Another process has been writing to the history for too long. */
export class HeldByAnother extends Error {}

/** Called when a query begins and when it has ended, whatever came of it. */
export type OnQuery = (moment: 'begins' | 'ended') => void;

/** Two runs at once both get in: who finds the history locked waits, and hears a signal meanwhile. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const begun = performance.now(); ;) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      if (performance.now() - begun > PATIENCE_MS)
        throw new HeldByAnother(`somebody else has been writing to it for ${PATIENCE_MS / 1000} s`, { cause: thrown });
      await setTimeout(20 + Math.random() * 80);
    }
  }
}

/**
 * A transaction takes the lock for writing when it begins: one that took it later, after it had read, could find that
 * somebody wrote meanwhile, and could only start over.
 */
class PatientDriver extends SqliteDriver {
  readonly #onQuery: OnQuery;
  constructor(config: ConstructorParameters<typeof SqliteDriver>[0], onQuery: OnQuery) {
    super(config);
    this.#onQuery = onQuery;
  }
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      // SQLite's calls are synchronous and throw; within a promise they reject.
      executeQuery: async (query) => {
        this.#onQuery('begins');
        try {
          return await patiently(async () => connection.executeQuery(query));
        } finally {
          this.#onQuery('ended');
        }
      },
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch {
      // On a full disk SQLite has rolled back by itself, and says that there is nothing to: what went wrong first is to be told.
    }
  }
}

/**
 * SQLite can make tables within a transaction; Kysely does not rely on it unless told. So a migration is whole, or not
 * there.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * A rollback journal, not a write-ahead log: one file that can be copied when nobody writes, and that works where home
 * folders are on NFS. `full` flushes before a commit counts.
 */
const PRAGMAS = [
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
  'journal_mode = delete',
  'synchronous = full',
  'foreign_keys = on',
  'cache_size = -65536',
  'temp_store = memory',
  // What a file defines may use no function that does more than compute.
  'trusted_schema = off',
];

/** SQLite for Kysely. The one place, with the binding beside it, that knows which database this is. */
export function sqliteDialect(open: () => SqliteDatabase, onQuery: OnQuery = () => undefined): Dialect {
  return {
    createDriver: () =>
      new PatientDriver(
        {
          database: async () => open(),
          onCreateConnection: async (connection) => {
            for (const pragma of PRAGMAS)
              await patiently(async () => connection.executeQuery(CompiledQuery.raw(`pragma ${pragma}`)));
          },
        },
        onQuery,
      ),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** A file without a name in TMPDIR, which only this process can read. */
export const TEMPORARY_ON_DISK = CompiledQuery.raw('pragma temp_store = file');

/** Gives what was deleted back to the disk. */
export const VACUUM = CompiledQuery.raw('vacuum');
