/** What is kept of what a command prints: all that fits, in order, of each stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { collectOutput } from '../../src/transports/capped-output.js';

test('both streams are whole and in order up to a cap that they share, in however many pieces they came', () => {
  const piece = fc.tuple(fc.constantFrom('stdout', 'stderr'), fc.uint8Array({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(100), (pieces, most) => {
      const output = collectOutput(most);
      const expected: Record<'stdout' | 'stderr', number[]> = { stdout: [], stderr: [] };
      let left = most;
      for (const [stream, bytes] of pieces) {
        assert.equal(output.add(stream, Buffer.from(bytes)), bytes.length <= left);
        const kept = bytes.subarray(0, left);
        expected[stream].push(...kept);
        left -= kept.length;
      }
      assert.deepEqual([...output.stdout()], expected.stdout);
      assert.deepEqual([...output.stderr()], expected.stderr);
    }),
  );
});

test('what came in one piece is handed on as it came', () => {
  const output = collectOutput(100);
  const only = Buffer.from('an answer');
  output.add('stdout', only);
  assert.equal(output.stdout(), only);
  assert.equal(output.stderr().length, 0);
  output.add('stdout', Buffer.from(', and more'));
  assert.equal(Buffer.from(output.stdout()).toString(), 'an answer, and more');
});
