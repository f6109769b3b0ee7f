import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLines } from '../../src/text/lines.js';

void test('what is to be shown is made where a line is shown, once, and not where a place is told', () => {
  let made = 0;
  const { positionAt, excerptAt } = splitLines('user: a\npass: b\n', 'f', () => {
    made += 1;
    return 'user: a\npass: *\n';
  });
  assert.deepEqual(positionAt(8), { file: 'f', line: 2, column: 1 });
  assert.equal(made, 0);
  assert.equal(excerptAt(2), 'pass: *');
  assert.equal(excerptAt(1), 'user: a');
  assert.equal(made, 1);
});
