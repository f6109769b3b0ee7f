/** Hosts that rest between two tries while a thread asks them. The threads here do what the test says, but for the last test. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { interruption } from '../../../src/run/run-end.js';
import { forEachBounded } from '../../../src/run/schedule/pool.js';
import { fixedWidth } from '../../../src/run/schedule/width.js';
import { startKernward } from '../../support/kernward.js';
import { startTcp } from '../../support/misbehaving.js';
import { scratch } from '../../support/scratch.js';
import { host, opened, turns } from '../../support/told-threads.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const LIMIT = { timeout: within(10_000) };

interface Pauses {
  /** As the pool's: ends when the test says so. */
  readonly rest: (waitMs: number) => Promise<void>;
  readonly waits: readonly number[];
  readonly end: () => Promise<void>;
}

function pauses(): Pauses {
  const waits: number[] = [];
  let release!: () => void;
  const over = new Promise<void>((resolve) => (release = resolve));
  return {
    waits,
    rest: (waitMs) => {
      waits.push(waitMs);
      return over;
    },
    end: async () => {
      release();
      await turns();
    },
  };
}

test('a host rests where it was given its place, and its thread is told when it may go on', LIMIT, async () => {
  const { threads, started } = await opened(1);
  const [thread = assert.fail()] = started;
  const { rest, waits, end } = pauses();
  const asked = threads.ask(host(0), 0, rest);
  await turns();
  thread.rests(0, 700);
  await turns();
  assert.deepEqual([waits, thread.goneOn], [[700], []]);
  await end();
  assert.deepEqual(thread.goneOn, [0]);
  thread.rests(0, 1400);
  await turns();
  assert.deepEqual(
    [waits, thread.goneOn],
    [
      [700, 1400],
      [0, 0],
    ],
  );
  thread.answers();
  assert.equal((await asked)?.kind, 'asked');
  await threads.close();
});

test(
  'who rests while its thread is lost is asked by another when its rest is over, and keeps its place then',
  LIMIT,
  async () => {
    const { threads, started, warned } = await opened(1);
    const { rest, end } = pauses();
    const asked = [threads.ask(host(0), 0, rest), threads.ask(host(1), 1, rest)];
    await turns();
    started[0]?.rests(0, 700);
    await turns();
    started[0]?.dies(7);
    started[1]?.ready();
    await turns();
    // Who did not rest is asked at once, and waits for nobody.
    assert.deepEqual(started[1]?.asked, [1]);
    assert.match(warned.join('\n'), /1 host is asked again/);
    started[1]?.answers();
    await turns();
    assert.deepEqual(started[1]?.asked, []);
    await end();
    assert.deepEqual([started[1]?.asked, started[1]?.goneOn], [[0], []]);
    assert.deepEqual(started[1]?.keepPlaces, [1, 0]);
    started[1]?.answers();
    for (const each of await Promise.all(asked)) assert.equal(each?.kind, 'asked');
    await threads.close();
  },
);

test('who ends a thread whenever it rests is told, as who ends one otherwise', LIMIT, async () => {
  const { threads, started } = await opened(1);
  const { rest, end } = pauses();
  const asked = threads.ask(host(0), 0, rest);
  await turns();
  for (let at = 0; at < 3; at += 1) {
    started[at]?.ready();
    await turns();
    started[at]?.rests(0, 700);
    await turns();
    started[at]?.dies(7);
    await end();
  }
  started[3]?.ready();
  assert.equal((await asked)?.kind, 'lost');
  await threads.close();
});

test('who rests while the last thread is lost is asked elsewhere when its rest is over', LIMIT, async () => {
  const { threads, started, refuse } = await opened(1);
  const { rest, end } = pauses();
  const asked = threads.ask(host(0), 0, rest);
  await turns();
  started[0]?.rests(0, 700);
  await turns();
  refuse('no more of them');
  started[0]?.dies(7);
  await turns();
  await end();
  assert.equal(await asked, undefined);
  await threads.close();
});

/** A host that rests in the only thread of a run. */
async function restingInRun() {
  const { threads, started } = await opened(1);
  const ended = new AbortController();
  threads.follow(ended.signal);
  const { rest, end } = pauses();
  ended.signal.addEventListener('abort', () => void end());
  const asked = threads.ask(host(0), 0, rest);
  await turns();
  started[0]?.rests(0, 700);
  await turns();
  return { threads, started, ended, asked };
}

test('a run that ends while a host rests has its thread say what came of it', LIMIT, async () => {
  const { threads, started, ended, asked } = await restingInRun();
  ended.abort(interruption('SIGINT'));
  await turns();
  assert.equal(started[0]?.isAborted, true);
  started[0]?.answers();
  assert.equal((await asked)?.kind, 'asked');
  await threads.close();
});

test('a run that ends while a host of a lost thread rests waits for nobody', LIMIT, async () => {
  const { threads, started, ended, asked } = await restingInRun();
  started[0]?.dies(7);
  ended.abort(interruption('SIGINT'));
  assert.equal(await asked, undefined);
  await threads.close();
});

test('no more are asked than there are places, whatever rests and whichever thread is lost', LIMIT, async () => {
  const { threads, started } = await opened(2);
  const { rest: pause, end } = pauses();
  const forks = 2;
  const running = forEachBounded(
    [0, 1, 2, 3, 4],
    fixedWidth(forks),
    async (item, _, place) => {
      const asked = await threads.ask(host(item), item, (waitMs) => place.rest(() => pause(waitMs)));
      assert.equal(asked?.kind, 'asked');
    },
    new AbortController().signal,
  );
  await turns();
  const isResting = new Set<number>();
  const underWay = (): readonly number[] =>
    started.flatMap(({ asked }) => asked.filter((place) => !isResting.has(place))).toSorted((a, b) => a - b);
  const [first = assert.fail(), second = assert.fail()] = started;
  assert.deepEqual(underWay(), [0, 1]);
  isResting.add(0);
  first.rests(0, 700);
  await turns();
  assert.deepEqual(underWay(), [1, 2]);
  first.dies(7);
  started[2]?.ready();
  await turns();
  assert.deepEqual(underWay(), [1, 2]);
  isResting.delete(0);
  await end();
  assert.deepEqual(underWay(), [1, 2], 'it has no place yet');
  second.answers();
  await turns();
  assert.equal(underWay()[0], 0);
  for (let round = 0; round < 8; round += 1) {
    assert.ok(underWay().length <= forks, underWay().join(' '));
    for (const thread of started) thread.answers();
    await turns();
  }
  await running;
  await threads.close();
});

test('over real threads another is asked while one waits for its next try', { timeout: within(60_000) }, async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const log: string[] = [];
  // Each drops whoever comes before a word is said, as MaxStartups does.
  const servers = await Promise.all(
    names.map((name) =>
      startTcp((socket) => {
        log.push(name);
        socket.end();
      }),
    ),
  );
  const key = makeKeyPair();
  writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), `* ${key.public}\n`);
  writeFileSync(
    join(folder, 'inventory.yaml'),
    `defaults: { user: audit, identityFile: ${join(folder, 'key')} }
hosts:
${servers.map(({ port }, index) => `  - { name: ${names[index]}, address: 127.0.0.1, port: ${port} }`).join('\n')}
`,
  );
  const { status, stderr } = await startKernward(
    folder,
    'scan -q -i inventory.yaml --host-keys file:known_hosts --forks 1 --workers 2 -o json:report'.split(' '),
  ).ended;
  for (const { stop } of servers) await stop();
  assert.equal(status, 3, stderr);
  assert.deepEqual(
    log.toSorted(),
    names.flatMap((name) => [name, name]),
  );
  // A wait is a random part of a second: not all six are nothing.
  assert.notDeepEqual(
    log,
    names.flatMap((name) => [name, name]),
  );
});
