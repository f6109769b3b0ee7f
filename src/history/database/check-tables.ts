import { CompiledQuery, type QueryResult } from 'kysely';

/** A history comes from a disk, and somebody may have had it in his hands: what is in it is looked at before it is believed. */

/** Any Kysely, whatever its tables. */
export interface Database {
  readonly executeQuery: <R>(query: CompiledQuery<R>) => Promise<QueryResult<R>>;
}

/** Of one value. A reason has some hundred characters; the groups of a large fleet are a few megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;
/** kernward makes a dozen. */
const MAX_ENTRIES = 200;

interface Entry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

async function rowsOf(db: Database, query: string): Promise<readonly object[]> {
  return (await db.executeQuery<object>(CompiledQuery.raw(query))).rows;
}

/** A value that was cast to a blob: the binding gives up the whole process at a text that is no UTF-8. */
function decoded(row: object, column: string): string | undefined {
  const value: unknown = Reflect.get(row, column);
  if (value === null) return '';
  // node:sqlite gives the one, libsql the other.
  if (!(value instanceof Uint8Array || value instanceof ArrayBuffer)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    return undefined;
  }
}

async function schemaOf(db: Database): Promise<readonly Entry[] | string> {
  const columns = ['type', 'name', 'tbl_name', 'sql'];
  const casts = columns.map((column) => `cast(${column} as blob) as ${column}`).join(', ');
  const rows = await rowsOf(db, `select ${casts} from sqlite_master limit ${MAX_ENTRIES + 1}`);
  if (rows.length > MAX_ENTRIES) return `more than ${MAX_ENTRIES} tables and indices`;
  const entries: Entry[] = [];
  for (const row of rows) {
    const [type, name, table, sql] = columns.map((column) => decoded(row, column));
    if (type === undefined || name === undefined || table === undefined || sql === undefined)
      return 'the name of a table is no UTF-8';
    entries.push({ type, name, table, sql });
  }
  return entries;
}

function identity({ type, name, table, sql }: Entry): string {
  return JSON.stringify([type, name, table, sql]);
}

async function strangeValues(db: Database, table: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of await rowsOf(db, `select name, type, "notnull" from pragma_table_info('${table}')`)) {
    const [name, type] = ['name', 'type'].map((column) => String(Reflect.get(row, column)));
    const isText = /^(?:text|varchar)/iu.test(type ?? '');
    const [wrong] = await rowsOf(
      db,
      isText
        ? `select count(*) as many from "${table}" where typeof("${name}") not in ('text', 'null') or length(cast("${name}" as blob)) > ${MAX_BYTES}`
        : `select count(*) as many from "${table}" where typeof("${name}") = 'blob'`,
    );
    if (Number(Reflect.get(wrong ?? {}, 'many')) > 0) found.push(`${table}: ${name}`);
    else
      for (const each of await rowsOf(
        db,
        `select distinct cast("${name}" as blob) as value from "${table}" where typeof("${name}") = 'text'`,
      ))
        if (decoded(each, 'value') === undefined) {
          found.push(`${table}: ${name} is no UTF-8`);
          break;
        }
  }
  return found;
}

/**
 * What stands in a database that kernward never makes: views, triggers, virtual tables, tables and indices of its names with
 * another definition, values of another type, texts that are no UTF-8. Nothing of it is run or decoded by looking for it.
 *
 * @param model a database as kernward makes it
 * @returns each in a few words; none: it may be read
 */
export async function strangeTables(db: Database, model: Database): Promise<readonly string[]> {
  const [found, made] = [await schemaOf(db), await schemaOf(model)];
  if (typeof found === 'string') return [found];
  if (typeof made === 'string') throw new Error(made);
  const own = new Set(made.map(identity));
  const names = new Set(made.map(({ name }) => name));
  const tables = new Set(made.map(({ table }) => table));
  const strange = found
    .filter(
      (entry) =>
        !own.has(identity(entry)) &&
        (!['table', 'index'].includes(entry.type) ||
          /^\s*create\s+virtual/iu.test(entry.sql) ||
          names.has(entry.name) ||
          tables.has(entry.table)),
    )
    .map(({ type, name }) => `the ${type} ${name}`);
  if (strange.length > 0) return strange;
  const values: string[] = [];
  for (const { type, name } of found)
    if (type === 'table' && names.has(name)) for (const each of await strangeValues(db, name)) values.push(each);
  return values;
}
