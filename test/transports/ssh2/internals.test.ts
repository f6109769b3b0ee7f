/** What is changed of ssh2's ways of a session. The other side of each connection is ssh2's own. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import ssh2, { type Client, type ClientChannel, type Connection, type ParsedKey } from 'ssh2';
import { announceHostKeys } from '../../../bench/openssh-host-keys.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { startSimulatedHost } from '../../../src/demo/simulated-fleet.js';
import type { RunOutcome } from '../../../src/model/outcome.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import { hostAt } from '../../support/hosts.js';
import { plainLogin } from '../../support/plain-login.js';
import { sendRaw } from '../../support/misbehaving.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';
import { readProperty } from '../../../src/transports/error-detail.js';
import { endOnce, passOverAnnouncedKeys, sayGoodbye } from '../../../src/transports/ssh2/internals.js';

/** Logs in to a host, has it answer, and sees the channel to its end. */
async function session(
  onHandshake: (client: Client) => void,
  onChannel: (channel: ClientChannel) => void = () => undefined,
  onConnection: (connection: Connection) => void = () => undefined,
): Promise<string> {
  const { client, end } = await plainLogin({
    respond: () => Buffer.from('an answer'),
    onConnection,
    prepare: (made) => made.on('handshake', () => onHandshake(made)),
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.on('error', reject);
      client.exec('sh', (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.on('data', (chunk: Buffer) => (text += chunk.toString()));
        channel.on('close', () => void setImmediate().then(() => resolve(text)));
        onChannel(channel);
        channel.end('a script');
      });
    });
  } finally {
    await end();
  }
}

function hostKeys(): readonly ParsedKey[] {
  return [ssh2.utils.generateKeyPairSync('ed25519'), ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })].flatMap(
    (pair) => {
      const key = ssh2.utils.parseKey(pair.private);
      return key instanceof Error ? [] : [key];
    },
  );
}

/** Global requests that a client hears of, in a session in which the host announces its keys and asks whether the client lives. */
async function heardOf(prepare: (client: Client) => void): Promise<readonly string[]> {
  const heard: string[] = [];
  const keys = hostKeys();
  const text = await session(
    (client) => {
      const handlers = readProperty(readProperty(client, '_protocol'), '_handlers');
      assert.ok(typeof handlers === 'object' && handlers !== null);
      Reflect.set(handlers, 'GLOBAL_REQUEST', (protocol: unknown, name: string, wantsReply: boolean) => {
        heard.push(name);
        const decline = readProperty(protocol, 'requestFailure');
        if (wantsReply && typeof decline === 'function') Reflect.apply(decline, protocol, []);
      });
      prepare(client);
    },
    undefined,
    (connection) => {
      announceHostKeys(connection, keys);
      connection.on('ready', () => {
        const protocol = readProperty(connection, '_protocol');
        const ping = readProperty(protocol, 'ping');
        assert.ok(typeof ping === 'function');
        Reflect.apply(ping, protocol, []);
      });
    },
  );
  assert.equal(text, 'an answer');
  return heard;
}

test('the keys that a host announces are passed over, and whatever else it asks is heard', async () => {
  assert.deepEqual(await heardOf(() => undefined), ['hostkeys-00@openssh.com', 'keepalive@openssh.com']);
  assert.deepEqual(await heardOf((client) => assert.equal(passOverAnnouncedKeys(client), true)), [
    'keepalive@openssh.com',
  ]);
});

/** Asks a host as a run does, and gives what came. */
async function ask(onConnection: (connection: Connection) => void): Promise<RunOutcome> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const home = scratch();
  writeFileSync(join(home, 'key'), key.private, { mode: 0o600 });
  writeFileSync(join(home, 'known_hosts'), `* ${hostKey.public}\n`);
  const hostKeys = loadHostKeyPolicy(`file:${join(home, 'known_hosts')}`).value;
  assert.ok(hostKeys);
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => Buffer.from('an answer'),
    onConnection,
  });
  const transport = createSsh2Transport({
    hostKeys,
    identities: createIdentities({ home }),
    connectTimeoutMs: within(5000),
    authTimeoutMs: within(5000),
  });
  try {
    const opened = await transport.open(
      hostAt(host.port, { identityFiles: [join(home, 'key')], user: 'audit' }),
      AbortSignal.timeout(within(10_000)),
    );
    assert.ok(opened.ok);
    const outcome = await opened.session.run(['a script'], { timeoutMs: within(5000), maxBytes: 1000 });
    await opened.session.close();
    return outcome;
  } finally {
    await host.close();
    rmSync(home, { recursive: true });
  }
}

/** OpenSSH's announcement of a key that is longer than the packet: ssh2 ends the connection where it reads it. */
function announceHalfAKey(connection: Connection): void {
  connection.on('ready', () =>
    sendRaw(connection, Buffer.from('\x50\0\0\0\x17hostkeys-00@openssh.com\0\0\0\x04\0half', 'latin1')),
  );
}

const REQUIRE = createRequire(import.meta.url);
const CRYPTO = 'ssh2/lib/protocol/crypto.js';

/** As it is in the file, whatever was done to what is loaded. */
function requireAnew(name: string): unknown {
  const path = REQUIRE.resolve(name);
  const loaded = REQUIRE.cache[path];
  Reflect.deleteProperty(REQUIRE.cache, path);
  const made: unknown = REQUIRE(path);
  if (loaded !== undefined) REQUIRE.cache[path] = loaded;
  return made;
}

function paddingOf(crypto: unknown): unknown {
  const alloc = readProperty(readProperty(readProperty(crypto, 'NullCipher'), 'prototype'), 'allocPacket');
  assert.equal(typeof alloc, 'function');
  return alloc;
}

test('a run passes over announced keys, pads from the pool and ends each channel once', async () => {
  const channels: unknown = REQUIRE('ssh2/lib/Channel.js');
  const shared = readProperty(readProperty(channels, 'Channel'), 'prototype');
  const end = readProperty(shared, 'end');
  assert.ok(typeof shared === 'object' && shared !== null && typeof end === 'function');
  let ended = 0;
  Reflect.set(shared, 'end', function count(this: object, ...all: readonly unknown[]): unknown {
    if (readProperty(this, 'server') === false) ended += 1;
    return Reflect.apply(end, this, all);
  });
  try {
    const outcome = await ask(announceHalfAKey);
    assert.equal(outcome.ended, 'exited');
    assert.equal(Buffer.from(outcome.stdout).toString(), 'an answer');
    await setImmediate();
    assert.equal(ended, 1);
  } finally {
    Reflect.deleteProperty(shared, 'end');
  }
  assert.notEqual(String(paddingOf(REQUIRE(CRYPTO))), String(paddingOf(requireAnew(CRYPTO))));
});

test('a goodbye reaches the host, and ends no stream', async () => {
  let left: Promise<unknown> | undefined;
  const { client, end } = await plainLogin({
    respond: () => Buffer.from(''),
    onConnection: (connection) => {
      left = once(connection, 'end');
    },
  });
  try {
    assert.equal(sayGoodbye(client), true);
    assert.equal(readProperty(readProperty(client, '_sock'), 'writableEnded'), false);
    await left;
  } finally {
    await end();
  }
});

test('an ssh2 that hears of packets otherwise, or says goodbye otherwise, is left as it is', () => {
  assert.equal(passOverAnnouncedKeys(new ssh2.Client()), false);
  assert.equal(sayGoodbye(new ssh2.Client()), false);
});

/** How often a channel was ended when it is over. */
async function ends(prepare: (channel: ClientChannel) => void): Promise<number> {
  let count = 0;
  const text = await session(
    () => undefined,
    (channel) => {
      const end = channel.end.bind(channel);
      Reflect.set(channel, 'end', (...all: Parameters<typeof end>) => {
        count += 1;
        return end(...all);
      });
      prepare(channel);
    },
  );
  assert.equal(text, 'an answer');
  return count;
}

test('a channel that has ended is not ended again when it is destroyed', async () => {
  assert.equal(await ends(() => undefined), 2, 'ssh2 itself: then endOnce is of no use any more');
  assert.equal(await ends(endOnce), 1);
});

test('a channel that is destroyed before it has ended, ends', async () => {
  let closed = 0;
  assert.equal(
    await ends((channel) => {
      endOnce(channel);
      const close = channel.close.bind(channel);
      Reflect.set(channel, 'close', () => {
        closed += 1;
        close();
      });
      channel.once('data', () => channel.destroy());
    }),
    1,
  );
  assert.ok(closed > 0, 'and is closed');
});
