/** What an item's place is worth to others while the item rests. Items begin, rest and end when the test says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { type Limits, openTurns, type Slot } from '../../../src/run/schedule/group-limits.js';
import { forEachBounded } from '../../../src/run/schedule/pool.js';
import { fixedWidth, type Width } from '../../../src/run/schedule/width.js';

type Names = readonly string[];

interface Held {
  readonly promise: Promise<void>;
  readonly release: () => void;
}

function held(): Held {
  let release!: () => void;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

function limitsOf(most: Readonly<Record<string, number>>): Limits<Names> {
  const byName = new Map(Object.entries(most));
  return { mostOf: (name) => byName.get(name), namesOf: (names) => names };
}

function isBegun(event: string): number {
  return event.endsWith('begins') ? 1 : 0;
}

interface Stage {
  /**
   * Who has begun, gone on after a rest and ended since it was asked last, in this order; who has begun comes last, since one that goes
   * on says so a moment after it was given its place.
   */
  readonly news: () => readonly string[];
  /** It rests from now on. */
  readonly rest: (index: number) => Promise<void>;
  /** Its pause is over: it has a place again as soon as there is one. */
  readonly wake: (index: number) => Promise<void>;
  readonly end: (index: number) => Promise<void>;
  readonly fail: (index: number) => Promise<void>;
  readonly abort: () => Promise<void>;
  readonly ended: Promise<void>;
  readonly isOver: () => boolean;
}

function stage(items: readonly Names[], width: Width, limits: Limits<Names> = limitsOf({})): Stage {
  const log: string[] = [];
  let told = 0;
  let isOver = false;
  const controller = new AbortController();
  const commands = new Map<number, (command: 'rest' | 'end' | 'fail') => void>();
  const pauses = new Map<number, Held>();
  const ended = forEachBounded(
    items,
    width,
    async (_, index, place) => {
      log.push(`${index} begins`);
      for (;;) {
        const command = await new Promise<'rest' | 'end' | 'fail'>((resolve) => commands.set(index, resolve));
        if (command === 'fail') throw new Error(`ours, in ${index}`);
        if (command === 'end') break;
        const pause = held();
        pauses.set(index, pause);
        await place.rest(() => pause.promise);
        log.push(`${index} goes on`);
      }
      log.push(`${index} ends`);
    },
    controller.signal,
    limits,
  ).finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  const tell = async (index: number, command: 'rest' | 'end' | 'fail'): Promise<void> => {
    const say = commands.get(index) ?? assert.fail(`${index} is not under way`);
    commands.delete(index);
    say(command);
    await nextTurn();
  };
  return {
    news: () => {
      return log.slice(told, (told = log.length)).toSorted((a, b) => isBegun(a) - isBegun(b));
    },
    rest: (index) => tell(index, 'rest'),
    wake: async (index) => {
      (pauses.get(index) ?? assert.fail(`${index} does not rest`)).release();
      pauses.delete(index);
      await nextTurn();
    },
    end: (index) => tell(index, 'end'),
    fail: (index) => tell(index, 'fail'),
    abort: async () => {
      controller.abort();
      // As whoever pauses does, who hears the same signal.
      for (const { release } of pauses.values()) release();
      await nextTurn();
    },
    ended,
    isOver: () => isOver,
  };
}

function alike(count: number, names: Names = []): readonly Names[] {
  return Array.from({ length: count }, () => names);
}

test('the place of one that rests is taken by the next, and it comes back before any later one', async () => {
  const { news, rest, wake, end } = stage(alike(5), fixedWidth(2));
  assert.deepEqual(news(), ['0 begins', '1 begins']);
  await rest(0);
  assert.deepEqual(news(), ['2 begins']);
  await wake(0);
  assert.deepEqual(news(), [], 'three have two places');
  await end(2);
  assert.deepEqual(news(), ['2 ends', '0 goes on']);
  await end(1);
  assert.deepEqual(news(), ['1 ends', '3 begins']);
});

test('one that rests where nobody waits has its place again at once', async () => {
  const { news, rest, wake, end, isOver } = stage(alike(2), fixedWidth(2));
  await rest(1);
  await wake(1);
  assert.deepEqual(news(), ['1 goes on', '0 begins', '1 begins']);
  await end(0);
  await end(1);
  assert.equal(isOver(), true);
});

test('those that come back do so in the order in which their pauses ended', async () => {
  const { news, rest, wake, end } = stage(alike(9), fixedWidth(3));
  for (const index of [0, 1, 2]) await rest(index);
  for (const index of [2, 0, 1]) await wake(index);
  news();
  for (const index of [3, 4, 5]) await end(index);
  assert.deepEqual(news(), ['3 ends', '2 goes on', '4 ends', '0 goes on', '5 ends', '1 goes on']);
});

test('all are done only when those that rest are, however long nobody else is left', async () => {
  const { news, rest, wake, end, isOver } = stage(alike(2), fixedWidth(2));
  await rest(0);
  await end(1);
  assert.equal(isOver(), false);
  await wake(0);
  assert.deepEqual(news(), ['1 ends', '0 goes on', '0 begins', '1 begins']);
  await end(0);
  assert.equal(isOver(), true);
});

test('one whose pause ends when all others have begun waits for a place and has it', async () => {
  const { news, rest, wake, end, isOver } = stage(alike(2), fixedWidth(1));
  await rest(0);
  await wake(0);
  assert.deepEqual(news(), ['0 begins', '1 begins']);
  await end(1);
  assert.deepEqual(news(), ['1 ends', '0 goes on']);
  await end(0);
  assert.equal(isOver(), true);
});

test('as many rest as may be under way; a further one keeps its place while it pauses', async () => {
  const { news, rest, wake, end } = stage(alike(9), fixedWidth(2));
  await rest(0);
  await rest(1);
  assert.deepEqual(news(), ['0 begins', '1 begins', '2 begins', '3 begins']);
  await rest(2);
  assert.deepEqual(news(), []);
  await wake(2);
  assert.deepEqual(news(), ['2 goes on']);
  // One that waits for a place counts among those that rest.
  await wake(0);
  await rest(3);
  assert.deepEqual(news(), []);
  await end(2);
  assert.deepEqual(news(), ['2 ends', '0 goes on']);
  await rest(0);
  assert.deepEqual(news(), ['4 begins']);
});

test('a width that grows has places for those that come back first; one that shrinks lets nobody back', async () => {
  let [now, grown] = [2, (): void => undefined];
  const width: Width = {
    now: () => now,
    onGrowth: (told) => {
      grown = told;
      return () => undefined;
    },
  };
  const { news, rest, wake, end } = stage(alike(6), width);
  await rest(0);
  await wake(0);
  news();
  now = 4;
  grown();
  await nextTurn();
  assert.deepEqual(news(), ['0 goes on', '3 begins']);
  await rest(1);
  assert.deepEqual(news(), ['4 begins']);
  await wake(1);
  now = 2;
  await end(0);
  await end(2);
  assert.deepEqual(news(), ['0 ends', '2 ends']);
  await end(3);
  assert.deepEqual(news(), ['3 ends', '1 goes on']);
});

test('its places under limits are free while it rests, and taken again when it goes on', async () => {
  const { news, rest, wake, end } = stage([['x'], ['x'], ['x'], ['y'], ['x']], fixedWidth(9), limitsOf({ x: 1, y: 9 }));
  assert.deepEqual(news(), ['0 begins', '3 begins']);
  await rest(0);
  assert.deepEqual(news(), ['1 begins']);
  await wake(0);
  assert.deepEqual(news(), [], 'two of x are under way');
  await end(1);
  assert.deepEqual(news(), ['1 ends', '0 goes on']);
  await end(0);
  assert.deepEqual(news(), ['0 ends', '2 begins']);
});

test('one whose limit is met when it comes back blocks nobody who does not count towards it', async () => {
  const items = [['x'], ['x'], ['y'], ['y'], ['x']];
  const { news, rest, wake, end } = stage(items, fixedWidth(2), limitsOf({ x: 1 }));
  assert.deepEqual(news(), ['0 begins', '2 begins']);
  await rest(0);
  await wake(0);
  assert.deepEqual(news(), ['1 begins']);
  await end(2);
  assert.deepEqual(news(), ['2 ends', '3 begins']);
  await end(3);
  await end(1);
  assert.deepEqual(news(), ['3 ends', '1 ends', '0 goes on']);
});

test('what one that comes back waits for is kept for it, from whoever came back later as well', async () => {
  const items = [['a', 'b'], ['a'], ['b'], ['a'], ['a'], ['b']];
  const { news, rest, wake, end } = stage(items, fixedWidth(9), limitsOf({ a: 1, b: 1 }));
  await rest(0);
  assert.deepEqual(news(), ['0 begins', '1 begins', '2 begins']);
  await rest(1);
  assert.deepEqual(news(), ['3 begins']);
  await wake(0);
  await wake(1);
  await end(3);
  assert.deepEqual(news(), ['3 ends'], 'somebody took what the first that came back waits for');
  await end(2);
  assert.deepEqual(news(), ['2 ends', '0 goes on']);
  await end(0);
  assert.deepEqual(news(), ['0 ends', '1 goes on', '5 begins']);
});

test('after an abort nobody waits for a place, and nothing more begins', async () => {
  const { news, rest, wake, end, abort, isOver } = stage(alike(9), fixedWidth(2));
  await rest(0);
  await rest(1);
  await wake(0);
  news();
  await abort();
  assert.deepEqual(news().toSorted(), ['0 goes on', '1 goes on']);
  for (const index of [0, 1, 2]) await end(index);
  assert.equal(isOver(), false, 'one is still under way');
  await end(3);
  assert.equal(isOver(), true);
  assert.deepEqual(news(), ['0 ends', '1 ends', '2 ends', '3 ends']);
});

test('an abort ends the waiting for a place where nobody pauses and nobody ends', async () => {
  const { news, rest, wake, abort } = stage(alike(9), fixedWidth(1));
  await rest(0);
  await wake(0);
  await abort();
  assert.deepEqual(news(), ['0 goes on', '0 begins', '1 begins']);
});

test('a rest after an abort is the pause alone', async () => {
  const { news, rest, wake, end, abort, isOver } = stage(alike(3), fixedWidth(1));
  await abort();
  await rest(0);
  await wake(0);
  await end(0);
  assert.deepEqual(news(), ['0 goes on', '0 ends', '0 begins']);
  assert.equal(isOver(), true);
});

test('after a bug in the work those that rest end their work, and it is thrown', async () => {
  const { news, rest, wake, end, fail, ended } = stage(alike(9), fixedWidth(2));
  await rest(0);
  await rest(1);
  await wake(0);
  news();
  await fail(2);
  assert.deepEqual(news(), ['0 goes on']);
  await wake(1);
  assert.deepEqual(news(), ['1 goes on']);
  for (const index of [0, 1, 3]) await end(index);
  await assert.rejects(ended, /ours, in 2/);
});

test('a pause that rejects is thrown to the work, which has its place then', async () => {
  const log: string[] = [];
  await forEachBounded(
    [0, 1],
    fixedWidth(1),
    async (item, _, place) => {
      log.push(`${item} begins`);
      if (item === 0)
        await place.rest(() => Promise.reject(new Error('no sleep'))).catch((why) => log.push(String(why)));
      log.push(`${item} ends`);
    },
    new AbortController().signal,
  );
  assert.deepEqual(log, ['0 begins', '1 begins', '1 ends', 'Error: no sleep', '0 ends']);
});

test('work that ends while it rests is done when its rest is over', async () => {
  const pause = held();
  const begun: number[] = [];
  const running = forEachBounded(
    [0, 1, 2, 3],
    fixedWidth(1),
    async (item, _, place) => {
      begun.push(item);
      if (item === 0) void place.rest(() => pause.promise);
    },
    new AbortController().signal,
    { mostOf: () => 1, namesOf: () => ['x'] },
  );
  await nextTurn();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  pause.release();
  await running;
});

test('work that ends while it rests gives nothing back that it does not hold', async () => {
  const [pause, end] = [held(), held()];
  const begun: number[] = [];
  const running = forEachBounded(
    [0, 1, 2, 3],
    fixedWidth(1),
    async (item, _, place) => {
      begun.push(item);
      if (item === 0) void place.rest(() => pause.promise);
      else await end.promise;
    },
    new AbortController().signal,
  );
  await nextTurn();
  assert.deepEqual(begun, [0, 1]);
  pause.release();
  await nextTurn();
  assert.deepEqual(begun, [0, 1]);
  end.release();
  await running;
});

/** What is done to the items: which of those that it can be done to, counted anew each time. */
const commands = fc.array(
  fc.record({ what: fc.constantFrom('rest', 'wake', 'end', 'width'), which: fc.nat({ max: 40 }) }),
  { maxLength: 80 },
);
const crowd = fc.record({
  forks: fc.integer({ min: 1, max: 6 }),
  items: fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 1, maxLength: 30 }),
  most: fc.record(
    { a: fc.integer({ min: 1, max: 3 }), b: fc.integer({ min: 1, max: 3 }), c: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: [] },
  ),
  commands,
});

function pick<T>(from: ReadonlySet<T>, which: number): T | undefined {
  return [...from][which % Math.max(1, from.size)];
}

interface Watched {
  readonly underWay: Set<number>;
  /** They hold no place. */
  readonly resting: Set<number>;
  /** They hold their places while they pause: as many as may rest did. */
  readonly pausing: Set<number>;
  /** Their pauses are over, in this order, and they have no place. */
  readonly returning: Set<number>;
  readonly begun: number[];
  /** Holds what happened against what may happen. */
  readonly hear: (event: string, forks: number) => void;
}

function watch(items: readonly Names[], mostOf: (name: string) => number | undefined): Watched {
  const [underWay, resting, pausing, returning] = [1, 2, 3, 4].map(() => new Set<number>());
  assert.ok(underWay && resting && pausing && returning);
  const begun: number[] = [];
  const most = (name: string): number => mostOf(name) ?? Infinity;
  const namesOf = (index: number): Names => items[index] ?? [];
  const howMany = (of: Iterable<number>, name: string): number =>
    [...of].filter((index) => namesOf(index).includes(name)).length;
  const holding = (name: string): number => howMany([...underWay, ...pausing], name);

  const begins = (index: number): void => {
    const [first] = returning;
    if (first !== undefined)
      assert.ok(
        namesOf(first).some((name) => holding(name) >= most(name)),
        `${index} began, and ${first} waits for a place`,
      );
    for (const name of namesOf(index))
      assert.ok(holding(name) + howMany(returning, name) < most(name), `${index} took what was kept of ${name}`);
    begun.push(index);
  };
  const hear = (event: string, forks: number): void => {
    const index = Number.parseInt(event, 10);
    if (event.endsWith('ends')) return;
    if (event.endsWith('begins')) begins(index);
    else if (pausing.delete(index)) {
      underWay.add(index);
      return;
    } else assert.ok(returning.delete(index), `${index} did not rest`);
    underWay.add(index);
    assert.ok(underWay.size + pausing.size <= forks, `${event}: more than ${forks} are under way`);
    for (const name of namesOf(index)) assert.ok(holding(name) <= most(name), `${event}: too many of ${name}`);
  };
  return { underWay, resting, pausing, returning, begun, hear };
}

test('whatever rests, comes back and ends: no more than the width, no more than any limit, everyone once', async () => {
  await fc.assert(
    fc.asyncProperty(crowd, async ({ forks, items, most, commands: told }) => {
      let [now, grown] = [forks, (): void => undefined];
      const width: Width = {
        now: () => now,
        onGrowth: (listener) => {
          grown = listener;
          return () => undefined;
        },
      };
      const limits = limitsOf(most);
      const { news, rest, wake, end, isOver } = stage(items, width, limits);
      const { underWay, resting, pausing, returning, begun, hear } = watch(items, limits.mostOf);
      const hearAll = (): void => {
        for (const event of news()) hear(event, now);
      };
      const act = async (what: string, which: number): Promise<void> => {
        const index = what === 'wake' ? pick(new Set([...resting, ...pausing]), which) : pick(underWay, which);
        if (what === 'width') {
          now = 1 + (which % 6);
          grown();
          await nextTurn();
        } else if (index === undefined) return;
        else if (what === 'rest') {
          underWay.delete(index);
          (resting.size + returning.size < now ? resting : pausing).add(index);
          await rest(index);
        } else if (what === 'wake') {
          if (resting.delete(index)) returning.add(index);
          await wake(index);
        } else {
          underWay.delete(index);
          await end(index);
        }
        hearAll();
      };
      hearAll();
      for (const { what, which } of told) await act(what, which);
      // Nothing is left to itself: all that can end does.
      for (let rounds = 0; !isOver(); rounds += 1) {
        assert.ok(rounds < 200, 'somebody waits for ever');
        await act('wake', 0);
        await act('end', 0);
      }
      assert.deepEqual(
        begun.toSorted((a, b) => a - b),
        [...items.keys()],
      );
    }),
    { numRuns: 300 },
  );
});

/** Four items have all of `a` and `b`, the fifth needs both, and of those that need either there are always more. */
function* crowded(): Generator<Names> {
  yield* [['a'], ['a'], ['b'], ['b'], ['a', 'b']];
  for (let more = 0; more < 4000; more += 1) yield [more % 2 === 0 ? 'a' : 'b'];
}

test('who needs places under two limits comes to its turn, however others rest and come back', () => {
  const turns = openTurns(crowded(), limitsOf({ a: 2, b: 2 }));
  const begun: number[] = [];
  const rested = new Set<Slot<Names>>();
  const underWay = new Set<Slot<Names>>();
  const take = (): void => {
    for (let turn = turns.next(); typeof turn === 'object'; turn = turns.next()) {
      underWay.add(turn);
      if (!rested.has(turn)) begun.push(turn.index);
    }
  };
  take();
  // Of one name one ends, and where no other took its place another rests until one did, while two of the other name are under way.
  for (let round = 0; round < 600 && !begun.includes(4); round += 1) {
    const name = round % 2 === 0 ? 'a' : 'b';
    const ofName = (): readonly Slot<Names>[] => [...underWay].filter(({ names }) => names.includes(name));
    const ends = ofName().find((turn) => rested.has(turn)) ?? ofName()[0] ?? assert.fail('nobody is under way');
    underWay.delete(ends);
    turns.done(ends);
    take();
    const [rests, ...others] = ofName();
    if (rests === undefined || others.length > 0) continue;
    underWay.delete(rests);
    rested.add(rests);
    turns.rest(rests);
    take();
    turns.back(rests);
    take();
  }
  const place = begun.indexOf(4);
  assert.ok(place >= 0 && place < 100, `it began as number ${place} of ${begun.length}`);
});
