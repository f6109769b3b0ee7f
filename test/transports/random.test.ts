import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillRandom, randomHex } from '../../src/transports/random.js';

test('no bytes are given twice, whoever asks, over many fillings of the pool', () => {
  const given: Buffer[] = [];
  for (let count = 0; count < 1000; count += 1) {
    const hex = randomHex(16);
    assert.match(hex, /^[0-9a-f]{32}$/u);
    given.push(Buffer.from(hex, 'hex'));
    const padding = Buffer.alloc(4 + (count % 13));
    fillRandom(padding, 0, padding.length);
    given.push(padding);
  }
  // Eight bytes come again by chance once in 10^11 of such tests, and at once where two that asked were given some of the same.
  const all = Buffer.concat(given).toString('latin1');
  const seen = new Set(Array.from({ length: all.length - 7 }, (_, at) => all.slice(at, at + 8)));
  assert.equal(seen.size, all.length - 7);
});

test('each value of a byte comes about as often as any other', () => {
  const bytes = Buffer.alloc(4096);
  const counts = Array.from({ length: 256 }, () => 0);
  for (let round = 0; round < 64; round += 1) {
    fillRandom(bytes, 0, bytes.length);
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  }
  // 1,024 of each are to be expected, give or take 32: ten times that is never.
  for (const count of counts) assert.ok(Math.abs(count - 1024) < 320, `${count} of one value`);
});

test('only what was asked for is filled', () => {
  for (const [from, to] of [
    [0, 0],
    [3, 9],
    [16, 16],
  ] as const) {
    const bytes = Buffer.alloc(16);
    for (let round = 0; round < 40; round += 1) fillRandom(bytes, from, to);
    assert.deepEqual(bytes.subarray(0, from), Buffer.alloc(from));
    assert.deepEqual(bytes.subarray(to), Buffer.alloc(16 - to));
    assert.equal(
      bytes.subarray(from, to).some((byte) => byte !== 0),
      to > from,
    );
  }
});
