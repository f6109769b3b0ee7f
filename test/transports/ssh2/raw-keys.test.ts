/** What works on raw keys in place of ssh2's own does what ssh2's own does. The other side of each connection is ssh2's own. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import ssh2, { type AnyAuthMethod, type Client, type Connection, type ParsedKey } from 'ssh2';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { startSimulatedHost } from '../../../src/demo/simulated-fleet.js';
import { readProperty } from '../../../src/transports/error-detail.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { signAtOnce } from '../../../src/transports/ssh2/internals.js';
import { keepRead, useRawExchanges, useRawVerification } from '../../../src/transports/ssh2/raw-keys.js';

function call(holder: unknown, name: string, ...args: readonly unknown[]): unknown {
  const called = readProperty(holder, name);
  assert.ok(typeof called === 'function', `ssh2 has no ${name} there any more`);
  return Reflect.apply(called, holder, args);
}

function sound(key: ParsedKey | Error): ParsedKey {
  if (key instanceof Error) throw key;
  return key;
}

interface Seen {
  readonly client: Client;
  readonly output: string;
  /** Of each time that the client offered the key: whether it had signed. */
  readonly offers: readonly boolean[];
}

interface Other {
  readonly isKnown?: boolean;
  readonly prepareServer?: (connection: Connection) => void;
}

/** Logs in to a host and has it answer; `prepare` is what is done to the client before anything is sent. */
async function logIn(
  prepare: (client: Client) => void,
  { isKnown = true, prepareServer = () => undefined }: Other = {},
): Promise<Seen> {
  const [hostKey, key, other] = [makeKeyPair(), makeKeyPair(), makeKeyPair()];
  const offers: boolean[] = [];
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: isKnown ? key.public : other.public,
    respond: () => Buffer.from('an answer'),
    onConnection: (connection: Connection) => {
      prepareServer(connection);
      connection.on('authentication', (attempt) => {
        if (attempt.method === 'publickey') offers.push(attempt.signature !== undefined);
      });
    },
  });
  const client = new ssh2.Client();
  const methods: AnyAuthMethod[] = [
    { type: 'publickey', username: 'audit', key: keepRead(sound(parseKey(key.private))) },
  ];
  try {
    const output = await new Promise<string>((resolve, reject) => {
      client.on('error', reject);
      client.on('ready', () =>
        client.exec('sh', (error, channel) => {
          if (error) return reject(error);
          let text = '';
          channel.on('data', (chunk: Buffer) => (text += chunk.toString()));
          channel.on('close', () => resolve(text));
          channel.end('a script');
        }),
      );
      client.connect({
        host: '127.0.0.1',
        port: host.port,
        username: 'audit',
        authHandler: (_methods, _partial, offer) => {
          const method = methods.shift();
          if (method === undefined) reject(new Error(`refused after ${offers.length} offer`));
          else offer(method);
        },
        hostVerifier: () => true,
        algorithms: { kex: ['curve25519-sha256'] },
      });
      prepare(client);
    });
    return { client, output, offers };
  } finally {
    client.destroy();
    await host.close();
  }
}

test('an exchange of raw keys, and a key offered with its signature, are understood by ssh2', async () => {
  const prepared: boolean[] = [];
  const { client, output, offers } = await logIn((made) => {
    prepared.push(useRawExchanges(made), signAtOnce(made), useRawVerification());
  });
  assert.deepEqual(prepared, [true, true, true]);
  assert.equal(output, 'an answer');
  assert.deepEqual(offers, [true]);
  const exchange = readProperty(readProperty(client, '_protocol'), '_kex');
  for (const name of ['generateKeys', 'getPublicKey', 'computeSecret'])
    assert.ok(Object.hasOwn(Object(exchange), name), `${name} is ssh2's own`);
});

test('without it ssh2 asks first, which is a round trip more', async () => {
  assert.deepEqual((await logIn(() => undefined)).offers, [false, true]);
});

test('a key that is refused is offered once, and ssh2 goes on to the next method', async () => {
  await assert.rejects(
    logIn((client) => void signAtOnce(client), { isKnown: false }),
    /refused after 1 offer/,
  );
});

test('a server works on raw keys too, beside a client of ssh2 alone', async () => {
  const prepared: boolean[] = [];
  const { output } = await logIn(() => undefined, {
    prepareServer: (connection) => void prepared.push(useRawExchanges(connection)),
  });
  assert.deepEqual([prepared, output], [[true], 'an answer']);
});

/** Two of ssh2's own exchanges as it makes them, one of which works on raw keys. */
async function twoExchanges(): Promise<readonly [raw: unknown, own: unknown]> {
  const kept: unknown[] = [];
  for (const prepare of [(client: Client): unknown => useRawExchanges(client), () => undefined]) {
    const { client } = await logIn((made) => void prepare(made));
    kept.push(readProperty(readProperty(client, '_protocol'), '_kex'));
  }
  return [kept[0], kept[1]];
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32);
}

test('the secret of an exchange is that of ssh2, zeros in front, high bits, points of low order and wrong lengths too', async () => {
  const [raw, own] = await twoExchanges();
  Reflect.set(Object(own), '_keys', readProperty(raw, '_keys'));
  const odd = [
    Buffer.alloc(32),
    Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]),
    Buffer.alloc(32, 0xff),
    Buffer.alloc(31, 9),
    Buffer.alloc(33, 9),
    Buffer.alloc(0),
    ...Array.from({ length: 200 }, () => randomBytes(32)),
  ];
  const kinds = { withZero: 0, high: 0, refused: 0 };
  // One secret of 512 is shorter by the zeros that stand in front: as many as it takes, and no more than the dice ever ask for.
  for (let count = 0; count < 20_000 && (count < 300 || kinds.withZero === 0); count++) {
    const other = odd[count] ?? rawOf(generateKeyPairSync('x25519').publicKey);
    const [secret, expected] = [call(raw, 'computeSecret', other), call(own, 'computeSecret', other)];
    if (expected instanceof Error) {
      assert.ok(secret instanceof Error, other.toString('hex'));
      kinds.refused++;
    } else {
      assert.ok(Buffer.isBuffer(secret) && Buffer.isBuffer(expected));
      assert.deepEqual(secret, expected, other.toString('hex'));
      if (secret.length === 33) kinds.high++;
      if (secret.length < 32) kinds.withZero++;
    }
  }
  assert.ok(kinds.high > 50 && kinds.withZero > 0 && kinds.refused > 2, JSON.stringify(kinds));
  assert.deepEqual(call(raw, 'getPublicKey'), call(own, 'getPublicKey'));
});

const KEYS: readonly (readonly [
  name: string,
  made: () => { private: string; public: string },
  hashes: readonly (string | undefined)[],
])[] = [
  ['ed25519', makeKeyPair, [undefined]],
  ['ecdsa 256', () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }), [undefined]],
  ['ecdsa 384', () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 384 }), [undefined]],
  ['ecdsa 521', () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 521 }), [undefined]],
  ['rsa', () => ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }), [undefined, 'sha256', 'sha512']],
];
const PAIRS = KEYS.map(([name, make, hashes]) => ({ name, pair: make(), hashes }));

/** Before anything is changed of it. */
const OWN_VERIFY: unknown = readProperty(Object.getPrototypeOf(sound(parseKey(makeKeyPair().public))), 'verify');

for (const { name, pair, hashes } of PAIRS)
  test(`a signature of a key that was read once is one of ssh2's: ${name}`, () => {
    const kept = keepRead(sound(parseKey(pair.private)));
    const [own, open] = [sound(parseKey(pair.private)), sound(parseKey(pair.public))];
    for (const hash of hashes)
      for (let round = 0; round < 20; round++) {
        const data = randomBytes(round * 7);
        const signature = kept.sign(data, hash);
        assert.ok(Buffer.isBuffer(signature));
        assert.equal(
          typeof OWN_VERIFY === 'function' && Reflect.apply(OWN_VERIFY, open, [data, signature, hash]),
          true,
        );
        if (!name.startsWith('ecdsa')) assert.deepEqual(signature, own.sign(data, hash));
      }
  });

test('a signature is good where ssh2 says so, and no other', () => {
  assert.equal(useRawVerification(), true);
  const known = PAIRS.filter(({ name }) => name === 'ed25519' || name === 'ecdsa 256' || name === 'rsa').map(
    ({ pair, hashes }) => ({
      secret: sound(parseKey(pair.private)),
      open: sound(parseKey(pair.public)),
      stranger: sound(parseKey(makeKeyPair().public)),
      hash: hashes.at(-1),
    }),
  );
  const answers = { good: 0, bad: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...known),
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom('nothing', 'data', 'signature', 'length', 'stranger'),
      fc.nat(1 << 20),
      ({ secret, open, stranger, hash }, bytes, changed, at) => {
        const data = Buffer.from(bytes);
        let signature: Buffer = secret.sign(data, hash);
        if (changed === 'data' && data.length > 0)
          data.writeUInt8((data[at % data.length] ?? 0) ^ (1 << (at % 8)), at % data.length);
        if (changed === 'signature') {
          signature = Buffer.from(signature);
          signature.writeUInt8((signature[at % signature.length] ?? 0) ^ (1 << (at % 8)), at % signature.length);
        }
        if (changed === 'length') signature = signature.subarray(0, at % signature.length);
        const key = changed === 'stranger' ? stranger : open;
        const expected: unknown =
          typeof OWN_VERIFY === 'function' && Reflect.apply(OWN_VERIFY, key, [data, signature, hash]);
        const answer: unknown = key.verify(data, signature, hash);
        assert.equal(answer === true, expected === true, changed);
        answers[expected === true ? 'good' : 'bad']++;
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(answers.good > 50 && answers.bad > 200, JSON.stringify(answers));
});

test('an ssh2 of another kind is left as it is', () => {
  const client = new ssh2.Client();
  assert.equal(useRawExchanges(client), false);
  assert.equal(signAtOnce(client), false);
});
