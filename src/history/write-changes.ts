import type { Transaction } from 'kysely';
import type { Change, Interval, Moment } from './intervals.js';
import type { Tables } from './database/tables.js';
import { toRow } from './interval-rows.js';
import { batches } from './row-ids.js';
import type { TextNumbers } from './text-ids.js';

/** A chain that a run changes. */
export interface ChainChange {
  readonly host: number;
  readonly rule: number;
  readonly chain: readonly Interval[];
  readonly change: Exclude<Change, { readonly kind: 'none' }>;
  /** The reason of the interval that the run opens. */
  readonly because: string | undefined;
}

interface Place {
  readonly host: number;
  readonly rule: number;
  readonly from: number;
}

/** Rules by host and first run, so that one statement does for all the rules of a host. */
function byHostAndStart(
  places: readonly Place[],
): readonly { readonly host: number; readonly from: number; readonly rules: readonly number[] }[] {
  const found = new Map<string, { host: number; from: number; rules: number[] }>();
  for (const { host, rule, from } of places) {
    const key = `${host} ${from}`;
    const group = found.get(key) ?? { host, from, rules: [] };
    group.rules.push(rule);
    found.set(key, group);
  }
  return [...found.values()];
}

/** The interval that the run falls into ends there; what stood behind it makes room; the rest is written anew. */
export async function writeChanges(
  trx: Transaction<Tables>,
  run: Moment,
  changes: readonly ChainChange[],
  texts: TextNumbers,
): Promise<void> {
  const reasons = await texts.of(new Set(changes.flatMap(({ because }) => because ?? [])));
  const ended: Place[] = [];
  const removed: Place[] = [];
  const rows: ReturnType<typeof toRow>[] = [];
  for (const { host, rule, chain, change, because } of changes) {
    const old = chain.slice(change.index);
    const [first] = change.intervals;
    const keepsFirst = first !== undefined && first.from.run === old[0]?.from.run;
    if (keepsFirst) ended.push({ host, rule, from: first.from.run });
    for (const { from } of old.slice(keepsFirst ? 1 : 0)) removed.push({ host, rule, from: from.run });
    for (const interval of change.intervals.slice(keepsFirst ? 1 : 0)) {
      const reason = because === undefined ? undefined : reasons.get(because);
      rows.push(toRow(host, rule, interval.from.run === run.run ? { ...interval, because: reason ?? null } : interval));
    }
  }
  for (const { host, from, rules } of byHostAndStart(ended))
    await trx
      .updateTable('verdicts')
      .set({ to_run: run.run, to_ms: run.ms })
      .where('host', '=', host)
      .where('from_run', '=', from)
      .where('rule', 'in', rules)
      .execute();
  for (const { host, from, rules } of byHostAndStart(removed))
    await trx
      .deleteFrom('verdicts')
      .where('host', '=', host)
      .where('from_run', '=', from)
      .where('rule', 'in', rules)
      .execute();
  for (const batch of batches(rows))
    await trx
      .insertInto('verdicts')
      .values([...batch])
      .execute();
}
