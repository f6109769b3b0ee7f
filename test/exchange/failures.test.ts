/**
 * The table of failures (docs/guides/beyond-one-machine.md): real processes on a real server, one for all rows, each with zones of
 * its own. Whatever dies, the hosts that come are those of the plan, each once, or are named as missing.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { Running } from '../support/kernward.js';
import { needsNats, type NatsServer, startNats } from '../support/nats-server.js';
import { secondsWithin, within } from '../support/within.js';
import { openNats } from '../support/exchange/open-nats.js';
import { says } from '../support/exchange/says.js';
import { endWorkers, firstHosts, makeZoneFleet, nameOf, type ZoneFleet } from '../support/exchange/zone-fleet.js';

const LEASE_MS = 1000;
const PROGRAM = join(process.cwd(), 'dist', 'test', 'support', 'exchange', 'worker-that-stops.js');

/** A worker that has stopped at that moment. */
async function stoppedAt(
  moment: string,
  server: NatsServer,
  zone: string,
  ...inventory: readonly string[]
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, moment, server.url, zone, ...inventory]);
  await says({ child }, new RegExp(`at ${moment}`, 'u'), 'stdout');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function whole(fleet: ZoneFleet, dispatcher: Running, hosts = 4): Promise<string> {
  const { status, stderr } = await dispatcher.ended;
  assert.equal(status, 0, stderr);
  assert.deepEqual(fleet.came('results'), firstHosts(hosts));
  return stderr;
}

interface Counting {
  readonly port: number;
  /** The most connections at once. */
  readonly most: () => number;
  readonly all: () => number;
  readonly close: () => void;
}

/** Takes a connection, says nothing, and ends it after a while. */
async function startCounting(): Promise<Counting> {
  let [now, most, all] = [0, 0, 0];
  const listening = createServer((socket) => {
    now += 1;
    all += 1;
    most = Math.max(most, now);
    let isOpen = true;
    /** What it says itself ends before the other side can know: the event comes later, and the next connection may be first. */
    const ends = (): void => {
      if (isOpen) now -= 1;
      isOpen = false;
    };
    const timer = setTimeout(() => {
      ends();
      socket.destroy();
    }, 400);
    socket
      .resume()
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        ends();
      });
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, most: () => most, all: () => all, close: () => listening.close() };
}

describe('whatever fails', needsNats(), () => {
  let server: NatsServer;
  before(async () => {
    server = await startNats();
  });
  after(() => server.close());

  let zones = 0;
  /** A zone of the test's own with four hosts in two shards. @param more of the plan */
  async function planned(
    work: (it: { readonly fleet: ZoneFleet; readonly zone: string }) => Promise<void>,
    { hosts = 4, plan = [] as readonly string[], settings = '', lease = '1' } = {},
  ): Promise<void> {
    zones += 1;
    const zone = `f${zones}`;
    const fleet = makeZoneFleet(server, { hosts, zones: [zone], settings });
    try {
      await fleet.plan('plan', ...plan);
      await fleet.setUp('plan', '--lease', lease);
      await work({ fleet, zone });
    } finally {
      fleet.remove();
    }
  }

  for (const moment of ['before parts', 'between parts', 'before commit'])
    test(`a worker that is killed ${moment} loses nothing, and nothing comes twice`, () =>
      planned(async ({ fleet, zone }) => {
        const dispatcher = fleet.dispatch('plan', 'results');
        await killed(await stoppedAt(moment, server, zone));
        const worker = fleet.worker(zone);
        await whole(fleet, dispatcher);
        await endWorkers(worker);
      }));

  test('a worker that is killed after its commit was right, and the next one is too late', () =>
    planned(
      async ({ fleet, zone }) => {
        const dispatcher = fleet.dispatch('plan', 'results');
        await says(dispatcher, /0 of 1 shard/u);
        const stopped = stoppedAt('before ack', server, zone, join(fleet.folder, 'own.yaml'));
        // It does not look before the second worker has.
        dispatcher.child.kill('SIGSTOP');
        await killed(await stopped);
        const worker = fleet.worker(zone);
        await says(worker, /another worker was faster, and its result stays/u);
        dispatcher.child.kill('SIGCONT');
        await whole(fleet, dispatcher, 2);
        await endWorkers(worker);
      },
      { hosts: 2 },
    ));

  test('a worker that was frozen, and is woken when another was faster, is too late', () =>
    planned(
      async ({ fleet, zone }) => {
        const dispatcher = fleet.dispatch('plan', 'results');
        await says(dispatcher, /0 of 1 shard/u);
        const frozen = await stoppedAt('before commit', server, zone);
        dispatcher.child.kill('SIGSTOP');
        const worker = fleet.worker(zone);
        await says(worker, /2 of 2 hosts answered/u);
        const late = says({ child: frozen }, /another worker was faster, and its result stays/u);
        frozen.kill('SIGCONT');
        await late;
        dispatcher.child.kill('SIGCONT');
        await whole(fleet, dispatcher, 2);
        await killed(frozen);
        await endWorkers(worker);
      },
      { hosts: 2 },
    ));

  test('what is no result is refused with its reason, and the shard is asked again', () =>
    planned(
      async ({ fleet, zone }) => {
        const dispatcher = fleet.dispatch('plan', 'results');
        await killed(await stoppedAt('before ack', server, zone));
        const worker = fleet.worker(zone);
        assert.match(await whole(fleet, dispatcher, 2), /what stops sent is refused: it cannot be unpacked/u);
        await endWorkers(worker);
      },
      { hosts: 2 },
    ));

  test('a shard that ends each worker is passed over, named, and the others come', () =>
    planned(async ({ fleet, zone }) => {
      const dispatcher = fleet.dispatch('plan', 'results');
      for (let time = 1; time <= 3; time += 1) {
        await killed(await stoppedAt('before parts', server, zone));
        // Its lease ends, and what is handed out again comes before what is new.
        await sleep(2 * LEASE_MS);
      }
      const worker = fleet.worker(zone);
      const { status, stderr } = await dispatcher.ended;
      await endWorkers(worker);
      assert.equal(status, 3, stderr);
      assert.match(stderr, /did not come: each worker that had it was lost with it/u);
      assert.equal(fleet.came('results').length, 2);
    }));

  test('a server that is killed, restarted, or not up yet is waited for, by everybody', () =>
    planned(
      async ({ fleet, zone }) => {
        await server.kill();
        const worker = fleet.worker(zone);
        const dispatcher = fleet.dispatch('plan', 'results');
        await Promise.all([says(worker, /it is waited for/u), says(dispatcher, /it is waited for/u)]);
        await server.start();
        await says(worker, /hosts answered/u);
        await server.kill();
        await server.start();
        await whole(fleet, dispatcher, 8);
        const [ended] = await endWorkers(worker);
        assert.equal(ended?.status, 143);
      },
      { hosts: 8 },
    ));

  test('a zone that is full is waited for, which is said, and nothing is lost when there is room', () =>
    planned(async ({ fleet, zone }) => {
      await fleet.setUp('plan', '--zone-size', '1');
      const hub = await openNats(server.url);
      try {
        const junk = { zone, runId: 'f'.repeat(16), shard: 1 };
        const of = { ...junk, bytes: Buffer.of(), delivery: 1, attempt: 'a', cancelled: new AbortController().signal };
        // What is left has no room for a part, nor for a commit.
        for (const [part, kib] of [700, 320, 2, 1].entries()) {
          const enough = AbortSignal.timeout(within(1000));
          await hub.put(of, part + 1, Buffer.alloc(kib * 1024), enough).catch(() => undefined);
        }
        const dispatcher = fleet.dispatch('plan', 'results');
        const worker = fleet.worker(zone);
        await says(worker, /the server has no room .*it is tried again/u);
        await hub.forget(junk, 'result');
        await whole(fleet, dispatcher);
        await endWorkers(worker);
      } finally {
        await hub.close();
      }
    }));

  /** Two zones with a shard each; in the first one's queue stands so much of another run that no task has room. */
  async function withFullQueue(
    work: (it: {
      readonly fleet: ZoneFleet;
      readonly full: string;
      readonly free: string;
      readonly makeRoom: () => Promise<void>;
    }) => Promise<void>,
    ...plan: readonly string[]
  ): Promise<void> {
    zones += 1;
    const [full, free] = [`f${zones}a`, `f${zones}b`];
    const fleet = makeZoneFleet(server, { hosts: 4, zones: [full, free] });
    const hub = await openNats(server.url);
    try {
      await fleet.plan('plan', ...plan);
      await fleet.setUp('plan', '--zone-size', '1');
      const junk = { zone: full, runId: 'f'.repeat(16) };
      const { signal } = new AbortController();
      const sizes = [700, 320, 2, 1].entries();
      for (const [shard, kib] of sizes) await hub.send({ ...junk, shard }, Buffer.alloc(kib * 1024), signal);
      await work({ fleet, full, free, makeRoom: () => hub.clear(full, junk.runId) });
    } finally {
      await hub.close();
      fleet.remove();
    }
  }

  test('a queue that is full keeps up no other zone, and is sent to when it has room', () =>
    withFullQueue(async ({ fleet, full, free, makeRoom }) => {
      const dispatcher = fleet.dispatch('plan', 'results');
      const worker = fleet.worker(free);
      await says(dispatcher, new RegExp(`zone ${full}: its queue has no room for shard 1`, 'u'));
      await says(worker, /hosts answered/u);
      await makeRoom();
      const late = fleet.worker(full);
      await whole(fleet, dispatcher);
      await endWorkers(worker, late);
    }));

  test('a queue that is full until the plan ends is named as the reason', () =>
    withFullQueue(
      async ({ fleet, full, free }) => {
        const dispatcher = fleet.dispatch('plan', 'results', '--linger', '1');
        const worker = fleet.worker(free);
        const { status, stderr } = await dispatcher.ended;
        await endWorkers(worker);
        assert.equal(status, 3, stderr);
        assert.match(
          stderr,
          new RegExp(`shard 1 of the zone ${full} did not come: the queue of its zone had no room`, 'u'),
        );
        assert.deepEqual(fleet.came('results'), [nameOf(1), nameOf(3)]);
      },
      '--not-after',
      `${secondsWithin(6)}s`,
    ));

  test('a second dispatcher of a plan is refused while the first is there, and goes on when it is gone', () =>
    planned(async ({ fleet, zone }) => {
      const first = fleet.dispatch('plan', 'results');
      await says(first, /0 of 2 shards/u);
      const second = await fleet.dispatch('plan', 'other').ended;
      assert.deepEqual([second.status, /another dispatcher, .*\/\d+,/u.test(second.stderr)], [2, true], second.stderr);
      const worker = fleet.worker(zone);
      await whole(fleet, first);
      const again = await fleet.dispatch('plan', 'results').ended;
      assert.equal(again.status, 0, again.stderr);
      const [ended] = await endWorkers(worker);
      assert.equal(ended?.stderr.match(/hosts answered/gu)?.length, 2, ended?.stderr);
    }));

  test('a dispatcher that is killed goes on when it is run again', () =>
    planned(async ({ fleet, zone }) => {
      const first = fleet.dispatch('plan', 'results');
      await says(first, /0 of 2 shards/u);
      await killed(first.child);
      const worker = fleet.worker(zone);
      await says(worker, /(?:hosts answered[^]*){2}/u);
      // Everything was done while nobody looked.
      await endWorkers(worker);
      await whole(fleet, fleet.dispatch('plan', 'results'));
    }));

  test('a server that lost its disk is set up again; what is here stays, and the rest is sent', () =>
    planned(async ({ fleet, zone }) => {
      const worker = fleet.worker(zone);
      // After what it collected is here.
      const thrice = says(worker, /(?:hosts answered[^]*){3}/u);
      await whole(fleet, fleet.dispatch('plan', 'results'));
      rmSync(join(fleet.folder, 'results', '0002.jsonl'));
      const kept = readFileSync(join(fleet.folder, 'results', '0001.jsonl'), 'utf8');
      await server.kill();
      for (const name of readdirSync(server.store)) rmSync(join(server.store, name), { recursive: true });
      await server.start();
      const lost = await fleet.dispatch('plan', 'results').ended;
      assert.deepEqual([lost.status, /--setup/u.test(lost.stderr)], [2, true], lost.stderr);
      await fleet.setUp('plan');
      await whole(fleet, fleet.dispatch('plan', 'results'));
      assert.equal(readFileSync(join(fleet.folder, 'results', '0001.jsonl'), 'utf8'), kept);
      await thrice;
      const [ended] = await endWorkers(worker);
      assert.equal([...(ended?.stderr ?? '').matchAll(/hosts answered/gu)].length, 3, ended?.stderr);
    }));

  test('nobody in a zone: at the end of the plan its shards are missing, and judged so', () =>
    planned(
      async ({ fleet }) => {
        const { status, stderr } = await fleet.dispatch('plan', 'results').ended;
        assert.equal(status, 3);
        assert.match(stderr, /0 workers, 0 of 2 shards/u);
        assert.match(stderr, /shard 1 of the zone .* did not come: nobody (?:did it|began with it) in time/u);
        const args = ['eval', '--plan', 'plan', '--plan-key', 'key.pub.pem', 'results', '--fail-on', 'never'];
        const judged = await fleet.run(...args, '-o', 'csv-hosts:hosts.csv');
        assert.equal(judged.status, 3, judged.stderr);
        const hosts = readFileSync(join(fleet.folder, 'hosts.csv'), 'utf8');
        for (const name of firstHosts(4)) assert.match(hosts, new RegExp(`${name}.*shard-missing`, 'u'));
      },
      { plan: ['--not-after', `${secondsWithin(6)}s`] },
    ));

  test('a task whose time is over is not begun', () =>
    planned(
      async ({ fleet, zone }) => {
        const dispatcher = fleet.dispatch('plan', 'results', '--linger', '1');
        await says(dispatcher, /0 of 2 shards/u);
        const { notAfter }: { readonly notAfter: string } = JSON.parse(
          readFileSync(join(fleet.folder, 'plan', 'plan.json'), 'utf8'),
        );
        dispatcher.child.kill('SIGSTOP');
        while (new Date().toISOString() <= notAfter.replace('Z', '.999Z')) await sleep(100);
        const worker = fleet.worker(zone);
        await says(worker, /(?:nobody was asked: it was to be begun until[^]*){2}/u);
        dispatcher.child.kill('SIGCONT');
        const { status, stderr } = await dispatcher.ended;
        assert.equal(status, 3, stderr);
        assert.deepEqual(readdirSync(join(fleet.folder, 'results')), []);
        await endWorkers(worker);
      },
      { plan: ['--not-after', `${secondsWithin(8)}s`] },
    ));

  test('taken back: no connection to a host is open any more, and none is made; run again, it goes on', async () => {
    // Hosts that take a connection and say nothing.
    const open = new Set<unknown>();
    let connections = 0;
    const silent = createServer((socket) => {
      connections += 1;
      open.add(socket);
      socket
        .resume()
        .on('close', () => open.delete(socket))
        .on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    try {
      await planned(
        async ({ fleet, zone }) => {
          writeFileSync(join(fleet.folder, 'known_hosts'), '');
          const key = spawnSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'id'], {
            cwd: fleet.folder,
          });
          assert.equal(key.status, 0);
          writeFileSync(
            join(fleet.folder, 'inventory.yaml'),
            `hosts:\n${[0, 1, 2, 3].map((host) => `  - { name: ${nameOf(host)}, address: 127.0.0.1, port: ${address.port}, user: x, labels: { zone: ${zone} } }\n`).join('')}`,
          );
          const settings =
            'planKey: key.pub.pem\nsshConfig: none\nknownHosts: known_hosts\nidentity: [id]\nforks: 1\nretries: 0\nconnectTimeout: 300\nhostTimeout: 600\n';
          writeFileSync(join(fleet.folder, 'worker.yaml'), settings);
          await fleet.plan('silent');
          const worker = fleet.worker(zone);
          const dispatcher = fleet.dispatch('silent', 'results');
          while (open.size === 0) await sleep(20);
          dispatcher.child.kill('SIGINT');
          const { status, stderr } = await dispatcher.ended;
          assert.equal(status, 130, stderr);
          assert.match(stderr, /taken back: workers were told to stop/u);
          // Five seconds after the dispatcher has ended there is no connection, and none comes.
          await sleep(within(5000));
          const were = connections;
          assert.equal(open.size, 0);
          await sleep(1000);
          assert.deepEqual([open.size, connections], [0, were]);
          await endWorkers(worker);
          const again = fleet.worker(zone);
          const second = fleet.dispatch('silent', 'results');
          while (open.size === 0) await sleep(20);
          second.child.kill('SIGINT');
          await second.ended;
          await endWorkers(again);
        },
        { lease: '30' },
      );
    } finally {
      silent.close();
    }
  });

  test('a group that is asked one host at a time is so over all workers', async () => {
    const [limited, free] = [await startCounting(), await startCounting()];
    try {
      await planned(
        async ({ fleet, zone }) => {
          writeFileSync(join(fleet.folder, 'known_hosts'), '');
          const args = ['-q', '-t', 'ed25519', '-N', '', '-f', 'id'];
          assert.equal(spawnSync('/usr/bin/ssh-keygen', args, { cwd: fleet.folder }).status, 0);
          const line = (host: number): string =>
            `      - { name: ${nameOf(host)}, address: 127.0.0.1, port: ${host % 2 === 0 ? limited.port : free.port}, user: x, labels: { zone: ${zone} } }\n`;
          const lines = (of: readonly number[]): string => of.map(line).join('');
          writeFileSync(
            join(fleet.folder, 'inventory.yaml'),
            `groups:\n  one-hypervisor:\n    forks: 1\n    hosts:\n${lines([0, 2, 4, 6])}  others:\n    hosts:\n${lines([1, 3, 5, 7])}`,
          );
          writeFileSync(
            join(fleet.folder, 'worker.yaml'),
            'planKey: key.pub.pem\nsshConfig: none\nknownHosts: known_hosts\nidentity: [id]\nretries: 0\n',
          );
          await fleet.plan('limits');
          const workers = [fleet.worker(zone), fleet.worker(zone)];
          await whole(fleet, fleet.dispatch('limits', 'results'), 8);
          await endWorkers(...workers);
        },
        { hosts: 8, lease: '30' },
      );
      assert.deepEqual([limited.all(), free.all()], [4, 4]);
      assert.equal(limited.most(), 1, 'more of the group were asked at once than it allows');
      assert.ok(free.most() > 1, 'the others were asked one at a time, so that nothing was tried');
    } finally {
      limited.close();
      free.close();
    }
  });

  test('results in any order are the same, and judged the same', () =>
    planned(
      async ({ fleet, zone }) => {
        const first = fleet.worker(zone);
        const second = fleet.worker(zone);
        await whole(fleet, fleet.dispatch('plan', 'results'), 12);
        await endWorkers(first, second);
        const files = readdirSync(join(fleet.folder, 'results')).toSorted();
        assert.deepEqual(files, ['0001.jsonl', '0002.jsonl', '0003.jsonl', '0004.jsonl', '0005.jsonl', '0006.jsonl']);
        const judge = async (...given: readonly string[]): Promise<string> => {
          const args = ['eval', '--plan', 'plan', '--plan-key', 'key.pub.pem', '--fail-on', 'never', '-o', 'csv'];
          const { status, stdout, stderr } = await fleet.run(...args, ...given);
          assert.equal(status, 0, stderr);
          // When it was judged is another second.
          return stdout.replaceAll(/\dT\d\d:\d\d:\d\dZ/gu, '');
        };
        const shuffled = files.toReversed().map((file) => join('results', file));
        assert.equal(await judge(...shuffled), await judge('results'));
      },
      { hosts: 12 },
    ));

  test('a fact that an older worker did not know is unknown, and never passes', () =>
    planned(
      async ({ fleet, zone }) => {
        const worker = fleet.worker(zone);
        await whole(fleet, fleet.dispatch('plan', 'results'), 2);
        await endWorkers(worker);
        const file = join(fleet.folder, 'results', '0001.jsonl');
        assert.ok(existsSync(file));
        const FACT = 'sysctl.kernel.hung_task_panic';
        const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n').slice(0, -1);
        const older = lines.map((line) => {
          const json = JSON.parse(line);
          delete json.readings[FACT];
          return `${JSON.stringify(json)}\n`;
        });
        // As a file of that worker: without an end its lines are taken as they are.
        writeFileSync(file, `${header}\n${older.join('')}`);
        const args = ['eval', '--plan', 'plan', '--plan-key', 'key.pub.pem', 'results', '--fail-on', 'never'];
        const { stdout } = await fleet.run(...args, '-o', 'csv', '--include-passes');
        const about = stdout.split('\n').filter((row) => row.includes(FACT) || /hung-task-panic/u.test(row));
        assert.ok(about.length > 0, stdout.slice(0, 500));
        for (const row of about) assert.doesNotMatch(row, /,pass,/u);
        assert.ok(about.some((row) => /,unknown,/u.test(row)));
      },
      { hosts: 2 },
    ));
});
