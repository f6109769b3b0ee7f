import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { awaitedLine } from '../../src/transports/reading-on.js';

const LINE = 'kw 01 over';

/** What looks like the line, and what does not. */
const words = fc.array(
  fc.oneof(fc.constantFrom(LINE, `\n${LINE}`, `${LINE}\n`, `\n${LINE}\n`, '\n', 'kw 01 ', 'over', ' '), fc.string()),
);

test('a line has come with the piece that ends it, however the text was cut, and not before nor in the midst of another', () => {
  fc.assert(
    fc.property(words, fc.array(fc.nat({ max: 12 })), (parts, cuts) => {
      const text = Buffer.from(parts.join(''));
      const isOver = awaitedLine(LINE);
      const at = Buffer.concat([Buffer.from('\n'), text]).indexOf(`\n${LINE}\n`);
      const comesAt = at < 0 ? Number.POSITIVE_INFINITY : at + LINE.length + 1;
      for (let from = 0, index = 0; from < text.length; index += 1) {
        const to = Math.min(text.length, from + Math.max(1, cuts[index] ?? 5));
        const has = isOver(text.subarray(from, to));
        assert.equal(has, to >= comesAt, `${JSON.stringify(text.toString())} from ${from} to ${to}`);
        if (has) return;
        from = to;
      }
    }),
    { numRuns: 2000 },
  );
});
