/** How often a session waits for its host: over a far link that is all the time that it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { serveSimulated } from '../../../src/demo/simulated-fleet.js';
import type { HostKeyPolicy } from '../../../src/transports/host-keys/policy.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { authenticate } from '../../../src/transports/ssh2/connect.js';
import { ssh2Algorithms } from '../../../src/transports/ssh2/algorithms.js';
import { createSsh2Session } from '../../../src/transports/ssh2/session.js';
import { delayedLink } from '../../support/delayed-link.js';
import { within } from '../../support/within.js';

/** Until the host's answer is there, from the first byte that asks for a connection. */
async function roundTripsOf(ident: string, scriptBytes = 30_000): Promise<number> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const parsed = parseKey(key.private);
  assert(!(parsed instanceof Error));
  const { near, far, begun, spoken, step } = delayedLink();
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ident }, (connection) =>
    serveSimulated(connection, {
      hostKey: hostKey.private,
      authorizedKey: key.public,
      respond: (script) => Buffer.from(`an answer to ${script.length} bytes`),
    }),
  );
  const signal = new AbortController().signal;
  const hostKeys: HostKeyPolicy = {
    mode: 'strict',
    files: [],
    holds: () => Promise.resolve(true),
    likelyTypes: () => ['ssh-ed25519'],
    authorityFor: () => undefined,
    judge: () => ({ accept: true, isNew: false }),
    remember: () => undefined,
  };
  const told: { answer?: string } = {};
  const ask = async (): Promise<void> => {
    const found = await authenticate(
      near,
      {
        host: { names: ['host'], port: 22 },
        where: 'host',
        username: 'audit',
        identities: [
          {
            label: 'key',
            method: (username) => ({ type: 'publickey', username, key: parsed }),
            source: { key: parsed },
          },
        ],
        notes: [],
        hostKeys,
        types: ['ssh-ed25519'],
        algorithms: ssh2Algorithms({}),
        handshakeTimeoutMs: within(60_000),
        authTimeoutMs: within(60_000),
      },
      signal,
    );
    assert(found.ok, found.ok ? '' : found.failure.detail);
    const session = createSsh2Session(found.client, near, 'host', signal);
    const ran = await session.run('x'.repeat(scriptBytes), { timeoutMs: within(60_000), maxBytes: 1_000_000 });
    assert.equal(ran.ended, 'exited');
    told.answer = Buffer.from(ran.stdout).toString();
  };
  const asked = ask();
  await begun();
  // A connection takes a round trip; what it begins with is at the host half of one later, and only then the host speaks.
  let steps = 3;
  await step();
  const inject: unknown = Reflect.get(server, 'injectSocket');
  assert(typeof inject === 'function');
  Reflect.apply(inject, server, [far]);
  await Promise.race([spoken(), asked]);
  for (; told.answer === undefined && steps < 60; steps += 1) await step();
  await asked;
  // The server asks after whoever is still there, once a minute.
  for (const end of [near, far]) end.destroy();
  assert.equal(told.answer, `an answer to ${scriptBytes} bytes`);
  return steps / 2;
}

test('a session with OpenSSH takes five round trips, the connection counted', async () => {
  assert.equal(await roundTripsOf('OpenSSH_9.2'), 5);
});

test('what fits into one packet goes ahead, and what is larger waits for the host to say how much it takes', async () => {
  assert.equal(await roundTripsOf('OpenSSH_9.2', 32_768), 5);
  assert.equal(await roundTripsOf('OpenSSH_9.2', 32_769), 6);
});

test('with another server, of which it is not known how it counts channels, seven', async () => {
  assert.equal(await roundTripsOf('other_1.0'), 7);
});
