/** What becomes of shards that find no room in their queue, on an exchange within this process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDispatch } from '../../src/exchange/dispatch/run-dispatch.js';
import { createMemoryExchange } from '../../src/exchange/memory-exchange.js';

const RUN = '0123456789abcdef';
const TERMS = { leaseMs: 3_600_000, maxBytes: 100, replicas: 1 };

test('a shard that is larger than its whole queue keeps up no other, and each is named with its reason', async () => {
  const exchange = createMemoryExchange();
  await exchange.setUp('eu', TERMS);
  const end = new AbortController();
  const sizes = [500, 60, 30, 30];
  let looks = 0;
  const said: string[] = [];
  const asked: number[] = [];
  const { missing } = await runDispatch({
    exchange: { ...exchange, zone: (...of) => ((looks += 1), exchange.zone(...of)) },
    runId: RUN,
    notAfter: 'b',
    zones: new Map([['eu', sizes.map((_, index) => ({ shard: index + 1, hosts: 1 }))]]),
    taskOf: (shard) => Buffer.alloc(sizes[shard - 1] ?? 0),
    accept: () => Promise.reject(new Error('nothing came')),
    isHere: async (shard) => {
      asked.push(shard);
      return false;
    },
    signal: end.signal,
    now: () => (looks > 20 ? 'c' : 'a'),
    warn: (sentence) => void said.push(sentence),
    tell: () => undefined,
    everyMs: 1,
    lingerMs: 0,
  });
  assert.deepEqual(
    missing.map(({ shard, why }) => [shard, why]),
    [
      [1, 'the queue of its zone had no room for it'],
      [2, 'nobody did it in time'],
      [3, 'nobody did it in time'],
      [4, 'the queue of its zone had no room for it'],
    ],
  );
  // It is read from the disk and held against the plan.
  assert.deepEqual(asked, [1, 2, 3, 4]);
  assert.deepEqual(said, [
    'zone eu: its queue has no room for shard 1 (maximum bytes exceeded); what is left is sent when it has',
  ]);
});

test('what is known of a shard is not forgotten where its queue has no room for it again', async () => {
  const exchange = createMemoryExchange();
  await exchange.setUp('eu', TERMS);
  const other = { zone: 'eu', runId: 'f'.repeat(16), shard: 1 };
  let looks = 0;
  const { missing } = await runDispatch({
    exchange: {
      ...exchange,
      // It went from the queue with a result that is none, and another run was faster.
      zone: async (...of) => {
        looks += 1;
        if (looks === 1) {
          const task = await exchange.take('eu', new AbortController().signal);
          assert.ok(task !== undefined);
          await exchange.commit(task, Buffer.from('nonsense'), new AbortController().signal);
          await exchange.finish(task);
          await exchange.send(other, Buffer.alloc(80), new AbortController().signal);
        }
        return exchange.zone(...of);
      },
    },
    runId: RUN,
    notAfter: 'b',
    zones: new Map([['eu', [{ shard: 1, hosts: 1 }]]]),
    taskOf: () => Buffer.alloc(60),
    accept: () => Promise.reject(new Error('nothing came')),
    isHere: async () => false,
    signal: new AbortController().signal,
    now: () => (looks > 5 ? 'c' : 'a'),
    warn: () => undefined,
    tell: () => undefined,
    everyMs: 1,
    lingerMs: 0,
  });
  assert.deepEqual(
    missing.map(({ why }) => why),
    ['what came is no result of kernward'],
  );
});
