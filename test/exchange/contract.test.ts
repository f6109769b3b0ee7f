/** What every exchange does, whatever it is made of. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { type Exchange, MOST_DELIVERIES, type ShardOfZone, type Task } from '../../src/exchange/exchange.js';
import { createMemoryExchange } from '../../src/exchange/memory-exchange.js';
import { needsNats, type NatsAge, startNats } from '../support/nats-server.js';
import { openNats } from '../support/exchange/open-nats.js';
import { within } from '../support/within.js';

const LEASE_MS = 1000;
const MAX_BYTES = 64 * 1024;
const NEVER = new AbortController().signal;

let runs = 0;
function newRun(): string {
  runs += 1;
  return runs.toString(16).padStart(16, '0');
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (from: Uint8Array | undefined): string | undefined =>
  from === undefined ? undefined : Buffer.from(from).toString();

interface Made {
  /** The same exchange once more, as another process has it. */
  readonly open: () => Promise<Exchange>;
  readonly close: () => Promise<void>;
}

async function memory(): Promise<Made> {
  const exchange = createMemoryExchange();
  return { open: async () => exchange, close: async () => undefined };
}

async function nats(age: NatsAge): Promise<Made> {
  const server = await startNats('', age);
  return { open: () => openNats(server.url), close: server.close };
}

/** What is never handed out fails, and does not hang. */
async function taken(exchange: Exchange, zone: string): Promise<Task> {
  const signal = AbortSignal.timeout(within(20 * LEASE_MS));
  for (;;) {
    const task = await exchange.take(zone, signal);
    if (task !== undefined) return task;
    assert.ok(!signal.aborted, `nothing was handed out in ${zone}`);
  }
}

function contract(
  name: string,
  make: () => Promise<Made>,
  needs: { readonly skip: string | false } = { skip: false },
): void {
  describe(name, needs, () => {
    let made: Made;
    let hub: Exchange;
    let worker: Exchange;
    let zones = 0;
    before(async () => {
      made = await make();
      hub = await made.open();
      worker = await made.open();
    });
    after(async () => {
      await worker.close();
      await hub.close();
      await made.close();
    });
    /** A zone of the test's own with a run in it. */
    async function shardOf(shard = 1, terms = {}): Promise<ShardOfZone> {
      zones += 1;
      const zone = `z${zones}`;
      assert.equal(await hub.isSetUp(zone), false);
      await hub.setUp(zone, { leaseMs: LEASE_MS, maxBytes: MAX_BYTES, replicas: 1, ...terms });
      await hub.setUp(zone, { leaseMs: LEASE_MS, maxBytes: MAX_BYTES, replicas: 1, ...terms });
      assert.equal(await hub.isSetUp(zone), true);
      return { zone, runId: newRun(), shard };
    }
    const send = (shard: ShardOfZone, text = 'task') => hub.send(shard, bytes(text), NEVER);

    test('a run has one dispatcher, however many begin at once', async () => {
      const others = await Promise.all([made.open(), made.open(), made.open()]);
      const runId = newRun();
      const names = ['a', 'b', 'c'];
      const said = await Promise.all(others.map((exchange, index) => exchange.claim(runId, names[index] ?? '')));
      const alone = said.findIndex((other) => other === undefined);
      assert.equal(said.filter((other) => other === undefined).length, 1, JSON.stringify(said));
      assert.ok(said.every((other, index) => index === alone || names.includes(other ?? '')));
      assert.equal(await hub.claim(runId, 'd'), names[alone]);
      assert.equal(await hub.claim(newRun(), 'd'), undefined);
      for (const exchange of others) await exchange.close();
    });

    test('a task goes to a worker, its parts and its commit come back', async () => {
      const shard = await shardOf(7);
      const { zone, runId } = shard;
      assert.equal(await send(shard, 'ask these'), 'sent');
      assert.deepEqual((await hub.zone(zone, runId)).queued, new Set([7]));
      assert.equal(await worker.leaseMs(zone, NEVER), LEASE_MS);
      const task = await taken(worker, zone);
      assert.deepEqual(
        [task.zone, task.runId, task.shard, task.delivery, textOf(task.bytes)],
        [zone, runId, 7, 1, 'ask these'],
      );
      assert.equal((await hub.zone(zone, runId)).underWay, 1);
      await worker.put(task, 1, bytes('one'), NEVER);
      await worker.put(task, 2, bytes('two'), NEVER);
      assert.equal(await hub.commits(zone, runId, 0), undefined);
      assert.equal(await worker.commit(task, bytes('done'), NEVER), 'first');
      await worker.finish(task);
      const state = await hub.zone(zone, runId);
      assert.deepEqual([state.queued.size, state.untaken, state.underWay], [0, 0, 0]);
      const commit = await hub.commits(zone, runId, 0);
      assert.deepEqual([commit?.shard, textOf(commit?.bytes)], [7, 'done']);
      assert.equal(await hub.commits(zone, runId, commit?.place ?? 0), undefined);
      assert.equal(textOf(await hub.read(shard, task.attempt, 2)), 'two');
      assert.equal(await hub.read(shard, task.attempt, 3), undefined);
      await hub.forget(shard, 'parts');
      assert.equal(await hub.read(shard, task.attempt, 1), undefined);
      assert.notEqual(await hub.commits(zone, runId, 0), undefined);
      await hub.forget(shard, 'result');
      assert.equal(await hub.commits(zone, runId, 0), undefined);
    });

    test('a zone may be set up anew with other terms', async () => {
      const { zone } = await shardOf();
      await hub.setUp(zone, { leaseMs: 3 * LEASE_MS, maxBytes: 2 * MAX_BYTES, replicas: 1 });
      const another = await made.open();
      assert.equal(await another.leaseMs(zone, NEVER), 3 * LEASE_MS);
      await another.close();
    });

    test('a shard is in the queue once, and may be sent again when it is not', async () => {
      const shard = await shardOf();
      assert.equal(await send(shard), 'sent');
      assert.equal(await send(shard), 'there');
      const task = await taken(worker, shard.zone);
      assert.equal(await send(shard), 'there');
      worker.drop(task);
      while ((await hub.zone(shard.zone, shard.runId)).queued.size > 0) await sleep(20);
      assert.equal(await send(shard), 'sent');
      assert.equal((await taken(worker, shard.zone)).delivery, 1);
    });

    test('a lease that is kept alive is kept, one that is not goes to another worker, whose commit is the first', async () => {
      const shard = await shardOf();
      const { zone } = shard;
      await send(shard);
      const first = await taken(worker, zone);
      const kept = setInterval(() => worker.keepAlive(first), LEASE_MS / 5);
      const waiting = taken(worker, zone);
      await sleep(LEASE_MS * 1.6);
      clearInterval(kept);
      const second = await waiting;
      assert.deepEqual([second.shard, second.delivery], [shard.shard, 2]);
      assert.notEqual(second.attempt, first.attempt);
      await worker.put(first, 1, bytes('late'), NEVER);
      await worker.put(second, 1, bytes('in time'), NEVER);
      assert.equal(await worker.commit(second, bytes('second'), NEVER), 'first');
      assert.equal(await worker.commit(first, bytes('first'), NEVER), 'too-late');
      await worker.finish(second);
      await worker.finish(first);
      assert.equal(textOf((await hub.commits(zone, shard.runId, 0))?.bytes), 'second');
      assert.equal(textOf(await hub.read(shard, second.attempt, 1)), 'in time');
    });

    test('a shard that is given back goes to another, but not for ever', async () => {
      const shard = await shardOf();
      await send(shard);
      for (let delivery = 1; delivery <= MOST_DELIVERIES; delivery += 1) {
        const task = await taken(worker, shard.zone);
        assert.equal(task.delivery, delivery);
        worker.giveBack(task, 1);
      }
      assert.equal(await worker.take(shard.zone, NEVER), undefined);
      // What is left is nobody's: not untaken, not under way, and in the queue.
      for (;;) {
        const { queued, untaken, underWay } = await hub.zone(shard.zone, shard.runId);
        assert.deepEqual(queued, new Set([shard.shard]));
        assert.equal(untaken, 0);
        if (underWay === 0) break;
        await worker.take(shard.zone, NEVER);
      }
      await hub.forget(shard, 'task');
      assert.equal((await hub.zone(shard.zone, shard.runId)).queued.size, 0);
    });

    test('a run that is taken back is stopped where it is under way; another is not, nor is the same run sent again', async () => {
      const shard = await shardOf(1);
      const { zone, runId } = shard;
      const other = { zone, runId: newRun(), shard: 1 };
      await send(shard);
      await send({ ...shard, shard: 2 });
      await send(other);
      const [mine, second, others] = [await taken(worker, zone), await taken(worker, zone), await taken(worker, zone)];
      assert.equal(others.runId, other.runId);
      await send({ ...shard, shard: 3 });
      await hub.cancel(zone, runId);
      while (!mine.cancelled.aborted || !second.cancelled.aborted) await sleep(10);
      assert.equal(others.cancelled.aborted, false);
      worker.drop(mine);
      worker.drop(second);
      assert.equal((await hub.zone(zone, runId)).queued.size, 0);
      assert.equal((await hub.zone(zone, other.runId)).queued.size, 1);
      // Its lease may be over by now, and then it would be the next.
      await worker.finish(others);
      while ((await hub.zone(zone, other.runId)).queued.size > 0) await worker.finish(await taken(worker, zone));
      assert.equal(await send(shard), 'sent');
      const again = await taken(worker, zone);
      assert.deepEqual([again.runId, again.shard, again.cancelled.aborted], [runId, 1, false]);
    });

    test('what another worker holds is handed out again when its lease ends, whatever was taken out of the queue', async () => {
      const shard = await shardOf(1);
      const { zone } = shard;
      await send(shard);
      await send({ ...shard, shard: 2 });
      const held = await taken(worker, zone);
      await worker.finish(await taken(worker, zone));
      await hub.forget({ ...shard, shard: 2 }, 'task');
      const again = await taken(worker, zone);
      assert.deepEqual([held.shard, again.shard, again.delivery], [1, 1, 2]);
      await worker.finish(again);
    });

    test('commits come one after the other, each once, and a run has its own', async () => {
      const shard = await shardOf();
      const { zone, runId } = shard;
      for (const number of [3, 1, 2]) {
        await send({ ...shard, shard: number });
        const task = await taken(worker, zone);
        await worker.commit(task, bytes(String(number)), NEVER);
        await worker.finish(task);
      }
      await send({ zone, runId: newRun(), shard: 9 });
      await worker.commit(await taken(worker, zone), bytes('9'), NEVER);
      const found: number[] = [];
      for (let at = 0; ;) {
        const commit = await hub.commits(zone, runId, at);
        if (commit === undefined) break;
        found.push(commit.shard);
        at = commit.place;
      }
      assert.deepEqual(found, [3, 1, 2]);
      await hub.clear(zone, runId);
      assert.equal(await hub.commits(zone, runId, 0), undefined);
    });

    test('a queue that has what it may hold refuses a task in its words, and takes it when there is room', async () => {
      const shard = await shardOf();
      const { zone } = shard;
      const large = Buffer.alloc(MAX_BYTES / 2 + 1000);
      assert.equal(await hub.send(shard, large, NEVER), 'sent');
      const second = { ...shard, shard: 2 };
      assert.deepEqual(await hub.send(second, large, NEVER), { full: 'maximum bytes exceeded' });
      assert.equal(await hub.send(shard, large, NEVER), 'there');
      assert.deepEqual([...(await hub.zone(zone, shard.runId)).queued], [1]);
      await hub.forget(shard, 'task');
      assert.equal(await hub.send(second, large, NEVER), 'sent');
      assert.equal((await taken(worker, zone)).shard, 2);
    });

    test('a zone that has what it may hold waits for room, and drops nothing', async () => {
      const shard = await shardOf();
      const { zone } = shard;
      await send(shard);
      const task = await taken(worker, zone);
      const large = Buffer.alloc(MAX_BYTES / 2 - 2000, 1);
      await worker.put(task, 1, large, NEVER);
      const stop = new AbortController();
      const refused = worker.put(task, 2, Buffer.alloc(large.length + 6000), stop.signal);
      setTimeout(() => stop.abort(), 400);
      await assert.rejects(refused);
      assert.equal((await hub.read(shard, task.attempt, 1))?.length, large.length);
      const waits = worker.put({ ...task, attempt: task.attempt }, 3, Buffer.alloc(large.length + 6000), NEVER);
      await hub.forget(shard, 'parts');
      await waits;
      assert.equal((await hub.read(shard, task.attempt, 3))?.length, large.length + 6000);
    });
  });
}

contract('memory', memory);
contract('NATS', () => nats('new'), needsNats());
contract('NATS that is old', () => nats('old'), needsNats('old'));
