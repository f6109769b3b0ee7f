import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createMatchesHash } from '../../../src/transports/host-keys/hashed-name.js';
import { cpuMsOf } from '../../support/cpu-time.js';
import { codePoint } from '../../support/code-point.js';

function hmac(salt: Uint8Array, name: string): Buffer {
  return createHmac('sha1', salt).update(name).digest();
}

const name = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 70 }),
  fc.constantFrom('db1', '[db1]:2222', 'a'.repeat(55), 'a'.repeat(56), 'é'.repeat(28), ''),
);

void test('says what the library says, of any name and salt', () => {
  fc.assert(
    fc.property(name, name, fc.uint8Array({ maxLength: 70 }), (asked, other, salt) => {
      const matches = createMatchesHash(asked);
      const key = Buffer.from(salt);
      // Twice: what is kept of a line is the same for the next name.
      const lines = [asked, other].map((written) => ({ salt: key, hash: hmac(key, written) }));
      for (const round of [1, 2])
        assert.deepEqual(
          lines.map(matches),
          [true, asked === other || lines[0]?.hash.equals(lines[1]?.hash ?? key)],
          `round ${round}`,
        );
    }),
    { numRuns: 400 },
  );
});

void test('no bit of the hash may differ', () => {
  const salt = randomBytes(20);
  const hash = hmac(salt, 'db1');
  const matches = createMatchesHash('db1');
  for (let bit = 0; bit < 160; bit += 1) {
    const other = Buffer.from(hash);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(matches({ salt, hash: other }), false, `bit ${bit}`);
  }
});

void test('a name is looked for among 20,000 in less than half of what as many calls of the library take', () => {
  const lines = Array.from({ length: 20_000 }, () => ({ salt: randomBytes(20), hash: randomBytes(20) }));
  lines.some(createMatchesHash('first')); // compiled, and the salts prepared
  const theirs = cpuMsOf(() => lines.some(({ salt, hash }) => hmac(salt, 'db1').equals(hash)));
  const ours = cpuMsOf(() => [1, 2].some((index) => lines.some(createMatchesHash(`db${index}`)))) / 2;
  assert.ok(ours < theirs / 2, `${ours} ms of CPU, and ${theirs} ms by the library`);
});
