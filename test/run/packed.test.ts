/** A collection is packed and unpacked in parts, which end anywhere, also in the middle of a character. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { indexedLines } from '../../src/cli/input/indexed-lines.js';
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

void test('what is unpacked in parts is what was packed', async () => {
  const text = `${'a'.repeat(MIB - 1)}\u{1f600}é漢\n${'b'.repeat(MIB)}`;
  const parts = await unpack(gzipSync(text), 10 * MIB);
  assert.ok(parts.length > 2, `${parts.length}`);
  assert.equal(Buffer.concat(parts).toString(), text);
});

/** A text in parts that end where the numbers say, also in the middle of a character. */
function cut(text: string, at: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...at.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

void test('lines are what they are in the whole text, wherever a part ends', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '漢', '\u{1f600}', '\ufeff') }),
      fc.array(fc.nat()),
      (text, at) => {
        const lines = text.split('\n');
        assert.deepEqual(
          [...indexedLines(cut(text, at))].map((line) => line.text),
          lines.at(-1) === '' ? lines.slice(0, -1) : lines,
        );
      },
    ),
  );
});

function tooLong(parts: Iterable<Buffer>): readonly boolean[] {
  return [...indexedLines(parts)].map(({ place }) => place.isTooLong === true);
}

void test('a line that is longer than any of ours is the last, and has nothing of it', () => {
  const part = Buffer.alloc(MIB, 'a');
  const long = [Buffer.from('one\ntwo\n'), ...Array.from({ length: 65 }, () => part)];
  assert.deepEqual(tooLong(long), [false, false, true]);
  assert.deepEqual(tooLong(long.slice(0, 65)), [false, false, false]);
});

void test('nothing beyond the limit is unpacked, and what was cut is refused', async () => {
  const packed = gzipSync(Buffer.alloc(3 * MIB, 'a'));
  assert.equal(Buffer.concat(await unpack(packed, 3 * MIB)).length, 3 * MIB);
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
