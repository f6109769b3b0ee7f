import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ssh2Loop } from '../../bench/ssh2-loop.js';
import { createIdentities } from '../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../src/transports/host-keys/load.js';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { startSimulatedHost, type SimulatedAnswer } from '../../src/demo/simulated-fleet.js';
import { createSsh2Transport } from '../../src/transports/ssh2/transport.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const home = scratch();
after(() => rmSync(home, { recursive: true }));
const [hostKey, key, stranger] = [makeKeyPair(), makeKeyPair(), makeKeyPair()];
for (const [name, pair] of [
  ['key', key],
  ['stranger', stranger],
] as const)
  writeFileSync(join(home, name), pair.private, { mode: 0o600 });
writeFileSync(join(home, 'known_hosts'), `* ${hostKey.public}\n`);

const answers: readonly (readonly [what: string, answer: SimulatedAnswer, gives: readonly unknown[]])[] = [
  ['bytes', Buffer.from('hello'), ['exited', 0, 'hello']],
  ['a status of its own', { stdout: Buffer.from('x'), stderr: Buffer.from('y'), status: 9 }, ['exited', 9, 'x']],
  ['no status', { stdout: Buffer.from('x') }, ['exited', undefined, 'x']],
  ['late', { stdout: Buffer.from('x'), status: 0, delayMs: 100 }, ['exited', 0, 'x']],
  ['silence', 'silence', ['timed-out', undefined, '']],
  ['a dropped connection', 'disconnect', ['disconnected', undefined, '']],
];

function transport() {
  const hostKeys = loadHostKeyPolicy(`file:${join(home, 'known_hosts')}`).value;
  assert.ok(hostKeys);
  return createSsh2Transport({
    hostKeys,
    identities: createIdentities({ home }),
    connectTimeoutMs: within(3000),
    authTimeoutMs: within(3000),
  });
}

for (const [what, answer, gives] of answers)
  test(`a simulated host answers with ${what}, when it has read the whole script`, async () => {
    const script = `echo ${'x'.repeat(100_000)}\n`;
    let read = '';
    const host = await startSimulatedHost({
      hostKey: hostKey.private,
      authorizedKey: key.public,
      respond: (given, command) => {
        read = `${command} ${given.length}`;
        return answer;
      },
    });
    const opened = await transport().open(
      hostAt(host.port, { identityFiles: [join(home, 'key')] }),
      AbortSignal.timeout(within(5000)),
    );
    assert.ok(opened.ok, JSON.stringify(opened));
    const outcome = await opened.session.run([script], { timeoutMs: within(600), maxBytes: 1000 });
    await opened.session.close();
    assert.deepEqual(
      [outcome.ended, 'status' in outcome ? outcome.status : undefined, Buffer.from(outcome.stdout).toString()],
      gives,
    );
    assert.equal(read, `exec sh -s ${script.length}`);
    await host.close();
  });

test('a simulated host takes its one key and no other', async () => {
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => Buffer.from('x'),
  });
  const opened = await transport().open(
    hostAt(host.port, { identityFiles: [join(home, 'stranger')] }),
    AbortSignal.timeout(within(5000)),
  );
  assert.equal(!opened.ok && opened.failure.code, 'authentication-failed');
  await host.close();
});

test('the bare loop of the bench completes its sessions', async () => {
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => Buffer.from('ok'),
  });
  const result = await ssh2Loop({
    host: '127.0.0.1',
    ports: [host.port],
    username: 'audit',
    privateKey: Buffer.from(key.private),
    sessions: 8,
    concurrency: 4,
    script: 'true\n',
  });
  await host.close();
  assert.deepEqual([result.failed, result.bytes], [0, 16]);
});
