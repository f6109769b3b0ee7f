import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptInput } from '../../../src/transports/ssh2/script-input.js';

const LONG = 'é'.repeat(50_000);

for (const pieces of [
  [],
  [''],
  ['exit\n'],
  ['kw=1\n', 'echo é\u{1f600}\n'],
  ['kw=1\n', LONG],
  ['a', '', 'b'],
  ['a', ...Array.from({ length: 20 }, (_, index) => `é${index}`)],
])
  void test(`${pieces.length} pieces of ${pieces.join('').length} characters are sent as one text`, () => {
    const expected = Buffer.from(pieces.join(''));
    const input = scriptInput(pieces);
    assert.equal(input.bytes, expected.length);
    assert.deepEqual(Buffer.from(input.lend()), expected);
    assert.deepEqual(input.copy(), expected);
  });

void test('what is lent is of the next one who asks, a copy stays', () => {
  const first = scriptInput(['first']);
  const second = scriptInput(['2nd']);
  const [lent, copy] = [first.lend(), first.copy()];
  second.lend();
  assert.equal(lent.toString(), '2ndst');
  assert.equal(copy.toString(), 'first');
  assert.equal(first.lend().toString(), 'first');
});
