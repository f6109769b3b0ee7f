import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillRandom, randomHex } from '../../src/transports/random.js';

test('no bytes are given twice, whoever asks, over many fillings of the pool', () => {
  const seen = new Set<string>();
  const padding = Buffer.alloc(16);
  for (let count = 0; count < 2000; count += 1) {
    const hex = randomHex(16);
    assert.match(hex, /^[0-9a-f]{32}$/u);
    seen.add(hex);
    fillRandom(padding, 0, 16);
    seen.add(padding.toString('hex'));
  }
  assert.equal(seen.size, 4000);
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
