import assert from 'node:assert/strict';
import type { Kysely } from 'kysely';
import { askingsIn, momentsIn } from '../../../src/history/run-times.js';
import type { Tables } from '../../../src/history/database/tables.js';
import { verdictsOfRun } from '../../../src/history/verdicts-of-run.js';
import { type HostPlan, reportOf, type RunPlan } from './reports.js';

function byHost(a: { readonly host: string }, b: { readonly host: string }): number {
  return a.host < b.host ? -1 : 1;
}
function wasAsked(plan: HostPlan | undefined): boolean {
  return plan !== undefined && plan.judged !== 'interrupted';
}

/** What a plan says, as a history should give it back. */
export function expectedOf(plan: RunPlan) {
  return [...reportOf(plan).hosts]
    .filter((_, index) => wasAsked(plan.hosts[index]))
    .map(({ host, verdicts }) => ({
      host,
      verdicts: verdicts.map(({ rule, severity, result, waiver }) => ({
        rule,
        severity,
        result,
        waiver: waiver?.id ?? '',
      })),
    }))
    .sort(byHost);
}

/** What a history gives back of a run. */
export async function seenBy(db: Kysely<Tables>, runId: string) {
  const [row] = await db.selectFrom('runs').select(['run', 'asked', 'judged']).where('run_id', '=', runId).execute();
  const moment = (await momentsIn(db)).get(row?.run ?? 0);
  assert.ok(row !== undefined && moment !== undefined);
  const seen = [];
  for await (const host of verdictsOfRun(db, { ...moment, ...row })) seen.push(host);
  return seen.sort(byHost);
}

/** Everything that a history says, without the numbers that it gave. */
export async function contents(db: Kysely<Tables>) {
  const runs = await askingsIn(db);
  const ids = new Map(runs.map(({ run, runId }) => [run, runId]));
  const rows = await db
    .selectFrom('verdicts')
    .innerJoin('hosts', 'hosts.host', 'verdicts.host')
    .innerJoin('rules', 'rules.rule', 'verdicts.rule')
    .selectAll()
    .execute();
  const intervals = rows.map((row) => [
    row.name,
    row.id,
    row.result,
    row.severity,
    row.waiver,
    ids.get(row.from_run),
    row.from_ms,
    ids.get(row.to_run ?? 0),
    row.to_ms,
    row.since_ms,
    row.held_result,
    row.held_since_ms,
  ]);
  return {
    runs: runs.map(({ runId }) => runId),
    intervals: intervals.map((interval) => JSON.stringify(interval)).sort(),
  };
}
