/** Which threads are started, and when, while others come to their end. The threads here do what the test says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interruption } from '../../../src/run/run-end.js';
import { openAskThreads } from '../../../src/run/threads/ask-threads.js';
import type { LentHost, Loan } from '../../../src/transports/loan/lend.js';
import { hostAt } from '../../support/hosts.js';
import { host, opened, turns, WORK } from '../../support/told-threads.js';
import { within } from '../../support/within.js';

const nobody = (): never => assert.fail('nothing is lent');

const LIMIT = { timeout: within(10_000) };

test('hosts of a thread that cannot be replaced wait for one that is being replaced', LIMIT, async () => {
  const { threads, started, refuse } = await opened(2);
  const [first = assert.fail(), second = assert.fail()] = started;
  const asked = [threads.ask(host(0), 0), threads.ask(host(1), 1)];
  await turns();
  second.dies(8); // its successor is started, and not ready yet
  await turns();
  refuse('no more of them');
  first.dies(7);
  await turns();
  const third = started[2] ?? assert.fail('none took the place of the second');
  third.ready();
  await turns();
  third.answers();
  await turns();
  third.answers();
  assert.deepEqual(
    (await Promise.all(asked)).map((each) => each?.kind),
    ['asked', 'asked'],
  );
  await threads.close();
});

test('no thread is started for a run that has ended', LIMIT, async () => {
  const { threads, started, warned } = await opened(2);
  const ended = new AbortController();
  threads.follow(ended.signal);
  const asked = threads.ask(host(0), 0);
  await turns();
  ended.abort(interruption('SIGINT'));
  started[0]?.dies(7);
  assert.equal(await asked, undefined);
  await turns();
  assert.equal(started.length, 2);
  assert.doesNotMatch(warned.join('\n'), /asked again/);
  await threads.close();
});

test('a thread that is being started when the run ends is ended, and nobody waits for it', LIMIT, async () => {
  const { threads, started } = await opened(1);
  const ended = new AbortController();
  threads.follow(ended.signal);
  const asked = threads.ask(host(0), 0);
  await turns();
  started[0]?.dies(7);
  await turns();
  assert.equal(started.length, 2);
  ended.abort(interruption('SIGINT'));
  assert.equal(await asked, undefined);
  await threads.close();
  assert.equal(started[1]?.isTerminated, true);
  assert.equal(started.length, 2);
});

test('a thread that is lost while all are closed has no successor', LIMIT, async () => {
  const { threads, started } = await opened(2);
  const [first = assert.fail(), second = assert.fail()] = started;
  first.closes = false;
  const closed = threads.close();
  first.dies(7);
  await closed;
  await turns();
  assert.equal(started.length, 2);
  assert.equal(second.isTerminated, true);
});

test('a thread that is being started when all are closed is ended', LIMIT, async () => {
  const { threads, started } = await opened(2);
  started[0]?.dies(7);
  await turns();
  await threads.close();
  assert.equal(started[2]?.isTerminated, true);
});

test('a thread that says that it is ready and ends at once has no hosts', LIMIT, async () => {
  const { threads, started } = await opened(1);
  const asked = threads.ask(host(0), 0);
  await turns();
  started[0]?.dies(7);
  await turns();
  // What a thread had said is delivered before its end, in the same turn.
  started[1]?.ready();
  started[1]?.dies(8);
  await turns();
  started[2]?.ready();
  await turns();
  started[2]?.answers();
  assert.equal((await asked)?.kind, 'asked');
  await threads.close();
});

test('why a thread is not replaced is told once, and to each host once', LIMIT, async () => {
  const { threads, started, warned, refuse } = await opened(1);
  const asked = Array.from({ length: 9 }, (_, place) => threads.ask(host(place), place));
  await turns();
  refuse('no more of them');
  started[0]?.dies(7);
  for (const each of await Promise.all(asked)) {
    assert.equal(each?.kind, 'lost');
    assert.equal(each.detail.match(/no more of them/g)?.length, 1, each.detail);
    assert.equal(each.detail.match(/it ended with 7/g)?.length, 1, each.detail);
    assert.doesNotMatch(each.detail, /too many|asked it again/);
  }
  assert.equal(warned.join('\n').match(/no more of them/g)?.length, 1, warned.join('\n'));
  // Without any thread hosts are asked elsewhere.
  assert.equal(await threads.ask(host(9), 9), undefined);
  await threads.close();
});

test('that a thread is not replaced is told where it had no hosts either', LIMIT, async () => {
  const { threads, started, warned, refuse } = await opened(2);
  refuse('no more of them');
  started[0]?.dies(7);
  await turns();
  assert.match(warned.join('\n'), /no more of them/);
  await threads.close();
});

test('a place whose threads are lost one after the other is left empty, and why is told', LIMIT, async () => {
  const { threads, started, warned } = await opened(2);
  started[0]?.dies(7);
  await turns();
  for (let next = 2; next < started.length; next += 1) {
    started[next]?.ready();
    started[next]?.dies(7);
    await turns();
  }
  assert.equal(started.length, 2 + 7);
  assert.match(warned.at(-1) ?? '', /^a lost thread is not replaced: 8 were lost .*; 1 of 2 are left$/);
  const asked = threads.ask(host(0), 0);
  await turns();
  started[1]?.answers();
  assert.equal((await asked)?.kind, 'asked');
  await threads.close();
});

test('every reason why threads could not be started is told', LIMIT, async () => {
  const warned: string[] = [];
  let count = 0;
  const threads = await openAskThreads(WORK, {
    threads: 3,
    loan: undefined,
    warn: (sentence) => warned.push(sentence),
    startOne: () => {
      count += 1;
      throw new Error(count === 1 ? 'the first reason' : 'the other reason');
    },
  });
  assert.equal(threads, undefined);
  assert.equal(warned.join('\n').match(/the first reason/g)?.length, 1);
  assert.equal(warned.join('\n').match(/the other reason/g)?.length, 1);
});

const LOAN: Loan = {
  lender: {
    judge: nobody,
    remember: nobody,
    holds: nobody,
    keysFor: nobody,
    heldForOpenssh: nobody,
    sign: nobody,
    resolve: nobody,
  },
  authTimeoutMs: 1,
  password: undefined,
  tieOf: () => 'the jump host',
  lend: () => assert.fail('nothing to lend'),
};

test('a host that could not be handed over is not under way', LIMIT, async () => {
  const { threads, started, warned } = await opened(1, LOAN);
  await assert.rejects(threads.ask(hostAt(22), 0), /nothing to lend/);
  started[0]?.dies(7);
  await turns();
  assert.match(warned.join('\n'), /0 hosts are asked again/);
  await threads.close();
});

test('hosts behind one jump host are asked by one thread, also when theirs is lost for good', LIMIT, async () => {
  const target: LentHost['target'] = {
    name: 'host',
    address: '127.0.0.1',
    port: 22,
    user: 'audit',
    knownAs: { names: ['127.0.0.1'], port: 22 },
    hostKeys: { policy: 0, mode: 'strict', files: [], likelyTypes: [] },
    connectTimeoutMs: 1,
    settings: 0,
    route: { by: 'jump', over: 1 },
  };
  const { threads, started, refuse } = await opened(3, {
    ...LOAN,
    lend: () => ({ target, learned: { settings: [], hops: [] } }),
  });
  const asked = [0, 1].map((place) => threads.ask(hostAt(22, { name: `host${place}` }), place));
  await turns();
  assert.deepEqual(
    started.map((thread) => thread.asked),
    [[0, 1], [], []],
  );
  refuse('no more of them');
  started[0]?.dies(7);
  const later = threads.ask(hostAt(22, { name: 'host2' }), 2);
  await turns();
  for (const place of [0, 1, 2]) {
    assert.deepEqual(
      started.map((thread) => thread.asked),
      [[], [place], []],
    );
    started[1]?.answers();
    await turns();
  }
  for (const each of await Promise.all([...asked, later])) assert.equal(each?.kind, 'asked');
  await threads.close();
});
