import { createRequire } from 'node:module';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

const require = createRequire(import.meta.url);

/** node:sqlite, as far as it is used; the types of Node 20 do not know it. */
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => {
    readonly prepare: (sql: string) => {
      readonly all: (...parameters: readonly unknown[]) => unknown[];
      readonly run: (...parameters: readonly unknown[]) => {
        readonly changes: number;
        readonly lastInsertRowid: number;
      };
      readonly iterate: (...parameters: readonly unknown[]) => IterableIterator<unknown>;
    };
    readonly close: () => void;
  };
}

type Libsql = new (file: string) => SqliteDatabase & { readonly inTransaction: boolean };

const GIVES_ROWS = /^\s*(?:select|with|pragma|explain)\b|\breturning\b/i;

function openNodeSqlite(file: string, { DatabaseSync }: NodeSqlite): SqliteDatabase {
  const database = new DatabaseSync(file);
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: GIVES_ROWS.test(sql),
        all: (parameters) => statement.all(...parameters),
        run: (parameters) => statement.run(...parameters),
        iterate: (parameters) => statement.iterate(...parameters),
      };
    },
  };
}

/**
 * libsql asks the statement anew each time whether it gives rows. It closes a file only when the last of its statements
 * has been collected as garbage, which may be never: a transaction that is open by then would keep its lock.
 */
function openLibsql(file: string, Database: Libsql): SqliteDatabase {
  const database = new Database(file);
  return {
    close: () => {
      if (database.inTransaction) database.prepare('rollback').run([]);
      database.close();
    },
    prepare: (sql) => {
      const statement = database.prepare(sql);
      const { reader } = statement;
      return {
        reader,
        all: (parameters) => statement.all(parameters),
        run: (parameters) => statement.run(parameters),
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
  };
}

/** Statements that are kept prepared: the few that a run repeats thousands of times. */
const KEPT = 64;

function keepingStatements(database: SqliteDatabase): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => {
      kept.clear();
      database.close();
    },
    prepare: (sql) => {
      const found = kept.get(sql);
      if (found !== undefined) return found;
      const statement = database.prepare(sql);
      if (kept.size >= KEPT) kept.clear();
      kept.set(sql, statement);
      return statement;
    },
  };
}

export type OpenSqlite = (file: string) => SqliteDatabase;

interface Binding {
  readonly name: 'node:sqlite' | 'libsql';
  readonly open: OpenSqlite;
}

/** What it says of itself at its first use is nothing that a user can do anything about. */
function withoutWarning<T>(work: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function fromNode(): Binding | undefined {
  try {
    const sqlite: NodeSqlite = withoutWarning(() => require('node:sqlite'));
    return { name: 'node:sqlite', open: (file) => keepingStatements(openNodeSqlite(file, sqlite)) };
  } catch {
    return undefined; // before Node 22.13
  }
}

function fromLibsql(): Binding | undefined {
  try {
    const libsql: Libsql = require('libsql');
    return { name: 'libsql', open: (file) => keepingStatements(openLibsql(file, libsql)) };
  } catch {
    return undefined; // nobody has installed it, or it is not built for this platform
  }
}

function binding(): Binding | undefined {
  return fromNode() ?? fromLibsql();
}

/**
 * The SQLite of this Node, from Node 22.13 on; before that libsql, where somebody has installed it beside kernward.
 *
 * @returns undefined where there is none
 */
export function sqliteOf(): OpenSqlite | undefined {
  return binding()?.open;
}

export function sqliteName(): Binding['name'] | undefined {
  return binding()?.name;
}
