import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forEachBounded } from '../../src/run/pool.js';

const never = new AbortController().signal;

test('at most `forks` are under way, every item is done once, and none is taken before a fork is free', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 40 }), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), async (forks, count, turns) => {
      let taken = 0;
      let underWay = 0;
      let most = 0;
      const done: number[] = [];
      const items = function* (): Generator<number> {
        for (; taken < count; ) {
          assert.ok(underWay < forks, 'an item was taken while every fork was busy');
          taken += 1;
          yield taken - 1;
        }
      };
      await forEachBounded(
        items(),
        forks,
        async (item, index) => {
          assert.equal(item, index);
          underWay += 1;
          most = Math.max(most, underWay);
          for (let turn = turns[item % turns.length] ?? 0; turn > 0; turn -= 1) await Promise.resolve();
          underWay -= 1;
          done.push(item);
        },
        never,
      );
      assert.deepEqual(done.toSorted((a, b) => a - b), Array.from({ length: count }, (_, index) => index));
      assert.ok(most <= forks);
    }),
  );
});

const held = (): { readonly promise: Promise<void>; readonly release: () => void } => {
  let release!: () => void;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
};

test('an item that hangs occupies its own fork only', async () => {
  const { promise: hangs, release } = held();
  const done: number[] = [];
  const running = forEachBounded([0, 1, 2, 3, 4, 5], 2, async (item) => (item === 0 ? hangs : void done.push(item)), never);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
  release();
  await running;
});

test('after an abort nothing more is taken, and what is under way is waited for', async () => {
  const controller = new AbortController();
  const taken: number[] = [];
  await forEachBounded(
    [0, 1, 2, 3, 4],
    2,
    async (item) => {
      taken.push(item);
      await Promise.resolve();
      if (item === 1) controller.abort();
      await Promise.resolve();
    },
    controller.signal,
  );
  assert.deepEqual(taken, [0, 1]);
});

test('a bug in the work is thrown, after what is under way has ended', async () => {
  let ended = 0;
  const work = async (item: number): Promise<void> => {
    await Promise.resolve();
    if (item === 0) throw new Error('ours');
    await Promise.resolve();
    ended += 1;
  };
  await assert.rejects(forEachBounded([0, 1, 2, 3], 2, work, never), /ours/);
  assert.ok(ended >= 1 && ended < 4);
});
