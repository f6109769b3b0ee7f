import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'ssh2';
import type { RunOutcome } from '../../../src/model/outcome.js';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import { hostAt } from '../../support/hosts.js';
import { sendRaw, startMeddler, type Meddling } from '../../support/misbehaving.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const hostKey = makeKeyPair();
const home = scratch();
writeFileSync(join(home, 'key'), makeKeyPair().private, { mode: 0o600 });
writeFileSync(join(home, 'known_hosts'), `* ${hostKey.public}\n`);
after(() => rmSync(home, { recursive: true }));

const MIB = 1024 * 1024;

/** Probes a server that meddles. */
async function meet(meddling: Meddling, timeoutMs: number): Promise<RunOutcome> {
  const hostKeys = loadHostKeyPolicy(`file:${join(home, 'known_hosts')}`).value;
  assert.ok(hostKeys);
  const server = await startMeddler(hostKey.private, meddling);
  const transport = createSsh2Transport({
    hostKeys,
    identities: createIdentities({ home }),
    connectTimeoutMs: within(2000),
    authTimeoutMs: within(2000),
  });
  try {
    const opened = await transport.open(
      hostAt(server.port, { identityFiles: [join(home, 'key')], user: 'audit' }),
      AbortSignal.timeout(within(10_000)),
    );
    assert.ok(opened.ok);
    const outcome = await opened.session.run(['echo hello\n'.repeat(1000)], { timeoutMs, maxBytes: MIB });
    await opened.session.close();
    return outcome;
  } finally {
    await server.stop();
  }
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
const CHANNEL_DATA = 94;
const CONFIRMATION = 91;
const SUCCESS = 99;

test('a host whose largest packet is 0 bytes is let go of, and does not keep this process in a loop', async () => {
  const outcome = await meet(
    {
      at: (stage, connection: Connection) => {
        if (stage !== 'session') return false;
        sendRaw(connection, Buffer.concat([Buffer.of(CONFIRMATION), uint32(0, 0, 2 ** 31, 0)]));
        sendRaw(connection, Buffer.concat([Buffer.of(SUCCESS), uint32(0)]));
        return true;
      },
    },
    2000,
  );
  assert.equal(outcome.ended, 'disconnected');
  assert.match(outcome.ended === 'disconnected' ? outcome.detail : '', /packet/);
});

test('a host that sends without end before it has answered is let go of before it fills the memory', async () => {
  let sent = 0;
  const outcome = await meet(
    {
      at: (stage, connection: Connection) => {
        if (stage !== 'exec') return false;
        const payload = Buffer.concat([Buffer.of(CHANNEL_DATA), uint32(0, 30_000), Buffer.alloc(30_000)]);
        const flood = (): void => {
          for (let i = 0; i < 20; i++) sendRaw(connection, payload);
          sent += 20 * 30_000;
          if (sent < 200 * MIB) setImmediate(flood);
        };
        flood();
        return true;
      },
    },
    5000,
  );
  assert.equal(outcome.ended, 'output-too-large');
  assert.ok(sent < 100 * MIB, `${Math.round(sent / MIB)} MiB were taken`);
});
