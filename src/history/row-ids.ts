import type { Kysely } from 'kysely';
import type { RuleSummary } from '../model/report.js';
import type { RecordableHost } from './recordable.js';
import type { Tables } from './database/tables.js';

/** Rows of one statement. PostgreSQL takes 65,535 parameters, SQLite 32,766. */
const BATCH = 200;

export function* batches<T>(items: readonly T[], size = BATCH): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** As any database keeps it: PostgreSQL refuses U+0000, SQLite cannot tell lone surrogates apart. */
export function storable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\ufffd');
}

/** Gives each host of a report its number. */
export interface HostNumbers {
  readonly numberOf: (host: RecordableHost) => number;
  /** Writes who is new, and of whom something changed. */
  readonly save: () => Promise<void>;
}

interface KnownHost {
  readonly host: number;
  readonly member_of: string;
  readonly owner: string;
  readonly profile: string;
}

function wordsOf(report: RecordableHost): Omit<KnownHost, 'host'> {
  return {
    member_of: storable(JSON.stringify(report.groups)),
    owner: Object.hasOwn(report.labels, 'owner') ? storable(report.labels['owner'] ?? '') : '',
    profile: storable(report.profile),
  };
}

function isSame(a: KnownHost, b: Omit<KnownHost, 'host'>): boolean {
  return a.member_of === b.member_of && a.owner === b.owner && a.profile === b.profile;
}

/** @param isNewest of an older run the groups are not taken over */
export async function hostNumbers(db: Kysely<Tables>, isNewest: boolean): Promise<HostNumbers> {
  const rows = await db.selectFrom('hosts').selectAll().execute();
  const known = new Map<string, KnownHost>(rows.map(({ name, ...rest }) => [name, rest]));
  let next = rows.reduce((most, { host }) => Math.max(most, host), 0) + 1;
  let added: (KnownHost & { readonly name: string })[] = [];
  let changed: KnownHost[] = [];
  return {
    numberOf: (report) => {
      const name = storable(report.host);
      const found = known.get(name);
      const words = wordsOf(report);
      if (found !== undefined && (!isNewest || isSame(found, words))) return found.host;
      const row = { host: found?.host ?? next, ...words };
      known.set(name, row);
      if (found === undefined) {
        next += 1;
        added.push({ ...row, name });
      } else changed.push(row);
      return row.host;
    },
    save: async () => {
      for (const batch of batches(added))
        await db
          .insertInto('hosts')
          .values([...batch])
          .execute();
      for (const { host, ...words } of changed)
        await db.updateTable('hosts').set(words).where('host', '=', host).execute();
      added = [];
      changed = [];
    },
  };
}

/** Gives each rule of a run its number, and takes over what it says of itself. */
export async function ruleNumbers(
  db: Kysely<Tables>,
  rules: readonly RuleSummary[],
  isNewest: boolean,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('rules').selectAll().execute();
  const known = new Map(rows.map((row) => [row.id, row]));
  let next = rows.reduce((most, { rule }) => Math.max(most, rule), 0) + 1;
  const numbers = new Map<string, number>();
  for (const each of rules) {
    const id = storable(each.id);
    const words = { policy: storable(each.policy), title: storable(each.title) };
    const found = known.get(id);
    const rule = found?.rule ?? next;
    numbers.set(each.id, rule);
    if (found === undefined) {
      next += 1;
      await db
        .insertInto('rules')
        .values({ rule, id, ...words })
        .execute();
    } else if (isNewest && (found.policy !== words.policy || found.title !== words.title))
      await db.updateTable('rules').set(words).where('rule', '=', rule).execute();
  }
  return numbers;
}
