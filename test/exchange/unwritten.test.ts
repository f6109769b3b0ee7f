/** A result that came and cannot be written down, since the disk is full: on an exchange within this process. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { resultCommit } from '../../src/exchange/commit-message.js';
import { runDispatch } from '../../src/exchange/dispatch/run-dispatch.js';
import { createMemoryExchange } from '../../src/exchange/memory-exchange.js';

const RUN = '0123456789abcdef';
const never = new AbortController().signal;

test('one that cannot be written keeps no other from coming, waits where it is, and is gathered by the next run', async () => {
  const exchange = createMemoryExchange();
  for (const zone of ['eu', 'us']) await exchange.setUp(zone, { leaseMs: 3_600_000, maxBytes: 1000, replicas: 1 });
  const sent: string[] = [];
  /** A worker of each zone, which takes what it is sent. */
  const work = async (zone: string): Promise<void> => {
    const task = await exchange.take(zone, never);
    if (task === undefined) return;
    const bytes = Buffer.from(`of ${task.shard}`);
    await exchange.put(task, 1, bytes, never);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const said = {
      kernward: '1',
      worker: 'w',
      attempt: task.attempt,
      parts: 1,
      bytes: bytes.length,
      sha256,
      answered: 1,
    };
    await exchange.commit(task, resultCommit(said), never);
    await exchange.finish(task);
  };
  const kept = new Map<number, string>();
  let isFull = true;
  const dispatch = async () => {
    const said: string[] = [];
    let looks = 0;
    const { missing } = await runDispatch({
      exchange: {
        ...exchange,
        send: (place, ...more) => {
          sent.push(`${place.zone} ${place.shard}`);
          return exchange.send(place, ...more);
        },
        zone: async (...of) => {
          looks += 1;
          await work(of[0]);
          return exchange.zone(...of);
        },
      },
      runId: RUN,
      notAfter: 'b',
      zones: new Map([
        [
          'eu',
          [
            { shard: 1, hosts: 1 },
            { shard: 2, hosts: 1 },
          ],
        ],
        ['us', [{ shard: 3, hosts: 1 }]],
      ]),
      taskOf: () => Buffer.alloc(10),
      accept: async (shard, bytes) => {
        if (isFull && shard === 1) throw new Error('ENOSPC: no space left on device');
        kept.set(shard, Buffer.from(bytes).toString());
        return undefined;
      },
      isHere: async (shard) => kept.has(shard),
      signal: never,
      now: () => (looks > 50 ? 'c' : 'a'),
      warn: (sentence) => void said.push(sentence),
      tell: () => undefined,
      everyMs: 1,
      lingerMs: 0,
    });
    return { missing, said };
  };

  const { missing, said } = await dispatch();
  assert.deepEqual(
    [...kept].toSorted(([a], [b]) => a - b),
    [
      [2, 'of 2'],
      [3, 'of 3'],
    ],
  );
  const why = 'what w sent cannot be written down: ENOSPC: no space left on device; it waits for the same command';
  assert.deepEqual(missing, [{ shard: 1, zone: 'eu', why }]);
  assert.deepEqual(said, [`zone eu, shard 1: ${why}`]);

  isFull = false;
  sent.length = 0;
  const again = await dispatch();
  assert.deepEqual(again, { missing: [], said: [] });
  assert.equal(kept.get(1), 'of 1');
  assert.deepEqual(sent, [], 'nobody is asked twice');
  assert.equal(await exchange.commits('eu', RUN, 0), undefined, 'nothing is left of a run that is whole');
});
