import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Kysely } from 'kysely';
import { RESULTS, SEVERITIES } from '../../src/model/verdict.js';
import { recordRun } from '../../src/history/record-run.js';
import type { Tables } from '../../src/history/database/tables.js';
import { contents, expectedOf, seenBy } from '../support/history/contents.js';
import { historyInMemory } from '../support/history/database.js';
import { type HostPlan, reportOf, type RunPlan } from '../support/history/reports.js';

const HOSTS = ['a', 'b', 'c', 'web[1]', 'déjà vu'];
const RULES = ['r1', 'r2', 'r3'];

const judgement = fc
  .record(
    {
      result: fc.constantFrom(...RESULTS),
      severity: fc.constantFrom(...SEVERITIES.slice(0, 2)),
      waiver: fc.option(fc.constantFrom('W-1', 'W-2'), { nil: undefined, freq: 4 }),
    },
    { noNullPrototype: true },
  )
  .map(({ waiver, ...rest }) => (waiver === undefined ? rest : { ...rest, waiver }));

function hostPlan(host: string): fc.Arbitrary<HostPlan> {
  return fc
    .record({
      judged: fc.oneof(
        { weight: 4, arbitrary: fc.record({ r1: judgement, r2: judgement, r3: judgement }) },
        { weight: 1, arbitrary: fc.constantFrom('unreachable' as const, 'interrupted' as const) },
      ),
      groups: fc.subarray(['web', 'db']),
    })
    .map(({ judged, groups }) => ({ host, judged, groups }));
}

/** Several runs, some in the same second, of some of the hosts and some of the rules. */
const plans: fc.Arbitrary<readonly RunPlan[]> = fc
  .array(
    fc.record({
      second: fc.integer({ min: 0, max: 6 }),
      rules: fc.subarray(RULES, { minLength: 1 }),
      hosts: fc.subarray(HOSTS).chain((names) => fc.tuple(...names.map(hostPlan))),
    }),
    { maxLength: 8 },
  )
  .map((runs) =>
    runs.map(({ second, rules, hosts }, index) => ({
      runId: `run-${(index * 5) % 8}`,
      startedAt: `2026-11-23T02:00:0${second}Z`,
      rules,
      hosts,
    })),
  );

async function filled(some: readonly RunPlan[]): Promise<Kysely<Tables>> {
  const db = await historyInMemory();
  for (const plan of some) assert.equal((await recordRun(db, reportOf(plan))).kind, 'recorded');
  return db;
}

test('the intervals give back what each run saw of every host that it asked, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (some) => {
      const db = await filled(some);
      for (const plan of some) assert.deepEqual(await seenBy(db, plan.runId), expectedOf(plan));
      await db.destroy();
    }),
    { numRuns: 60 },
  );
});

test('in whatever order runs are added, the history is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray([...some], { minLength: some.length }))),
      async ([some, shuffled]) => {
        const [one, other] = [await filled(some), await filled(shuffled)];
        assert.deepEqual(await contents(other), await contents(one));
        await Promise.all([one.destroy(), other.destroy()]);
      },
    ),
    { numRuns: 60 },
  );
});

const PLAN: RunPlan = {
  runId: 'one',
  startedAt: '2026-11-23T02:00:00Z',
  rules: ['r1', 'r2'],
  hosts: [
    { host: 'a', judged: { r1: 'fail', r2: 'pass' } },
    { host: 'b', judged: 'unreachable' },
  ],
};

test('the same run twice changes nothing', async () => {
  const db = await filled([PLAN]);
  const before = await contents(db);
  assert.deepEqual(await recordRun(db, reportOf(PLAN)), { kind: 'already-there' });
  assert.deepEqual(await contents(db), before);
  await db.destroy();
});

test('a run in which nothing changed adds a row and no interval, whatever its reasons say', async () => {
  const db = await filled([PLAN]);
  const again = await recordRun(
    db,
    reportOf({
      ...PLAN,
      runId: 'two',
      startedAt: '2026-11-24T02:00:00Z',
      hosts: [
        { host: 'a', judged: { r1: { result: 'fail', because: 'up for 2 days' }, r2: 'pass' } },
        { host: 'b', judged: 'unreachable' },
      ],
    }),
  );
  assert.ok(again.kind === 'recorded');
  assert.equal(again.changed, 0);
  assert.equal((await db.selectFrom('verdicts').selectAll().execute()).length, 4);
  assert.equal(
    (await db.selectFrom('texts').selectAll().execute()).filter(({ body }) => body.includes('2 days')).length,
    0,
  );
  await db.destroy();
});

test('a report without a time is refused', async () => {
  const db = await historyInMemory();
  assert.deepEqual(await recordRun(db, reportOf({ ...PLAN, startedAt: 'yesterday' })), { kind: 'no-time' });
  await db.destroy();
});

test('since is told of every verdict of a run, over an outage too', async () => {
  const db = await filled([
    PLAN,
    { ...PLAN, runId: 'two', startedAt: '2026-11-24T02:00:00Z', hosts: [{ host: 'a', judged: 'unreachable' }] },
  ]);
  const third = await recordRun(db, reportOf({ ...PLAN, runId: 'three', startedAt: '2026-11-25T02:00:00Z' }));
  assert.ok(third.kind === 'recorded');
  assert.equal(third.since.of('a', 'r1'), Date.parse('2026-11-23T02:00:00Z'));
  assert.equal(third.since.of('a', 'r2'), Date.parse('2026-11-23T02:00:00Z'));
  assert.equal(third.since.of('b', 'r1'), Date.parse('2026-11-23T02:00:00Z'));
  assert.equal(third.since.of('c', 'r1'), undefined);
  await db.destroy();
});

test('what --rerun carries over from an earlier run is not seen again, and still has its since', async () => {
  const db = await filled([
    PLAN,
    {
      ...PLAN,
      runId: 'newer',
      startedAt: '2026-11-24T02:00:00Z',
      hosts: [{ host: 'a', judged: { r1: 'pass', r2: 'pass' } }],
    },
  ]);
  const rerun: RunPlan = {
    ...PLAN,
    runId: 'rerun',
    startedAt: '2026-11-25T02:00:00Z',
    hosts: [
      { host: 'a', judged: { r1: 'fail', r2: 'pass' }, fromRun: 'one' },
      { host: 'b', judged: { r1: 'pass', r2: 'pass' } },
    ],
  };
  const recorded = await recordRun(db, reportOf(rerun));
  assert.ok(recorded.kind === 'recorded');
  assert.deepEqual(
    (await seenBy(db, 'rerun')).map(({ host }) => host),
    ['b'],
  );
  assert.equal(recorded.since.of('a', 'r2'), Date.parse('2026-11-23T02:00:00Z'));
  assert.equal(recorded.since.of('a', 'r1'), undefined, 'the history knows better than what was carried');
  const run = await db.selectFrom('runs').selectAll().where('run_id', '=', 'rerun').executeTakeFirstOrThrow();
  assert.equal(run.interrupted, 0);
  await db.destroy();
});
