/** How often a session waits for its host: over a far link that is all the time that it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ssh2, { type Connection } from 'ssh2';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { serveSimulated } from '../../../src/demo/simulated-fleet.js';
import { readProperty } from '../../../src/transports/error-detail.js';
import type { HostKeyPolicy } from '../../../src/transports/host-keys/policy.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { authenticate } from '../../../src/transports/ssh2/connect.js';
import { ssh2Algorithms } from '../../../src/transports/ssh2/algorithms.js';
import { createSsh2Session } from '../../../src/transports/ssh2/session.js';
import { delayedLink } from '../../support/delayed-link.js';
import { sendRaw } from '../../support/misbehaving.js';
import { within } from '../../support/within.js';

const CHANNEL_CLOSE = 97;

/** When the client has closed a channel. */
function whenClosed(connection: Connection, then: () => void): void {
  const handlers = readProperty(readProperty(connection, '_protocol'), '_handlers');
  const close = readProperty(handlers, 'CHANNEL_CLOSE');
  assert(typeof handlers === 'object' && handlers !== null && typeof close === 'function');
  Reflect.set(handlers, 'CHANNEL_CLOSE', (...said: readonly unknown[]) => {
    Reflect.apply(close, handlers, said);
    then();
  });
}

interface Asked {
  /** Of each script, one after the other. */
  readonly scriptBytes?: readonly number[];
  /** Whether each but the last says that another may follow. */
  readonly isForetold?: boolean;
  /** How many channels the host lets be open at the same time. */
  readonly maxSessions?: number;
  /** What the host does with the second channel: closes it as soon as it is there, or refuses it when the first is closed. */
  readonly second?: 'closed' | 'refused late';
}

/** Until the host's last answer is there, from the first byte that asks for a connection. */
async function roundTripsOf(
  ident: string,
  { scriptBytes = [30_000], isForetold = false, maxSessions = 10, second }: Asked = {},
): Promise<number> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const parsed = parseKey(key.private);
  assert(!(parsed instanceof Error));
  const { near, far, begun, spoken, step } = delayedLink();
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ident }, (connection) => {
    let open = 0;
    let asked = 0;
    serveSimulated(connection, {
      hostKey: hostKey.private,
      authorizedKey: key.public,
      respond: (script) => {
        open -= 1;
        return Buffer.from(`an answer to ${script.length} bytes`);
      },
    });
    const serve = connection.listeners('session');
    connection.removeAllListeners('session');
    connection.on('session', (accept, reject) => {
      asked += 1;
      if (second === 'closed' && asked === 2) {
        accept();
        sendRaw(connection, Buffer.from([CHANNEL_CLOSE, 0, 0, 0, 1]));
      } else if (second === 'refused late' && asked === 2) {
        whenClosed(connection, reject);
      } else if (open === maxSessions) reject();
      else {
        open += 1;
        for (const listener of serve) Reflect.apply(listener, connection, [accept, reject]);
      }
    });
  });
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
  const answers: string[] = [];
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
    for (const [index, bytes] of scriptBytes.entries()) {
      const ran = await session.run(['x'.repeat(bytes)], {
        timeoutMs: within(60_000),
        maxBytes: 1_000_000,
        mayGoOn: isForetold && index < scriptBytes.length - 1,
      });
      assert.equal(ran.ended, 'exited');
      answers.push(Buffer.from(ran.stdout).toString());
    }
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
  for (; answers.length < scriptBytes.length && steps < 60; steps += 1) await step();
  await asked;
  // The server asks after whoever is still there, once a minute.
  for (const end of [near, far]) end.destroy();
  assert.deepEqual(
    answers,
    scriptBytes.map((bytes) => `an answer to ${bytes} bytes`),
  );
  return steps / 2;
}

test('a session with OpenSSH takes five round trips, the connection counted', async () => {
  assert.equal(await roundTripsOf('OpenSSH_9.2'), 5);
});

test('what fits into one packet goes ahead, and what is larger waits for the host to say how much it takes', async () => {
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes: [32_768] }), 5);
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes: [32_769] }), 6);
});

test('with another server, of which it is not known how it counts channels, seven', async () => {
  assert.equal(await roundTripsOf('other_1.0'), 7);
});

test('a second script takes one more where it was foretold, and two where it was not', async () => {
  const scriptBytes = [30_000, 6000];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true }), 6);
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes }), 7);
});

test('one that does not fit into a packet waits for the host to say how much it takes', async () => {
  const scriptBytes = [30_000, 32_769];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true }), 7);
});

test('a third is foretold by the second', async () => {
  const scriptBytes = [30_000, 6000, 6000];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true }), 7);
});

test('a host that has one channel at a time is asked for the next when the first is closed', async () => {
  const scriptBytes = [30_000, 6000];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true, maxSessions: 1 }), 7);
});

test('a host that closes the channel that it gave ahead is asked for another', async () => {
  const scriptBytes = [30_000, 6000];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true, second: 'closed' }), 7);
});

test('a host that refuses it when the next script waits for it already is asked in the usual way', async () => {
  const scriptBytes = [30_000, 6000];
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes, isForetold: true, second: 'refused late' }), 9);
});

test('with another server nothing is asked ahead: three more', async () => {
  const scriptBytes = [30_000, 6000];
  assert.equal(await roundTripsOf('other_1.0', { scriptBytes, isForetold: true }), 10);
});
