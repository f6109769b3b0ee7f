import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { notePruned } from '../../src/history/metadata.js';
import { prune, pruneFromMs } from '../../src/history/prune.js';
import { recordRun } from '../../src/history/record-run.js';
import { removeRun } from '../../src/history/remove-run.js';
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

const FUTURE = { rules: [], hosts: [], ...FOUR_WEEKS.at(-1), runId: 'ahead', startedAt: '2036-11-23T02:15:00Z' };
const NOW = Date.parse('2026-11-29T00:00:00Z');

test('a run of the future is nothing that age is counted from, and what was pruned by one is mended', async () => {
  const db = await filled();
  const newest = await pruneFromMs(db, NOW);
  assert.equal(newest, Date.parse(FOUR_WEEKS.at(-1)?.startedAt ?? ''));
  await recordRun(db, reportOf(FUTURE));
  assert.equal(await pruneFromMs(db, NOW), newest);
  await notePruned(db, Date.parse('2035-10-20T00:00:00Z'));
  const late = { ...FUTURE, runId: 'late', startedAt: '2026-11-25T02:15:00Z' };
  assert.equal((await recordRun(db, reportOf(late))).kind, 'too-old');
  await prune(db, Date.parse('2025-10-20T00:00:00Z'), false, NOW);
  assert.equal((await recordRun(db, reportOf(late))).kind, 'recorded');
  await db.destroy();
});

test('the newest run can be taken out, as if it had never been; no other', async () => {
  const db = await filled();
  const was = await contents(db);
  await recordRun(db, reportOf(FUTURE));
  assert.notDeepEqual(await contents(db), was);
  assert.deepEqual(await removeRun(db, FOUR_WEEKS[3]?.runId ?? '', false), { kind: 'not-newest', newest: 'ahead' });
  assert.deepEqual(await removeRun(db, 'ahea', false), { kind: 'missing' });
  assert.equal((await removeRun(db, 'ahead', true)).kind, 'removed');
  assert.notDeepEqual(await contents(db), was);
  assert.equal((await removeRun(db, 'ahead', false)).kind, 'removed');
  assert.deepEqual(await contents(db), was);
  await db.destroy();
});

test('a run that was recorded beside one of the future is as it would be without it', async () => {
  for (const left of [3, 10, 20]) {
    const db = await historyInMemory();
    const without = await historyInMemory();
    const plans = FOUR_WEEKS.slice(0, left + 4);
    for (const [index, plan] of plans.entries()) {
      if (index === left) await recordRun(db, reportOf(FUTURE));
      await recordRun(db, reportOf(plan));
      await recordRun(without, reportOf(plan));
    }
    await removeRun(db, 'ahead', false);
    assert.deepEqual((await contents(db)).intervals, (await contents(without)).intervals);
    await Promise.all([db.destroy(), without.destroy()]);
  }
});

test('what was pruned up to the future is mended where its run is taken out, also as the last one', async () => {
  const db = await historyInMemory();
  await recordRun(db, reportOf(FUTURE));
  await prune(db, Date.parse('2035-10-20T00:00:00Z'), false, NOW);
  const [now] = FOUR_WEEKS;
  assert.ok(now !== undefined);
  assert.equal((await recordRun(db, reportOf(now))).kind, 'too-old');
  await removeRun(db, 'ahead', false, NOW);
  assert.equal((await recordRun(db, reportOf(now))).kind, 'recorded');
  await db.destroy();
});
