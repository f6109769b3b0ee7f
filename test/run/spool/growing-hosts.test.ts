import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { gathered } from '../../../src/run/chunks.js';
import { growingHosts, type GrowingWalk } from '../../../src/run/spool/growing-hosts.js';

/** Items of this many places. */
function numbers(size: number) {
  const there = new Set<number>();
  const growing = growingHosts<string>({
    size,
    has: (place) => there.has(place),
    at: (place) => (there.has(place) ? `host${place}` : undefined),
  });
  const come = (place: number): void => {
    there.add(place);
    growing.came(place);
  };
  return { growing, come };
}

/** What a walk has had so far, two texts an item and one behind the last. */
function follow({ items, ready }: GrowingWalk<string>): { readonly had: string[]; readonly over: Promise<void> } {
  const had: string[] = [];
  function* texts(): Generator<string> {
    for (const item of items) {
      had.push(item);
      yield item;
      yield '';
    }
    had.push('end');
    yield 'end';
  }
  const read = async (): Promise<void> => {
    for await (const _ of gathered(texts(), { ready }));
  };
  return { had, over: read() };
}

/** Waits for some turns of the event loop: on a busy machine one has room for little. */
async function turns(isEnough: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !isEnough(); turn += 1) await setImmediate();
  await setImmediate();
}

test('each walk has every item in its order, as soon as all before it are there, whatever comes first', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 9 }).chain((size) =>
        fc.tuple(
          fc.shuffledSubarray(
            Array.from({ length: size }, (_, place) => place),
            { minLength: size },
          ),
          fc.integer({ min: 1, max: 3 }),
        ),
      ),
      async ([arrivals, walks]) => {
        const { growing, come } = numbers(arrivals.length);
        const followed = Array.from({ length: walks }, () => follow(growing.open()));
        const arrived = new Set<number>();
        for (const place of arrivals) {
          come(place);
          arrived.add(place);
          let first = 0;
          while (arrived.has(first)) first += 1;
          await turns(() => followed.every(({ had }) => had.length >= first));
          const expected = Array.from({ length: first }, (_, at) => `host${at}`);
          for (const { had } of followed) assert.deepEqual(had, expected);
        }
        for (const { had } of followed) assert.ok(!had.includes('end'), 'nobody has said that this is all');
        growing.end();
        await Promise.all(followed.map(({ over }) => over));
        for (const { had } of followed) assert.equal(had.at(-1), 'end');
      },
    ),
    { numRuns: 200 },
  ));

test('who looks up what is not there yet is told so, and who waits for what will not come', async () => {
  const { growing, come } = numbers(2);
  const hasty = growing.open();
  assert.throws(() => hasty.items[Symbol.iterator]().next(), /the host at 0 has not come yet/);
  const { had, over } = follow(growing.open());
  come(0);
  await turns(() => had.length > 0);
  growing.fail(new Error('no more'));
  await assert.rejects(over, /no more/);
  assert.deepEqual(had, ['host0']);
  await assert.rejects(async () => follow(growing.open()).over, /no more/, 'and so is who comes later');
});
