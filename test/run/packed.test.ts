/** A collection is packed and unpacked in parts, which end anywhere, also in the middle of a character or of a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { linesOfParts } from '../../src/cli/input/collected-shard.js';
import { pack, unpack } from '../../src/run/collected/packed.js';

const MIB = 1024 * 1024;

void test('what is packed in parts is the gzip of all of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (parts) => {
      assert.equal(gunzipSync(await pack(parts)).toString(), parts.join(''));
    }),
    { numRuns: 50 },
  );
});

void test('a character that stands across two parts is one', async () => {
  for (const before of [0, 1, 2, 3]) {
    const text = `${'a'.repeat(MIB - before)}\u{1f600}é漢\n${'b'.repeat(MIB)}`;
    const parts = await unpack(gzipSync(text), 10 * MIB);
    assert.ok(parts.length > 2, `${parts.length}`);
    assert.equal(parts.join(''), text);
  }
});

void test('lines are what they are in the whole text, wherever a part ends', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\n', '漢') })), (parts) => {
      assert.deepEqual(
        [...linesOfParts(parts)].map(({ text }) => text),
        parts.join('').split('\n'),
      );
    }),
  );
});

void test('nothing beyond the limit is unpacked, and what was cut is refused', async () => {
  const packed = gzipSync(Buffer.alloc(3 * MIB, 'a'));
  assert.equal((await unpack(packed, 3 * MIB)).join('').length, 3 * MIB);
  await assert.rejects(unpack(packed, 3 * MIB - 1), /more than 3145727 bytes/);
  await assert.rejects(unpack(packed.subarray(0, -12), 3 * MIB), /unexpected end/);
  await assert.rejects(unpack(Buffer.from('no gzip'), MIB), /incorrect header/);
});

function* failing(): Generator<string> {
  yield 'a';
  throw new Error('no more of it');
}

void test('what the parts throw while they are packed is thrown', () =>
  assert.rejects(pack(failing()), /no more of it/));
