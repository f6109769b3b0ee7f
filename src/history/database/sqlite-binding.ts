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

function fromNode(): OpenSqlite | undefined {
  try {
    const sqlite: NodeSqlite = require('node:sqlite');
    return (file) => keepingStatements(openNodeSqlite(file, sqlite));
  } catch {
    return undefined; // Node 20
  }
}

function fromLibsql(): OpenSqlite | undefined {
  try {
    const libsql: Libsql = require('libsql');
    return (file) => keepingStatements(openLibsql(file, libsql));
  } catch {
    return undefined; // not installed, or not built for this platform
  }
}

/**
 * The SQLite of this Node: its own from Node 24 on, where it is no experiment any more; before that libsql, whose
 * binaries are optional packages; and Node 22's own, with the warning it prints, where libsql is not there.
 *
 * @returns undefined where there is none: Node 20 on a platform without libsql
 */
export function sqliteOf(nodeVersion: string = process.versions.node): OpenSqlite | undefined {
  return Number(nodeVersion.split('.')[0]) >= 24 ? (fromNode() ?? fromLibsql()) : (fromLibsql() ?? fromNode());
}
