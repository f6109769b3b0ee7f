import type { Kysely } from 'kysely';
import { csvRecords } from '../render/csv.js';
import type { Tables } from './database/tables.js';
import { inSeconds } from './since-times.js';

/** Hosts whose intervals are in memory together. */
const HOSTS_AT_ONCE = 200;

const INTERVAL_COLUMNS = [
  'host',
  'groups',
  'owner',
  'policy',
  'rule',
  'severity',
  'result',
  'waiver',
  'from',
  'from_run',
  'to',
  'to_run',
  'since',
  'failing_since',
  'before',
  'before_since',
  'because',
] as const;

function timeOf(ms: number | string | null): string {
  return ms === null ? '' : inSeconds(Number(ms));
}

function isHidden(result: string): boolean {
  return result === 'error' || result === 'unknown';
}

function page(db: Kysely<Tables>, from: number, to: number) {
  return db
    .selectFrom('verdicts')
    .innerJoin('hosts', 'hosts.host', 'verdicts.host')
    .innerJoin('rules', 'rules.rule', 'verdicts.rule')
    .leftJoin('texts', 'texts.text', 'verdicts.because_text')
    .leftJoin('runs as began', 'began.run', 'verdicts.from_run')
    .leftJoin('runs as ended', 'ended.run', 'verdicts.to_run')
    .where('verdicts.host', '>=', from)
    .where('verdicts.host', '<', to)
    .selectAll('verdicts')
    .select([
      'hosts.name',
      'hosts.member_of',
      'hosts.owner',
      'rules.id',
      'rules.policy',
      'texts.body',
      'began.run_id as from_id',
      'ended.run_id as to_id',
    ])
    .orderBy('verdicts.host')
    .orderBy('rules.id')
    .orderBy('verdicts.from_ms')
    .orderBy('verdicts.from_run')
    .execute();
}

/**
 * Every interval as CSV, by host and rule, in the order of time. `to` is empty where it is open; a run that was pruned
 * has no id.
 */
export async function* exportIntervals(db: Kysely<Tables>): AsyncGenerator<string> {
  yield csvRecords([INTERVAL_COLUMNS]);
  const { most } = await db
    .selectFrom('hosts')
    .select(({ fn }) => fn.max('host').as('most'))
    .executeTakeFirstOrThrow();
  for (let from = 1; from <= (most ?? 0); from += HOSTS_AT_ONCE) {
    const rows = await page(db, from, from + HOSTS_AT_ONCE);
    if (rows.length === 0) continue;
    yield csvRecords(
      rows.map((row) => {
        const groups: readonly string[] = JSON.parse(row.member_of);
        const failingSince =
          row.result === 'fail'
            ? row.since_ms
            : isHidden(row.result) && row.held_result === 'fail'
              ? row.held_since_ms
              : null;
        return [
          row.name,
          groups.join(', '),
          row.owner,
          row.policy,
          row.id,
          row.severity,
          row.result,
          row.waiver,
          timeOf(row.from_ms),
          row.from_id ?? '',
          timeOf(row.to_ms),
          row.to_id ?? '',
          timeOf(row.since_ms),
          timeOf(failingSince),
          row.held_result ?? '',
          timeOf(row.held_since_ms),
          row.body ?? '',
        ];
      }),
    );
  }
}
