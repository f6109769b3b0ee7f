import { closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { CompiledQuery, Kysely, Migrator } from 'kysely';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { strangeTables } from './check-tables.js';
import { MIGRATIONS } from './migrations/index.js';
import { sqliteOf } from './sqlite-binding.js';
import type { OpenSqlite } from './sqlite-binding.js';
import { type OnQuery, sqliteDialect } from './sqlite-dialect.js';
import type { Tables } from './tables.js';

const MIGRATION_TABLE = 'kernward_migrations';

/** A history that is open. */
export interface History {
  readonly file: string;
  readonly db: Kysely<Tables>;
  readonly close: () => Promise<void>;
}

function problem(code: string, message: string, help: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    help,
  };
}

const MAGIC = 'SQLite format 3\0';

/** Empty counts as a history that nothing was written to yet: whoever made the file first was killed right then. */
function isSqlite(file: string): boolean {
  if (!statSync(file).isFile()) return false;
  // A log of the kernel calls itself a file too, and would have us wait for its next line.
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(MAGIC.length);
    const length = readSync(handle, head, 0, head.length, 0);
    return length === 0 || head.toString('latin1') === MAGIC;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'EAGAIN' || thrown.code === 'ESPIPE'))
      return false;
    throw thrown;
  } finally {
    closeSync(handle);
  }
}

/**
 * Nobody but its owner reads it: it says which machine can be brought down, and how. SQLite gives its journal the same
 * mode.
 */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (thrown) {
    // Another run was faster. A link that leads to nothing is not followed to a place of somebody else's choice.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST' && existsSync(file))) throw thrown;
  }
}

async function tableNames(db: Kysely<Tables>): Promise<readonly string[]> {
  return (await db.introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name);
}

async function appliedMigrations(db: Kysely<Tables>): Promise<readonly string[]> {
  const migrations: Kysely<{ readonly [MIGRATION_TABLE]: { readonly name: string } }> = db.withTables<{
    readonly [MIGRATION_TABLE]: { readonly name: string };
  }>();
  return (await migrations.selectFrom(MIGRATION_TABLE).select('name').execute()).map(({ name }) => name);
}

/** Whether these tables are a history that this kernward knows: as they are, after its migrations, or not at all. */
async function fitness(db: Kysely<Tables>, file: string): Promise<'current' | 'behind' | Diagnostic> {
  const names = await tableNames(db);
  if (names.length === 0) return 'behind';
  if (!names.includes(MIGRATION_TABLE))
    return problem(
      'history/not-a-history',
      `${file} is a database of something else`,
      'name another file: kernward makes one that is not there',
    );
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return applied.length === Object.keys(MIGRATIONS).length ? 'current' : 'behind';
  return problem(
    'history/too-new',
    `${file} was written by a newer kernward: this one does not know ${unknown.join(', ')}`,
    'use the kernward that wrote it, or a newer one',
  );
}

/** Makes the tables, or brings an older history up to date; everything or nothing. */
export async function migrate(db: Kysely<Tables>, upTo?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error !== undefined) throw error;
}

/** Named of what is strange; after so many it is clear. */
const MAX_NAMED = 5;

async function isOurs(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await db.executeQuery(
    CompiledQuery.raw(`select 1 as found from sqlite_master where name = '${MIGRATION_TABLE}'`),
  );
  return rows.length > 0;
}

/** A new database has nothing strange in it; any other is compared with one that is made as this kernward makes it. */
async function strangeIn(db: Kysely<Tables>, sqlite: OpenSqlite): Promise<readonly string[]> {
  const { rows } = await db.executeQuery(CompiledQuery.raw('select 1 as found from sqlite_master limit 1'));
  if (rows.length === 0) return [];
  let least: readonly string[] | undefined;
  // It may be one that an older kernward made, which is not migrated before it is believed.
  for (const upTo of Object.keys(MIGRATIONS).toReversed()) {
    const model = new Kysely<Tables>({ dialect: sqliteDialect(() => sqlite(':memory:')) });
    try {
      await migrate(model, upTo);
      const strange = await strangeTables(db, model);
      if (least === undefined || strange.length < least.length) least = strange;
    } finally {
      await model.destroy();
    }
    if (least.length === 0) return [];
  }
  return least ?? [];
}

/** A newer kernward may have changed any table but the one that names its changes; where that one is strange too, nothing is read. */
async function fitnessOf(
  db: Kysely<Tables>,
  file: string,
  strange: readonly string[],
): Promise<Awaited<ReturnType<typeof fitness>>> {
  if (strange.length === 0) return fitness(db, file);
  const mayBeNewer = (await isOurs(db)) && !strange.some((each) => each.includes(MIGRATION_TABLE));
  const fit = mayBeNewer ? await fitness(db, file) : undefined;
  if (typeof fit === 'object' && fit.code === 'history/too-new') return fit;
  return problem(
    (await isOurs(db)) ? 'history/damaged' : 'history/not-a-history',
    `${file} holds what kernward never writes: ${clean(strange.slice(0, MAX_NAMED).join(', '), 300)}`,
    'take a copy of before it was changed, or make it anew from saved reports: kernward history add --history=FILE REPORTS',
  );
}

export interface OpenOptions {
  /** Makes a history that is not there; otherwise that is a diagnostic. */
  readonly create: boolean;
  readonly sqlite?: OpenSqlite | undefined;
  readonly onQuery?: OnQuery;
}

const NO_SQLITE = problem(
  'history/no-sqlite',
  `there is no SQLite for Node ${process.versions.node} on ${process.platform} ${process.arch}`,
  'use Node 22.13 or newer, which brings its own, or install libsql beside kernward, as npm installed that: npm install libsql@0.5.29 (with --global where it was)',
);

function failed(diagnostic: Diagnostic): Loaded<History> {
  return { value: undefined, diagnostics: [diagnostic] };
}

/**
 * Opens a history, and makes it where asked. What the user got wrong (not a history, one of a newer kernward) is a
 * diagnostic; what the machine refuses (permissions, a full disk, a damaged file) is thrown.
 */
export async function openHistory(file: string, options: OpenOptions): Promise<Loaded<History>> {
  const sqlite = 'sqlite' in options ? options.sqlite : sqliteOf();
  if (sqlite === undefined) return failed(NO_SQLITE);
  if (!existsSync(file)) {
    if (!options.create)
      return failed(
        problem(
          'history/missing',
          `there is no history ${file}`,
          'kernward scan --history and kernward history add write one; --history or KERNWARD_HISTORY names another file',
        ),
      );
    createPrivately(file);
  } else if (!isSqlite(file))
    return failed(
      problem(
        'history/not-a-history',
        `${file} is no history`,
        'name another file: kernward makes one that is not there',
      ),
    );
  const db = new Kysely<Tables>({ dialect: sqliteDialect(() => sqlite(file), options.onQuery) });
  const close = (): Promise<void> => db.destroy();
  try {
    const fit = await fitnessOf(db, file, await strangeIn(db, sqlite));
    if (typeof fit !== 'string') {
      await close();
      return failed(fit);
    }
    if (fit === 'behind') await migrate(db);
    return { value: { file, db, close }, diagnostics: [] };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
