/** Packets that are made whole are what RFC 5647 says, and ssh2's own other side reads them. */
import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { readProperty } from '../../../src/transports/error-detail.js';
import { makeWholePackets } from '../../../src/transports/ssh2/aes-gcm.js';
import { plainLogin } from '../../support/plain-login.js';

function call(holder: unknown, name: string, ...args: readonly unknown[]): unknown {
  const called = readProperty(holder, name);
  assert.ok(typeof called === 'function', `ssh2 has no ${name} there any more`);
  return Reflect.apply(called, holder, args);
}

const CRYPTO: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js');

interface Made {
  readonly cipher: unknown;
  readonly key: Buffer;
  /** The IV of the first packet. */
  readonly iv: Buffer;
  readonly written: Buffer[];
  readonly client: ssh2.Client;
}

/** A cipher as ssh2 has it after an exchange of keys. */
function makeCipher(name: string, keyBytes: number, iv: Buffer, seqno = 0): Made {
  const written: Buffer[] = [];
  const key = randomBytes(keyBytes);
  const cipher = call(CRYPTO, 'createCipher', {
    outbound: {
      onWrite: (piece: Buffer) => written.push(piece),
      seqno,
      cipherInfo: readProperty(readProperty(CRYPTO, 'CIPHER_INFO'), name),
      cipherIV: Buffer.from(iv),
      cipherKey: key,
      macInfo: readProperty(readProperty(CRYPTO, 'MAC_INFO'), 'hmac-sha2-256-etm@openssh.com'),
      macKey: randomBytes(32),
    },
  });
  const client = new ssh2.Client();
  Reflect.set(client, '_protocol', { _cipher: cipher });
  return { cipher, key, iv, written, client };
}

function send(cipher: unknown, payload: Buffer): void {
  const packet = call(cipher, 'allocPacket', payload.length);
  assert.ok(Buffer.isBuffer(packet));
  packet.set(payload, 5);
  call(cipher, 'encrypt', packet);
}

/** RFC 5647, section 7.1: the first 4 bytes stay, the other 8 count packets and begin anew at 0. */
function ivOf(first: Buffer, packets: number): Buffer {
  const iv = Buffer.from(first);
  iv.writeBigUInt64BE(BigInt.asUintN(64, first.readBigUInt64BE(4) + BigInt(packets)), 4);
  return iv;
}

const SIZES = [...Array.from({ length: 70 }, (_, size) => size), 255, 256, 4095, 4096, 32_768, 65_000];

for (const [name, keyBytes] of [
  ['aes128-gcm@openssh.com', 16],
  ['aes256-gcm@openssh.com', 32],
] as const)
  for (const counter of ['0000000000000000', '00000000000000f0', 'fffffffffffffff0', '00ffffffffffffe0'])
    test(`${name}: each packet is one piece that the key opens, from the count ${counter} on`, () => {
      const { cipher, key, iv, written, client } = makeCipher(name, keyBytes, Buffer.from(`0a0b0c0d${counter}`, 'hex'));
      assert.equal(makeWholePackets(client), true);
      const paddings = new Set<string>();
      for (const [index, size] of SIZES.entries()) {
        const payload = randomBytes(size);
        send(cipher, payload);
        assert.equal(written.length, index + 1);
        const packet = written[index] ?? Buffer.alloc(0);
        const body = packet.readUInt32BE(0);
        assert.equal(packet.length, 4 + body + 16);
        assert.equal(body % 16, 0);
        const decipher = createDecipheriv(`aes-${keyBytes === 16 ? 128 : 256}-gcm`, key, ivOf(iv, index));
        decipher.setAAD(packet.subarray(0, 4)).setAuthTag(packet.subarray(-16));
        const plain = Buffer.concat([decipher.update(packet.subarray(4, -16)), decipher.final()]);
        const padding = plain[0] ?? 0;
        assert.ok(padding >= 4 && padding < 20, `${padding} bytes of padding`);
        assert.deepEqual(plain.subarray(1, -padding), payload);
        if (padding >= 8) paddings.add(plain.subarray(-8).toString('hex'));
        assert.equal(readProperty(cipher, 'outSeqno'), index + 1);
      }
      assert.ok(paddings.size > 40 && !paddings.has('0'.repeat(16)), `${paddings.size} different paddings`);
    });

test('no padding is given twice, however many packets are made', () => {
  const { cipher, client } = makeCipher('aes128-gcm@openssh.com', 16, randomBytes(12));
  assert.equal(makeWholePackets(client), true);
  const seen = new Set<string>();
  for (let count = 0; count < 5000; count++) {
    const packet = call(cipher, 'allocPacket', 3);
    assert.ok(Buffer.isBuffer(packet) && packet[4] === 12);
    seen.add(packet.subarray(8, 20).toString('hex'));
  }
  assert.equal(seen.size, 5000);
});

test('packets are counted as by ssh2, and one that is over writes nothing', () => {
  const { cipher, client, written } = makeCipher('aes128-gcm@openssh.com', 16, randomBytes(12), 0xffffffff);
  assert.equal(makeWholePackets(client), true);
  send(cipher, Buffer.from('one'));
  assert.equal(readProperty(cipher, 'outSeqno'), 0);
  call(cipher, 'free');
  send(cipher, Buffer.from('two'));
  assert.equal(written.length, 1);
});

test('other ciphers stay as they are', () => {
  for (const name of ['aes128-ctr', 'chacha20-poly1305@openssh.com']) {
    const { cipher, client } = makeCipher(name, name === 'aes128-ctr' ? 16 : 64, Buffer.alloc(16));
    const own = ['allocPacket', 'encrypt'].map((of) => readProperty(cipher, of));
    assert.equal(makeWholePackets(client), false);
    assert.deepEqual(
      ['allocPacket', 'encrypt'].map((of) => readProperty(cipher, of)),
      own,
    );
  }
  assert.equal(makeWholePackets(new ssh2.Client()), false);
});

test('ssh2 reads them at the other side, in both directions and through a new exchange of keys', async () => {
  const made: boolean[] = [];
  const { client, end } = await plainLogin({
    respond: (script) => script,
    algorithms: { cipher: ['aes128-gcm@openssh.com'] },
    prepare: (mine) => mine.on('handshake', () => made.push(makeWholePackets(mine))),
  });
  const ask = (input: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) =>
      client.exec('sh', (error, channel) => {
        if (error) return reject(error);
        const pieces: Buffer[] = [];
        channel.on('data', (piece: Buffer) => pieces.push(piece));
        channel.on('close', () => resolve(Buffer.concat(pieces)));
        channel.end(input);
      }),
    );
  try {
    for (const size of [0, 1, 40, 100_000]) {
      const input = randomBytes(size);
      assert.ok((await ask(input)).equals(input), `${size} bytes`);
    }
    const again = new Promise((done) => client.once('handshake', done));
    call(readProperty(client, '_protocol'), 'rekey');
    const input = randomBytes(70_000);
    assert.ok((await ask(input)).equals(input), 'while keys are exchanged anew');
    await again;
    assert.deepEqual(made, [true, true]);
  } finally {
    await end();
  }
});
