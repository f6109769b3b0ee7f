/** What is changed of ssh2's ways of a session. The other side of each connection is ssh2's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ssh2, { type Client, type ClientChannel, type Connection, type ParsedKey } from 'ssh2';
import { announceHostKeys } from '../../../bench/openssh-host-keys.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { startSimulatedHost } from '../../../src/demo/simulated-fleet.js';
import { readProperty } from '../../../src/transports/error-detail.js';
import { endOnce, passOverAnnouncedKeys } from '../../../src/transports/ssh2/internals.js';

/** Logs in to a host, has it answer, and sees the channel to its end. */
async function session(
  onHandshake: (client: Client) => void,
  onChannel: (channel: ClientChannel) => void = () => undefined,
  onConnection: (connection: Connection) => void = () => undefined,
): Promise<string> {
  const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => Buffer.from('an answer'),
    onConnection,
  });
  const client = new ssh2.Client();
  try {
    return await new Promise<string>((resolve, reject) => {
      client.on('error', reject);
      client.on('handshake', () => onHandshake(client));
      client.on('ready', () =>
        client.exec('sh', (error, channel) => {
          if (error) return reject(error);
          let text = '';
          channel.on('data', (chunk: Buffer) => (text += chunk.toString()));
          channel.on('close', () => setImmediate(() => setImmediate(() => resolve(text))));
          onChannel(channel);
          channel.end('a script');
        }),
      );
      client.connect({
        host: '127.0.0.1',
        port: host.port,
        username: 'audit',
        privateKey: key.private,
        hostVerifier: () => true,
      });
    });
  } finally {
    client.end();
    await host.close();
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

test('an ssh2 that hears of packets otherwise is left as it is', () => {
  assert.equal(passOverAnnouncedKeys(new ssh2.Client()), false);
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
  assert.equal(
    await ends((channel) => {
      endOnce(channel);
      channel.once('data', () => channel.destroy());
    }),
    1,
  );
});
