/** What hundreds of hosts send at once is read in turns, and nothing of it is lost or read out of order. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import ssh2, { type Client } from 'ssh2';
import { readInTurns } from '../../../src/transports/ssh2/internals.js';
import { createReadingTurns, type ReadingTurns } from '../../../src/transports/ssh2/reading-turns.js';

/** Longer than one turn may take, in ms of the clock below. */
const LONG = 21;

void test('when a turn has taken its time the others come in later ones, in their order, each turn with a bounded part', async () => {
  let clock = 0;
  let turn = 0;
  const turns = createReadingTurns(() => clock);
  const done: (readonly [number, number])[] = [];
  const work = (index: number, ms: number) => (): void => {
    clock += ms;
    done.push([index, turn]);
  };
  assert.equal(turns.isFree(), true);
  clock += LONG;
  assert.equal(turns.isFree(), false);
  for (let index = 0; index < 30; index += 1) turns.later(work(index, 7));
  while (done.length < 30) {
    turn += 1;
    await nextTurn();
    // Nobody passes those that wait.
    if (done.length < 30) assert.equal(turns.isFree(), false);
  }
  assert.deepEqual(
    done.map(([index]) => index),
    Array.from({ length: 30 }, (_, index) => index),
  );
  const perTurn = new Map<number, number>();
  for (const [, at] of done) perTurn.set(at, (perTurn.get(at) ?? 0) + 7);
  // The one that exceeds the time is finished.
  for (const ms of perTurn.values()) assert.ok(ms <= 20 + 7, `${ms} ms`);
  await nextTurn();
  assert.equal(turns.isFree(), true);
});

/** A client over a stream of the test, whose packets are only written down. */
function listening(turns: ReadingTurns): { readonly stream: PassThrough; readonly heard: string[] } {
  const stream = new PassThrough();
  const client: Client = new ssh2.Client();
  const heard: string[] = [];
  client.on('error', () => heard.push('error'));
  client.connect({ sock: stream, username: 'nobody', readyTimeout: 0 });
  const protocol: unknown = Reflect.get(client, '_protocol');
  assert.ok(typeof protocol === 'object' && protocol !== null);
  Reflect.set(protocol, 'start', () => undefined);
  Reflect.set(protocol, 'parse', (data: Buffer, from: number, end: number) => {
    const text = data.toString('latin1', from, end);
    heard.push(text);
    if (text.includes('!')) throw new Error('no packet');
  });
  assert.equal(readInTurns(client, stream, turns), true);
  client.on('end', () => heard.push('end'));
  return { stream, heard };
}

void test('what came is read in order, and its end after it, whoever is free when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (free) => {
      let at = 0;
      const { stream, heard } = listening({
        isFree: () => free[at++] ?? false,
        later: (work) => void setImmediate(work),
      });
      const sent = free.map((_, index) => `${index};`);
      for (const text of sent) {
        stream.write(text);
        if (at % 3 === 0) await nextTurn();
      }
      stream.end();
      for (let waits = 0; heard.at(-1) !== 'end' && waits < 100; waits += 1) await nextTurn();
      // That it ended before a login may be an error to ssh2 beside.
      assert.equal(heard.filter((one) => one !== 'error').join(''), `${sent.join('')}end`);
    }),
    { numRuns: 50 },
  );
});

const NEVER: ReadingTurns = { isFree: () => false, later: () => undefined };

void test('where the connection breaks, what waits is read before that is told', async () => {
  const { stream, heard } = listening(NEVER);
  await nextTurn();
  stream.write('last words');
  await nextTurn();
  assert.deepEqual(heard, []);
  stream.destroy(new Error('reset'));
  await nextTurn();
  assert.deepEqual(heard.slice(0, 2), ['last words', 'error']);
});

void test('of a connection that was given up nothing is read any more', async () => {
  const works: (() => void)[] = [];
  const { stream, heard } = listening({ isFree: () => false, later: (work) => void works.push(work) });
  await nextTurn();
  stream.write('too late');
  await nextTurn();
  assert.equal(works.length, 1);
  stream.destroy();
  for (const work of works) work();
  await nextTurn();
  assert.ok(!heard.includes('too late'));
});

void test('what cannot be read is an error of the connection and no exception, also later', async () => {
  const { stream, heard } = listening({ isFree: () => false, later: (work) => void setImmediate(work) });
  await nextTurn();
  stream.write('!');
  for (let waits = 0; heard.length < 2 && waits < 20; waits += 1) await nextTurn();
  assert.deepEqual(heard.slice(0, 2), ['!', 'error']);
});
