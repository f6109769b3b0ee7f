import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gathered, type Chunk } from '../../src/run/chunks.js';

async function bytesOf(chunks: Iterable<Chunk>, isSoonDone = false): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of gathered(chunks, { isSoonDone })) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const half = fc.constantFrom('\ud83d', '\ude00', 'a', '');
const text = fc.oneof(
  fc.array(fc.oneof(unit, half), { maxLength: 8 }).map((units) => units.join('')),
  fc.string(),
);

test('texts become the bytes of all of them together, wherever they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), async (texts) => {
      assert.deepEqual(await bytesOf(texts), Buffer.from(texts.join('')));
    }),
  );
});

test('bytes stay where they stand between texts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(text, fc.uint8Array())), async (chunks) => {
      // What cannot be a pair any more since bytes stand between its halves is joined on neither side.
      const runs = chunks.reduce<readonly Chunk[]>((all, chunk) => {
        const last = all.at(-1);
        if (chunk.length === 0) return all;
        return typeof last === 'string' && typeof chunk === 'string'
          ? [...all.slice(0, -1), last + chunk]
          : [...all, chunk];
      }, []);
      assert.deepEqual(await bytesOf(chunks), Buffer.concat(runs.map((run) => Buffer.from(run))));
    }),
  );
});

test('of much that is small few parts are made, and what was given stays as it was', async () => {
  const texts = Array.from({ length: 3000 }, (_, index) => `${index} … ${'x'.repeat(index % 700)}\n`);
  const long = '\u{1f600}'.repeat(200_000);
  const all = [...texts, long, ...texts];
  const parts: Chunk[] = [];
  // Kept without a copy: what is given away is not written to any more.
  for await (const part of gathered(all)) parts.push(part);
  assert.deepEqual(Buffer.concat(parts.map((part) => Buffer.from(part))), Buffer.from(all.join('')));
  assert.ok(parts.length < 50, `${parts.length} parts`);
});

test('who has soon done with each part is given all in one piece of memory', async () => {
  const all = Array.from({ length: 9000 }, (_, index) => `${index} … ${'x'.repeat(index % 700)}\n`);
  const memory = new Set<unknown>();
  let parts = 0;
  for await (const part of gathered(all, { isSoonDone: true })) {
    parts += 1;
    memory.add(typeof part === 'string' ? part : part.buffer);
  }
  assert.ok(parts > 2, `${parts} parts`);
  assert.equal(memory.size, 1);
  assert.deepEqual(await bytesOf(all, true), Buffer.from(all.join('')));
});
