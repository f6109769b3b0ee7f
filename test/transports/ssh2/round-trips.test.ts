/** How often a session waits for its host: over a far link that is all the time that it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ssh2, { type Session } from 'ssh2';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { serveSimulated } from '../../../src/demo/simulated-fleet.js';
import { callOf, overLine } from '../../../src/probe/shell.js';
import type { HostKeyPolicy } from '../../../src/transports/host-keys/policy.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { authenticate } from '../../../src/transports/ssh2/connect.js';
import { ssh2Algorithms } from '../../../src/transports/ssh2/algorithms.js';
import { createSsh2Session } from '../../../src/transports/ssh2/session.js';
import { delayedLink } from '../../support/delayed-link.js';
import { within } from '../../support/within.js';

interface Asked {
  /** Of each script, one after the other. */
  readonly scriptBytes?: readonly number[];
  /** Whether the shell reads on after each script; else it ends with the first that it is given. */
  readonly readsOn?: boolean;
  /** How many channels the host lets be open at the same time. */
  readonly maxSessions?: number;
}

/** A script of so many bytes, after which the shell reads on if the host has one that does. */
function scriptOf(bytes: number, nonce: string): string {
  const [first, last] = [`kw='kernward 1 ${nonce}'\n`, `\n${callOf('kw_probe')}`];
  return `${first}${'x'.repeat(bytes - first.length - last.length)}${last}`;
}

interface Taken {
  readonly roundTrips: number;
  /** How many commands the host has run. */
  readonly commands: number;
}

/** Until the host's last answer is there, from the first byte that asks for a connection. */
async function taken(
  ident: string,
  { scriptBytes = [30_000], readsOn = true, maxSessions = 10 }: Asked = {},
): Promise<Taken> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const parsed = parseKey(key.private);
  assert(!(parsed instanceof Error));
  const { near, far, begun, spoken, step } = delayedLink();
  let commands = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ident }, (connection) => {
    let open = 0;
    serveSimulated(connection, {
      hostKey: hostKey.private,
      authorizedKey: key.public,
      respond: (script) => {
        const stdout = Buffer.from(`an answer to ${script.length} bytes\n`);
        return readsOn ? stdout : { stdout, status: 3 };
      },
    });
    const serve = connection.listeners('session');
    connection.removeAllListeners('session');
    connection.on('session', (accept, reject) => {
      if (open === maxSessions) {
        reject();
        return;
      }
      open += 1;
      commands += 1;
      const taken = (): Session => {
        const session = accept();
        session.on('close', () => {
          open -= 1;
        });
        return session;
      };
      for (const listener of serve) Reflect.apply(listener, connection, [taken, reject]);
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
      const nonce = String(index).repeat(32);
      const ran = await session.run([scriptOf(bytes, nonce)], {
        timeoutMs: within(60_000),
        maxBytes: 1_000_000,
        over: overLine(nonce),
      });
      assert.deepEqual([ran.ended, 'status' in ran && ran.status], ['exited', readsOn ? 0 : 3]);
      answers.push(Buffer.from(ran.stdout).toString().split('\n')[0] ?? '');
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
  return { roundTrips: steps / 2, commands };
}

async function roundTripsOf(ident: string, asked?: Asked): Promise<number> {
  return (await taken(ident, asked)).roundTrips;
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

for (const [ident, first] of [
  ['OpenSSH_9.2', 5],
  ['other_1.0', 7],
] as const)
  test(`each further script takes one more where the shell reads on, whatever its size: ${ident}`, async () => {
    for (const [scriptBytes, roundTrips] of [
      [[30_000, 6000], first + 1],
      [[30_000, 32_769], first + 1],
      [[30_000, 200_000, 6000], first + 2],
      [[32_768, 1_000_000, 6000], first + 2],
    ] as const)
      assert.deepEqual(await taken(ident, { scriptBytes, maxSessions: 1 }), { roundTrips, commands: 1 });
  });

test('and a command of its own, and two more, where the shell ends with each script', async () => {
  for (const maxSessions of [1, 10])
    assert.deepEqual(await taken('OpenSSH_9.2', { scriptBytes: [30_000, 6000, 32_768], readsOn: false, maxSessions }), {
      roundTrips: 5 + 2 + 2,
      commands: 3,
    });
});

test('with another server three more, and so where it does not fit into a packet', async () => {
  const readsOn = false;
  assert.equal(await roundTripsOf('other_1.0', { scriptBytes: [30_000, 6000], readsOn }), 7 + 3);
  assert.equal(await roundTripsOf('OpenSSH_9.2', { scriptBytes: [30_000, 32_769], readsOn }), 5 + 3);
});
