import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { detached } from '../../src/text/detached.js';

void test('what was decoded is the same by itself', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = decoder.decode(bytes);
      assert.equal(detached(text), text);
    }),
  );
  assert.equal(detached('\ufeffa'), '\ufeffa');
});
