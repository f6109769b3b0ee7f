import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { displayWidth } from '../../src/text/display-width.js';

test('every character takes as many columns as string-width says', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    const text = String.fromCharCode(code);
    if (displayWidth(text) !== stringWidth(text)) wrong.push(code.toString(16));
  }
  assert.deepEqual(wrong, []);
});

test('characters together take as many columns as string-width says, what joins them among them', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0x20, max: 0x2ff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x2000, max: 0x257f }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('\u{301}', '\u{fe0f}', '\u{200d}', '\u{20e3}', '\u{1f3fb}', '\u{1f468}', '\u{1100}', '\u{4e2d}'),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 8 }), (text) => assert.equal(displayWidth(text), stringWidth(text))),
    { numRuns: 2000 },
  );
});
