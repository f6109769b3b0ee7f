import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLocalTransport } from '../../src/transports/local.js';
import { createRecordedTransport } from '../../src/transports/recorded.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';
import { hasEnded } from '../support/processes.js';
import { within } from '../support/within.js';

const LIMITS = { timeoutMs: within(5000), maxBytes: 100_000 };
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
const directory = scratch();
after(() => rmSync(directory, { recursive: true }));

async function run(script: string, limits = LIMITS, signal = AbortSignal.timeout(within(10_000))) {
  const opened = await createLocalTransport().open(hostAt(22, { transport: 'local' }), signal);
  assert.ok(opened.ok);
  return opened.session.run([script], limits);
}

test('local: stdout, stderr and status', async () => {
  const outcome = await run('echo out; echo err >&2; exit 4');
  assert.deepEqual(
    [outcome.ended, 'status' in outcome && outcome.status, text(outcome.stdout), text(outcome.stderr)],
    ['exited', 4, 'out\n', 'err\n'],
  );
});

test('local: a script that outlives its deadline is killed with its children, and what it said is kept', async () => {
  const outcome = await run('sleep 86400 & echo $! $$; sleep 86400', { timeoutMs: within(1000), maxBytes: 1000 });
  assert.equal(outcome.ended, 'timed-out');
  const pids = text(outcome.stdout).trim().split(' ').map(Number);
  assert.equal(pids.length, 2);
  for (const pid of pids) await hasEnded(pid);
});

test('local: output without end is cut at the cap', async () => {
  const outcome = await run('yes');
  assert.deepEqual([outcome.ended, outcome.stdout.length], ['output-too-large', LIMITS.maxBytes]);
});

test('local: sh that ends before it has read its script is no error of ours', async () => {
  const outcome = await run(`exit 0\n${'# filler\n'.repeat(100_000)}`);
  assert.equal(outcome.ended, 'exited');
});

test('local: a child that holds the output open does not hold the run', async () => {
  const outcome = await run('sleep 86400 & echo $!; exit 0');
  // Whoever waited for the child would have timed out.
  assert.equal(outcome.ended, 'exited');
  // Nothing outlives the run.
  await hasEnded(Number(text(outcome.stdout)));
});

test('local: the environment of the caller does not travel', async () => {
  process.env['KERNWARD_TEST_TOKEN'] = 'secret';
  assert.equal(text((await run('echo "[$KERNWARD_TEST_TOKEN]"')).stdout), '[]\n');
});

test('local: interruption', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  assert.equal((await run('sleep 30', LIMITS, controller.signal)).ended, 'disconnected');
});

test('recorded: the bytes of the file, whatever the script', async () => {
  const file = join(directory, 'host.probe');
  const bytes = Buffer.from([0, 255, 10, 13, 0x1b]);
  writeFileSync(file, bytes);
  const opened = await createRecordedTransport().open(
    hostAt(22, { transport: 'recorded', recording: file }),
    AbortSignal.timeout(within(1000)),
  );
  assert.ok(opened.ok);
  assert.deepEqual(Buffer.from((await opened.session.run(['anything'], LIMITS)).stdout), bytes);
  assert.equal((await opened.session.run(['anything'], { ...LIMITS, maxBytes: 3 })).ended, 'output-too-large');
});

const pipe = join(directory, 'pipe');
spawnSync('mkfifo', [pipe]);

for (const [what, recording] of [
  ['a pipe that nobody writes to', pipe],
  ['missing', join(directory, 'none')],
  ['a directory', directory],
  ['not named', undefined],
] as const)
  test(`recorded: a recording that is ${what}`, async () => {
    const host = hostAt(22, { transport: 'recorded', ...(recording === undefined ? {} : { recording }) });
    const opened = await createRecordedTransport().open(host, AbortSignal.timeout(within(1000)));
    assert.equal(!opened.ok && opened.failure.code, 'recording-unusable');
  });
