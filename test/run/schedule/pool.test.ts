import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forEachBounded } from '../../../src/run/schedule/pool.js';
import { openTurns, type Slot } from '../../../src/run/schedule/group-limits.js';
import { fixedWidth, type Width } from '../../../src/run/schedule/width.js';

const never = new AbortController().signal;

function limitsOf(most: Readonly<Record<string, number>>): (name: string) => number | undefined {
  const byName = new Map(Object.entries(most));
  return (name) => byName.get(name);
}

/** A width that the test changes. */
function changing(first: number): Width & { readonly become: (forks: number) => void; readonly full: () => number } {
  const listeners = new Set<() => void>();
  let [now, full] = [first, 0];
  return {
    now: () => now,
    isFull: () => {
      full += 1;
    },
    onGrowth: (grown) => {
      listeners.add(grown);
      return () => listeners.delete(grown);
    },
    become: (forks) => {
      now = forks;
      for (const grown of listeners) grown();
    },
    full: () => full,
  };
}

test('at most `forks` are under way, every item is done once, and none is taken before a fork is free', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
      async (forks, count, turns) => {
        let taken = 0;
        let underWay = 0;
        let most = 0;
        const done: number[] = [];
        const items = function* (): Generator<number> {
          for (; taken < count;) {
            assert.ok(underWay < forks, 'an item was taken while every fork was busy');
            taken += 1;
            yield taken - 1;
          }
        };
        await forEachBounded(
          items(),
          fixedWidth(forks),
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
        assert.deepEqual(
          done.toSorted((a, b) => a - b),
          Array.from({ length: count }, (_, index) => index),
        );
        assert.ok(most <= forks);
      },
    ),
  );
});

function held(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release!: () => void;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

test('an item that hangs occupies its own fork only', async () => {
  const { promise: hangs, release } = held();
  const done: number[] = [];
  const running = forEachBounded(
    [0, 1, 2, 3, 4, 5],
    fixedWidth(2),
    async (item) => (item === 0 ? hangs : void done.push(item)),
    never,
  );
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
    fixedWidth(2),
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
  await assert.rejects(forEachBounded([0, 1, 2, 3], fixedWidth(2), work, never), /ours/);
  assert.ok(ended >= 1 && ended < 4);
});

/** Which names each item counts towards, and the limits of the names; few of each, so that they get into each other's way. */
const crowd = fc.record({
  forks: fc.integer({ min: 1, max: 12 }),
  items: fc.array(fc.record({ names: fc.subarray(['a', 'b', 'c']), turns: fc.integer({ min: 0, max: 4 }) }), {
    maxLength: 60,
  }),
  most: fc.record(
    { a: fc.integer({ min: 1, max: 4 }), b: fc.integer({ min: 1, max: 4 }), c: fc.integer({ min: 1, max: 4 }) },
    { requiredKeys: [] },
  ),
});

test('never more than any limit, every item once, and who counts towards nothing limited keeps the order', async () => {
  await fc.assert(
    fc.asyncProperty(crowd, async ({ forks, items, most }) => {
      const mostOf = limitsOf(most);
      const limits = { mostOf, namesOf: ({ names }: (typeof items)[number]) => names };
      const underWay = new Map<string, number>();
      const begun: number[] = [];
      let all = 0;
      await forEachBounded(
        items,
        fixedWidth(forks),
        async ({ names, turns }, index) => {
          begun.push(index);
          all += 1;
          assert.ok(all <= forks);
          for (const name of names) {
            underWay.set(name, (underWay.get(name) ?? 0) + 1);
            assert.ok((underWay.get(name) ?? 0) <= (mostOf(name) ?? forks), `too many of ${name}`);
          }
          for (let turn = turns; turn > 0; turn -= 1) await Promise.resolve();
          for (const name of names) underWay.set(name, (underWay.get(name) ?? 0) - 1);
          all -= 1;
        },
        never,
        limits,
      );
      assert.deepEqual(
        begun.toSorted((a, b) => a - b),
        [...items.keys()],
      );
      const isLimited = (index: number): boolean =>
        items[index]?.names.some((name) => mostOf(name) !== undefined) ?? false;
      const alike = (index: number): string =>
        (items[index]?.names ?? []).filter((name) => mostOf(name) !== undefined).join(' ');
      const free = begun.filter((index) => !isLimited(index));
      assert.deepEqual(
        free,
        free.toSorted((a, b) => a - b),
      );
      for (const kind of new Set(begun.map(alike))) {
        const ofKind = begun.filter((index) => alike(index) === kind);
        assert.deepEqual(
          ofKind,
          ofKind.toSorted((a, b) => a - b),
          `those that count towards ${kind} overtake each other`,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('a host whose group is full does not block others', async () => {
  const { promise: hangs, release } = held();
  const done: number[] = [];
  const groups = ['slow', 'slow', 'slow', 'other', 'slow', 'other'];
  const limits = { mostOf: limitsOf({ slow: 1 }), namesOf: (group: string) => [group] };
  const running = forEachBounded(
    groups,
    fixedWidth(3),
    async (_, index) => (index === 0 ? hangs : void done.push(index)),
    never,
    limits,
  );
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  assert.deepEqual(done, [3, 5]);
  release();
  await running;
  assert.deepEqual(done, [3, 5, 1, 2, 4]);
});

/** Two items hold `a` and `b`; the third needs both; a thousand more need either, and at every moment one of the two is taken. */
function* crowded(): Generator<readonly string[]> {
  yield ['a'];
  yield ['b'];
  yield ['a', 'b'];
  for (let more = 0; more < 1000; more += 1) yield [more % 2 === 0 ? 'a' : 'b'];
}

test('who needs places under two limits comes to its turn, however many need only one of them', () => {
  const turns = openTurns(crowded(), {
    mostOf: limitsOf({ a: 1, b: 1 }),
    namesOf: (names: readonly string[]) => names,
  });
  const begun: number[] = [];
  const underWay: Slot<readonly string[]>[] = [];
  while (begun.length < 1003) {
    const turn = turns.next();
    assert.notEqual(turn, 'over');
    if (typeof turn === 'object') {
      begun.push(turn.index);
      underWay.push(turn);
    } else {
      const first = underWay.shift();
      assert.ok(first, 'nobody is under way and nobody may begin');
      turns.done(first);
    }
  }
  const place = begun.indexOf(2);
  assert.ok(place < 80, `it began as number ${place}`);
});

test('no more than a bounded number stands aside, and the source is not drained', () => {
  let taken = 0;
  function* items(): Generator<string> {
    for (; ; taken += 1) yield 'full';
  }
  const turns = openTurns(items(), { mostOf: limitsOf({ full: 1 }), namesOf: (name: string) => [name] });
  assert.equal(typeof turns.next(), 'object');
  assert.equal(turns.next(), 'later');
  assert.equal(turns.next(), 'later');
  assert.ok(taken < 2000, `${taken} were taken`);
});

test('an abort ends also those who wait for a place', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const work = async (_: string, index: number): Promise<void> => {
    begun.push(index);
    await Promise.resolve();
    controller.abort();
  };
  await forEachBounded(['x', 'x', 'x'], fixedWidth(3), work, controller.signal, {
    mostOf: limitsOf({ x: 1 }),
    namesOf: (name) => [name],
  });
  assert.deepEqual(begun, [0]);
});

test('what gives two places back lets two begin', async () => {
  const first = held();
  const second = held();
  const begun: number[] = [];
  const running = forEachBounded(
    [['a', 'b'], ['a'], ['b']],
    fixedWidth(3),
    async (_, index) => {
      begun.push(index);
      await (index === 0 ? first.promise : second.promise);
    },
    never,
    {
      mostOf: limitsOf({ a: 1, b: 1 }),
      namesOf: (names) => names,
    },
  );
  first.release();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  assert.deepEqual(begun, [0, 1, 2]);
  second.release();
  await running;
});

test('a width that grows lets more begin at once; one that shrinks lets what is under way go on', async () => {
  const width = changing(2);
  const waiting: (() => void)[] = [];
  const begun: number[] = [];
  const running = forEachBounded(
    [0, 1, 2, 3, 4, 5, 6, 7],
    width,
    (item) => {
      begun.push(item);
      return new Promise((resolve) => waiting.push(resolve));
    },
    never,
  );
  const endOne = async (): Promise<void> => {
    waiting.shift()?.();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  assert.deepEqual(begun, [0, 1]);
  assert.ok(width.full() > 0, 'nobody was told that every place is in use');
  width.become(4);
  assert.deepEqual(begun, [0, 1, 2, 3]);
  width.become(2);
  await endOne();
  await endOne();
  assert.deepEqual(begun, [0, 1, 2, 3], 'one began although there were still as many as there may be');
  await endOne();
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  width.become(9);
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
  const full = width.full();
  while (waiting.length > 0) await endOne();
  await running;
  assert.equal(width.full(), full, 'places were free, and it was said that they were not');
});

test('a limit that becomes less holds for whoever begins after it', async () => {
  let most = 3;
  const waiting: (() => void)[] = [];
  const begun: number[] = [];
  const running = forEachBounded(
    [0, 1, 2, 3, 4],
    fixedWidth(9),
    (item) => {
      begun.push(item);
      return new Promise((resolve) => waiting.push(resolve));
    },
    never,
    { mostOf: () => most, namesOf: () => ['jump host'] },
  );
  assert.deepEqual(begun, [0, 1, 2]);
  most = 1;
  for (const expected of [
    [0, 1, 2],
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
  ]) {
    waiting.shift()?.();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    assert.deepEqual(begun, expected);
  }
  await running;
});
