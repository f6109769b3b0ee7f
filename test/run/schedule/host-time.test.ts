import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startHostTime } from '../../../src/run/schedule/host-time.js';
import { interruption } from '../../../src/run/run-end.js';

/** A clock and timers that go on only when they are told to. */
function stillTime({ mock }: TestContext): (ms: number) => void {
  let at = 1000;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => at);
  return (ms) => {
    at += ms;
    mock.timers.tick(ms);
  };
}

const never = new AbortController().signal;

test('a host that does not rest has its time, and no more', (t) => {
  const pass = stillTime(t);
  const time = startHostTime(300, never);
  pass(299);
  assert.deepEqual([time.tookMs(), time.leftMs(), time.signal.aborted], [299, 1, false]);
  pass(1);
  assert.equal(time.signal.aborted, true);
  assert.equal(time.signal.reason.name, 'TimeoutError');
});

test('the pause between two tries counts, and what a host waits for a place beyond it does not', async (t) => {
  const pass = stillTime(t);
  const time = startHostTime(300, never);
  pass(100);
  // As far as the pause goes: 50. Then nobody ends for ten minutes.
  await time.rest(50, async (pauseMs) => {
    assert.equal(pauseMs, 50);
    pass(50);
    pass(600_000);
  });
  assert.deepEqual([time.tookMs(), time.leftMs(), time.signal.aborted], [150, 150, false]);
  await time.rest(100, async () => pass(100));
  assert.deepEqual([time.tookMs(), time.leftMs(), time.signal.aborted], [250, 50, false]);
  pass(49);
  assert.equal(time.signal.aborted, false);
  pass(1);
  assert.equal(time.signal.aborted, true);
});

test('a rest that ends early counts as far as it went', async (t) => {
  const pass = stillTime(t);
  const time = startHostTime(300, never);
  await time.rest(200, async () => pass(20));
  assert.deepEqual([time.tookMs(), time.leftMs()], [20, 280]);
  pass(279);
  assert.equal(time.signal.aborted, false);
  pass(1);
  assert.equal(time.signal.aborted, true);
});

test('the end of the run ends the time of each host, also of one that rests', async (t) => {
  stillTime(t);
  const run = new AbortController();
  const time = startHostTime(300, run.signal);
  await time.rest(200, async () => run.abort(interruption('SIGINT')));
  assert.equal(time.signal.reason, run.signal.reason);
});

test('after it was stopped nothing ends it', async (t) => {
  const pass = stillTime(t);
  const run = new AbortController();
  const time = startHostTime(300, run.signal);
  await time.rest(10, async () => undefined);
  time.stop();
  pass(1000);
  run.abort();
  assert.equal(time.signal.aborted, false);
});
