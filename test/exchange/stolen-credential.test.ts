/**
 * Somebody has the credential of the zone eu-1, and tries what he can, by NATS itself: the server has exactly the permissions that
 * `worker --print-permissions` prints.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import type { Exchange } from '../../src/exchange/exchange.js';
import {
  CONSUMER,
  doneSubject,
  inboxPrefix,
  partSubject,
  resultStream,
  workStream,
} from '../../src/exchange/nats/names.js';
import { workerPermissions } from '../../src/exchange/nats/permissions.js';
import { kernward } from '../support/kernward.js';
import { needsNats, type NatsServer, startNats } from '../support/nats-server.js';
import { openNats } from '../support/exchange/open-nats.js';
import { scratch } from '../support/scratch.js';

const MINE = 'eu-1';
const OTHER = 'us-1';
const RUN = '00000000000000aa';
const NEVER = new AbortController().signal;
/** The server says nothing to what it does not permit: who waits longer hears no more. */
const DEAF_MS = 300;

const mine = { zone: MINE, runId: RUN, shard: 1 };
const other = { zone: OTHER, runId: RUN, shard: 2 };

async function printedPermissions(zone: string): Promise<string> {
  const { status, stdout } = await kernward(scratch(), 'worker', '--zone', zone, '--print-permissions');
  assert.equal(status, 0);
  return stdout;
}

describe('with the credential of one zone', needsNats(), () => {
  let server: NatsServer;
  let hub: Exchange;
  let thief: NatsConnection;
  let client: JetStreamClient;
  let manager: JetStreamManager;
  const heard: string[] = [];
  const seeds = new Map(['hub', MINE, OTHER].map((name) => [name, nkeys.createUser()] as const));
  const publicKeyOf = (name: string): string => seeds.get(name)?.getPublicKey() ?? '';
  const seedOf = (name: string): string => Buffer.from(seeds.get(name)?.getSeed() ?? []).toString();

  before(async () => {
    const users = await Promise.all(
      [MINE, OTHER].map(async (zone) => `{ nkey: ${publicKeyOf(zone)}\n${await printedPermissions(zone)} }`),
    );
    server = await startNats(
      `accounts: { KW: { jetstream: enabled, users: [ { nkey: ${publicKeyOf('hub')} }\n${users.join('\n')} ] } }`,
    );
    hub = await openNats(server.url, { creds: seedOf('hub') });
    for (const zone of [MINE, OTHER]) await hub.setUp(zone, { leaseMs: 5000, maxBytes: 1_000_000, replicas: 1 });
    thief = await connect({
      servers: [server.url.replace('nats://', '')],
      authenticator: nkeyAuthenticator(Buffer.from(seedOf(MINE))),
      inboxPrefix: inboxPrefix(MINE),
      timeout: 5000,
    });
    client = jetstream(thief, { timeout: DEAF_MS });
    manager = await jetstreamManager(thief, { checkAPI: false, timeout: DEAF_MS });
    for (const subject of ['>', 'kw.>', '_INBOX.>', `${inboxPrefix(OTHER)}.>`, '$JS.ACK.>', `kw.cancel.${OTHER}`])
      thief.subscribe(subject, {
        callback: (error, message) => void (error === null && heard.push(message.subject)),
      });
    await hub.send(other, Buffer.from('secret of us-1'), NEVER);
  });
  after(async () => {
    await thief.close();
    await hub.close();
    await server.close();
  });

  test('a worker of each zone does its work with what is printed', async () => {
    for (const place of [mine, other]) {
      const worker = await openNats(server.url, { creds: seedOf(place.zone), inboxPrefix: inboxPrefix(place.zone) });
      await hub.send(place, Buffer.from('task'), NEVER);
      assert.equal(await worker.leaseMs(place.zone, NEVER), 5000);
      const task = await worker.take(place.zone, NEVER);
      assert.ok(task !== undefined);
      worker.keepAlive(task);
      await worker.put(task, 1, Buffer.from(`readings of ${place.zone}`), NEVER);
      assert.equal(await worker.commit(task, Buffer.from('commit'), NEVER), 'first');
      await worker.finish(task);
      assert.equal((await hub.zone(place.zone, RUN)).queued.size, 0);
      await hub.send({ ...place, shard: 3 }, Buffer.from('task'), NEVER);
      const second = await worker.take(place.zone, NEVER);
      assert.ok(second !== undefined);
      await hub.cancel(place.zone, RUN);
      assert.equal(second.cancelled.aborted, true);
      await worker.close();
    }
    await hub.send({ ...other, shard: 4 }, Buffer.from('secret of us-1'), NEVER);
  });

  /** Each must be refused; nothing of it may be seen. */
  const ATTEMPTS: Readonly<Record<string, () => Promise<unknown>>> = {
    'take a task of another zone': () =>
      thief.request(`$JS.API.CONSUMER.MSG.NEXT.${workStream(OTHER)}.${CONSUMER}`, '{"batch":1}', {
        timeout: DEAF_MS,
      }),
    'look at the consumer of another zone': () => manager.consumers.info(workStream(OTHER), CONSUMER),
    'send a result of another zone': () => client.publish(partSubject(other, 'x', 1), 'forged'),
    'commit for another zone': () => client.publish(doneSubject(other), 'forged'),
    'read the queue of another zone': () => manager.streams.getMessage(workStream(OTHER), { seq: 1 }),
    'read the results of another zone': () => manager.streams.getMessage(resultStream(OTHER), { seq: 1 }),
    'read the results of its own zone': () => manager.streams.getMessage(resultStream(MINE), { seq: 1 }),
    'read the queue of its own zone past the consumer': () => manager.streams.getMessage(workStream(MINE), { seq: 1 }),
    'read directly': () =>
      thief.request(`$JS.API.DIRECT.GET.${resultStream(OTHER)}`, '{"seq":1}', { timeout: DEAF_MS }),
    'list streams': () => manager.streams.list().next(),
    'look at a stream': () => manager.streams.info(resultStream(OTHER)),
    'purge a stream': () => manager.streams.purge(resultStream(MINE)),
    'delete a stream': () => manager.streams.delete(workStream(OTHER)),
    'make a stream over the subjects of another zone': () =>
      manager.streams.add({ name: 'SPY', subjects: [`kw.*.${OTHER}.>`] }),
    'make a consumer of its own on another zone': () =>
      manager.consumers.add(resultStream(OTHER), { durable_name: 'spy' }),
    'make a consumer of its own on its zone': () => manager.consumers.add(workStream(MINE), { durable_name: 'spy' }),
    'delete the consumer': () => manager.consumers.delete(workStream(MINE), CONSUMER),
    'send work to another zone': () => client.publish(`kw.work.${OTHER}.${RUN}.9`, 'forged'),
    'send work to its own zone': () => client.publish(`kw.work.${MINE}.${RUN}.9`, 'forged'),
    'acknowledge a task of another zone': () =>
      thief.request(`$JS.ACK.${workStream(OTHER)}.${CONSUMER}.1.1.1.1.0`, '+TERM', { timeout: DEAF_MS }),
    'take a run back': () => thief.request(`kw.cancel.${OTHER}`, `{"runId":"${RUN}","upTo":99}`, { timeout: DEAF_MS }),
  };

  test('there are 21 attempts', () => assert.equal(Object.keys(ATTEMPTS).length, 21));

  for (const [what, attempt] of Object.entries(ATTEMPTS))
    test(`nobody can ${what}`, async () => {
      await assert.rejects(attempt(), /permissions violation/iu);
    });

  test('nothing of another zone was changed, or heard', async () => {
    assert.deepEqual((await hub.zone(OTHER, RUN)).queued, new Set([4]));
    assert.deepEqual((await hub.zone(MINE, RUN)).queued, new Set());
    const commit = await hub.commits(OTHER, RUN, 0);
    assert.equal(Buffer.from(commit?.bytes ?? []).toString(), 'commit');
    assert.equal(await hub.commits(OTHER, RUN, commit?.place ?? 0), undefined);
    assert.deepEqual(heard, []);
  });

  test('what is left: its own consumer, and a result of its own zone, which is first where nobody was before', async () => {
    assert.equal((await manager.consumers.info(workStream(MINE), CONSUMER)).name, CONSUMER);
    assert.equal((await client.publish(partSubject(mine, 'forged', 1), 'forged')).stream, resultStream(MINE));
    assert.equal((await client.publish(doneSubject({ ...mine, shard: 8 }), 'forged')).stream, resultStream(MINE));
  });

  test('a credential that nobody gave is refused at once, and the command says so', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'stranger'), Buffer.from(nkeys.createUser().getSeed()));
    writeFileSync(join(folder, 'worker.yaml'), 'acceptUnsigned: true\n');
    const args = ['worker', '--zone', MINE, ...server.told, '--nats', server.url];
    const { status, stderr } = await kernward(folder, ...args, '--creds', 'stranger');
    assert.deepEqual([status, /refuses the credential/u.test(stderr)], [2, true], stderr);
    writeFileSync(join(folder, 'stranger'), 'nothing of the kind');
    const none = await kernward(folder, ...args, '--creds', 'stranger');
    assert.deepEqual([none.status, /neither a \.creds file nor the seed/u.test(none.stderr)], [2, true], none.stderr);
  });

  test('what is printed is what is tested', async () => {
    const printed = await printedPermissions(MINE);
    const { publish, subscribe } = workerPermissions(MINE);
    assert.deepEqual(
      [...printed.matchAll(/^ +"(.*)"$/gmu)].map(([, subject]) => subject),
      [...publish, ...subscribe],
    );
  });
});
