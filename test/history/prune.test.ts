import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { prune } from '../../src/history/prune.js';
import { recordRun } from '../../src/history/record-run.js';
import { contents, expectedOf, seenBy } from '../support/history/contents.js';
import { historyInMemory } from '../support/history/database.js';
import { FOUR_WEEKS } from '../support/history/months.js';
import { reportOf } from '../support/history/reports.js';

async function filled() {
  const db = await historyInMemory();
  for (const plan of FOUR_WEEKS) await recordRun(db, reportOf(plan));
  return db;
}

type Db = Awaited<ReturnType<typeof filled>>;

async function openOnes(db: Db) {
  return db
    .selectFrom('verdicts')
    .select(['host', 'rule', 'from_ms', 'result', 'since_ms', 'held_result', 'held_since_ms'])
    .where('to_run', 'is', null)
    .orderBy('host')
    .orderBy('rule')
    .execute();
}

test('whatever is taken away, what is open stays, and since when; runs that are kept can be had back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 28 }), async (days) => {
      const db = await filled();
      const before = Date.parse('2026-10-26T02:15:00Z') + days * 86_400_000 - 1000;
      const open = await openOnes(db);
      await prune(db, before, false);
      assert.deepEqual(await openOnes(db), open);
      const kept = FOUR_WEEKS.filter(({ startedAt }) => Date.parse(startedAt) >= before);
      assert.deepEqual(
        (await contents(db)).runs,
        kept.map(({ runId }) => runId),
      );
      for (const plan of kept) assert.deepEqual(await seenBy(db, plan.runId), expectedOf(plan));
      // What is added afterwards goes on from where it was.
      const next = { ...FOUR_WEEKS.at(-2), runId: 'after', startedAt: '2026-11-23T02:15:00Z' };
      const recorded = await recordRun(db, reportOf({ rules: [], hosts: [], ...next }));
      assert.ok(recorded.kind === 'recorded');
      assert.equal(recorded.since.of('db1.example.com', 'hung-task-auto-reboot'), Date.parse('2026-10-26T02:15:00Z'));
      await db.destroy();
    }),
    { numRuns: 12 },
  );
});

test('a dry run counts and changes nothing', async () => {
  const db = await filled();
  const all = await contents(db);
  const texts = await db.selectFrom('texts').selectAll().execute();
  const cut = Date.parse('2026-11-10T00:00:00Z');
  const counted = await prune(db, cut, true);
  assert.deepEqual(await contents(db), all);
  assert.deepEqual(await db.selectFrom('texts').selectAll().execute(), texts);
  assert.deepEqual(await prune(db, cut, false), counted);
  assert.equal(counted.runs, 15);
  assert.ok(counted.intervals > 0 && counted.texts > 0);
  assert.deepEqual(await prune(db, cut, false), { runs: 0, intervals: 0, texts: 0 });
  await db.destroy();
});

test('a run from before what was taken away is refused; one from after it finds its place', async () => {
  const db = await filled();
  const all = await contents(db);
  const [first] = FOUR_WEEKS;
  const late = FOUR_WEEKS.at(20);
  assert.ok(first !== undefined && late !== undefined);
  const other = await historyInMemory();
  for (const plan of FOUR_WEEKS.filter((plan) => plan !== late)) await recordRun(other, reportOf(plan));
  const cut = Date.parse('2026-11-10T00:00:00Z');
  await prune(db, cut, false);
  await prune(other, cut, false);
  assert.deepEqual(await recordRun(other, reportOf(first)), { kind: 'too-old', prunedBeforeMs: cut });
  assert.equal((await recordRun(other, reportOf(late))).kind, 'recorded');
  assert.deepEqual((await contents(other)).intervals, (await contents(db)).intervals);
  assert.notDeepEqual(await contents(db), all);
  await Promise.all([db.destroy(), other.destroy()]);
});
