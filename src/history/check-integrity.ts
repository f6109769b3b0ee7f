import type { Kysely } from 'kysely';
import { RESULTS, SEVERITIES } from '../model/verdict.js';
import type { Tables } from './database/tables.js';
import { isIdSet } from './id-ranges.js';

/** What JavaScript has a date for. */
const MAX_MS = 8.64e15;
/** Named of each table; after so many it is clear. */
const MAX_NAMED = 5;

function isMoment(ms: number | string): boolean {
  return ms !== '' && Math.abs(Number(ms)) <= MAX_MS;
}

function listIn(json: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNames(json: string): boolean {
  return listIn(json)?.every((each) => typeof each === 'string') === true;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
function isGroup(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'statuses' in value &&
    isObject(value.statuses) &&
    'fails' in value &&
    isObject(value.fails)
  );
}

function wrongFields(fields: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(fields).flatMap(([name, isRight]) => (isRight ? [] : [name]));
}

async function inRuns(db: Kysely<Tables>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('runs')
    .leftJoin('texts', 'texts.text', 'runs.groups_text')
    .select(['run_id', 'started_ms', 'inventory', 'asked', 'judged', 'body'])
    .execute();
  return rows.flatMap(({ run_id, started_ms, inventory, asked, judged, body }) =>
    wrongFields({
      started_ms: isMoment(started_ms),
      inventory: isNames(inventory),
      asked: isIdSet(asked),
      judged: isIdSet(judged),
      groups_text: listIn(body ?? '[]')?.every(isGroup) === true,
    }).map((field) => `runs: ${field} of ${run_id}`),
  );
}

async function inHosts(db: Kysely<Tables>): Promise<readonly string[]> {
  return (await db.selectFrom('hosts').select(['name', 'member_of']).execute()).flatMap(({ name, member_of }) =>
    isNames(member_of) ? [] : [`hosts: member_of of ${name}`],
  );
}

function isOneOf(values: readonly string[], value: string | null): boolean {
  return value === null || values.includes(value);
}

async function inVerdicts(db: Kysely<Tables>): Promise<readonly string[]> {
  const words = await db.selectFrom('verdicts').select(['result', 'severity', 'held_result']).distinct().execute();
  const ends = await db
    .selectFrom('verdicts')
    .select(({ fn }) => [
      fn.max('from_ms').as('from_ms'),
      fn.max('since_ms').as('since_ms'),
      fn.max('to_ms').as('to_ms'),
      fn.max('held_since_ms').as('held_since_ms'),
    ])
    .executeTakeFirstOrThrow();
  const wrong = words.flatMap(({ result, severity, held_result }) =>
    wrongFields({
      result: isOneOf(RESULTS, result),
      severity: isOneOf(SEVERITIES, severity),
      held_result: isOneOf(RESULTS, held_result),
    }).map((field) => `verdicts: ${field}`),
  );
  // A text is greater than every number in SQLite: the greatest value shows whether there is one.
  return [
    ...new Set([
      ...wrong,
      ...Object.entries(ends).flatMap(([field, ms]) => (ms === null || isMoment(ms) ? [] : [`verdicts: ${field}`])),
    ]),
  ];
}

/** Whether SQLite itself says that the file is not what it was: libsql in `code`, node:sqlite in `errcode`. */
export function isDamagedFile(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  const code = 'code' in thrown ? String(thrown.code) : '';
  const number = 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0;
  return (
    /^SQLITE_(?:CORRUPT|NOTADB)/.test(code) ||
    number === 11 ||
    number === 26 ||
    /^no such (?:table|column)/.test(thrown.message)
  );
}

/** SQLITE_PERM, READONLY, IOERR, FULL, CANTOPEN: node:sqlite in `errcode`, libsql in words. */
const REFUSALS: ReadonlySet<number> = new Set([3, 8, 10, 13, 14]);

/** Whether the machine refuses: no permission, no folder, a disk that is full, broken or read-only. */
export function isRefusedByMachine(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  return (
    'syscall' in thrown ||
    ('code' in thrown && /^SQLITE_(?:PERM|READONLY|IOERR|FULL|CANTOPEN)/.test(String(thrown.code))) ||
    ('errcode' in thrown && REFUSALS.has(Number(thrown.errcode) & 0xff))
  );
}

/** Whether there was no memory for what the file has: SQLite says so, or Node where it takes over what SQLite has read. */
export function isOutOfMemory(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    ('code' in thrown && /^SQLITE_(?:IOERR_)?NOMEM$/.test(String(thrown.code))) ||
    ('errcode' in thrown && [7, 3082].includes(Number(thrown.errcode))) ||
    /^Array buffer allocation failed|^Invalid string length/.test(thrown.message)
  );
}

/**
 * What stands in a history that kernward never writes there, each by its place. Looked for when a view has failed: it
 * tells a file that somebody edited from a bug of ours.
 */
export async function damageIn(db: Kysely<Tables>): Promise<readonly string[]> {
  try {
    const found = [await inRuns(db), await inHosts(db), await inVerdicts(db)];
    return found.flatMap((places) => [
      ...places.slice(0, MAX_NAMED),
      ...(places.length > MAX_NAMED ? [`and ${places.length - MAX_NAMED} more like the last`] : []),
    ]);
  } catch (thrown) {
    if (isDamagedFile(thrown)) return [thrown.message];
    throw thrown;
  }
}
