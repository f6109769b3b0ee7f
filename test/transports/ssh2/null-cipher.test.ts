/** Packets before the keys are exchanged are what RFC 4253 says, and the same as ssh2's but for their padding. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { readProperty } from '../../../src/transports/error-detail.js';
import { padFromPool } from '../../../src/transports/ssh2/null-cipher.js';
import { plainLogin } from '../../support/plain-login.js';

const CRYPTO: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js');

function packetOf(cipher: unknown, bytes: number): Buffer {
  const alloc = readProperty(cipher, 'allocPacket');
  assert.ok(typeof alloc === 'function');
  const packet: unknown = Reflect.apply(alloc, cipher, [bytes]);
  assert.ok(Buffer.isBuffer(packet));
  return packet;
}

function clientWith(cipher: unknown): ssh2.Client {
  const client = new ssh2.Client();
  Reflect.set(client, '_protocol', { _cipher: cipher });
  return client;
}

function newCipher(): object {
  const made = readProperty(CRYPTO, 'NullCipher');
  assert.ok(typeof made === 'function', 'ssh2 has no NullCipher there any more');
  return Reflect.construct(made, [0, () => undefined]);
}

const SIZES = [...Array.from({ length: 40 }, (_, size) => size), 255, 256, 1500, 32_768];

test('a packet is as long as by ssh2 itself, and its padding is given once', () => {
  const cipher = newCipher();
  const before = SIZES.map((size) => packetOf(cipher, size));
  assert.equal(padFromPool(clientWith(cipher)), true);
  const paddings = new Set<string>();
  for (const [index, size] of SIZES.entries()) {
    const packet = packetOf(cipher, size);
    const padding = packet[4] ?? 0;
    assert.equal(packet.readUInt32BE(0), packet.length - 4);
    assert.equal(packet.length % 8, 0);
    assert.ok(padding >= 4 && packet.length === 5 + size + padding, `${padding} bytes of padding`);
    assert.deepEqual(packet.subarray(0, 5), before[index]?.subarray(0, 5));
    assert.equal(packet.length, before[index]?.length);
    paddings.add(packet.subarray(5 + size).toString('hex'));
  }
  assert.equal(paddings.size, SIZES.length);
  assert.equal(padFromPool(clientWith(newCipher())), true, 'once more, for the next connection');
});

test('ciphers with keys, and what ssh2 has not, stay as they are', () => {
  for (const other of [undefined, null, 1, {}, { outSeqno: 0, _onWrite: 0, _dead: false, _encKey: Buffer.alloc(16) }])
    assert.equal(padFromPool(clientWith(other)), false);
  assert.equal(padFromPool(new ssh2.Client()), false);
});

test('a host is reached with it, and none is padded so when keys are exchanged', async () => {
  const { client, end } = await plainLogin({
    respond: () => 'silence',
    prepare: (made) => assert.equal(padFromPool(made), true),
  });
  assert.equal(padFromPool(client), false);
  await end();
});
