import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLocalTransport } from '../../src/transports/local.js';
import { createRecordedTransport } from '../../src/transports/recorded.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/sshd.js';

const LIMITS = { timeoutMs: 5000, maxBytes: 100_000 };
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
const directory = scratch();
after(() => rmSync(directory, { recursive: true }));

async function run(script: string, limits = LIMITS, signal = AbortSignal.timeout(10_000)) {
  const opened = await createLocalTransport().open(hostAt(22, { transport: 'local' }), signal);
  assert.ok(opened.ok);
  return opened.session.run(script, limits);
}

test('local: stdout, stderr and status', async () => {
  const outcome = await run('echo out; echo err >&2; exit 4');
  assert.deepEqual(
    [outcome.ended, 'status' in outcome && outcome.status, text(outcome.stdout), text(outcome.stderr)],
    ['exited', 4, 'out\n', 'err\n'],
  );
});

test('local: a script that outlives its deadline is killed with its children, and what it said is kept', async () => {
  const marker = join(directory, 'alive');
  const outcome = await run(`echo early; (sleep 2.5; echo x > ${marker}) & sleep 60`, {
    timeoutMs: 1000,
    maxBytes: 1000,
  });
  assert.deepEqual([outcome.ended, text(outcome.stdout)], ['timed-out', 'early\n']);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  assert.throws(() => rmSync(marker), { code: 'ENOENT' });
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
  const started = performance.now();
  const outcome = await run('echo done; sleep 30 & exit 0');
  assert.deepEqual([outcome.ended, text(outcome.stdout)], ['exited', 'done\n']);
  assert.ok(performance.now() - started < 4000);
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
    AbortSignal.timeout(1000),
  );
  assert.ok(opened.ok);
  assert.deepEqual(Buffer.from((await opened.session.run('anything', LIMITS)).stdout), bytes);
  assert.equal((await opened.session.run('anything', { ...LIMITS, maxBytes: 3 })).ended, 'output-too-large');
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
    const opened = await createRecordedTransport().open(host, AbortSignal.timeout(1000));
    assert.equal(!opened.ok && opened.failure.code, 'recording-unusable');
  });
