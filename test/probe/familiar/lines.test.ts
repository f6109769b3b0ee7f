import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { familiarLines, MOST_LINES, type LineAt } from '../../../src/probe/familiar/lines.js';
import { sharingLines, sharingLists } from '../../../src/probe/familiar/lists.js';

function linesOf(lineAt: LineAt, text: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (let line = lineAt(undefined, text, at); line !== undefined; line = lineAt(line, text, at)) {
    const { word, name, status } = line;
    assert.deepEqual([word, name, status], [...line.line.split(' '), '', '', ''].slice(0, 3));
    found.push(line.text);
    at += line.text.length;
  }
  return found;
}

const WORDS = fc.constantFrom('begin', 'end', 'missing', '/a', '/a/b', '__proto__', '', 'é', '\u{1f600}');
const TEXT = fc
  .array(fc.array(WORDS, { maxLength: 4 }), { maxLength: 12 })
  .map((lines) => lines.map((words) => words.join(' ')).join('\n'));

void test('lines are those of the text, whatever came before', () => {
  const lineAt = familiarLines();
  fc.assert(
    fc.property(TEXT, (text) =>
      assert.equal(linesOf(lineAt, text).join(''), text.slice(0, text.lastIndexOf('\n') + 1)),
    ),
    { numRuns: 3000 },
  );
});

void test('the same line is the same object, until there are too many', () => {
  const lineAt = familiarLines();
  const first = lineAt(undefined, 'missing /first\n', 0);
  assert.equal(lineAt(undefined, 'missing /first\n', 0), first);
  const long = `missing /${'p'.repeat(1000)}\n`;
  assert.notEqual(lineAt(undefined, long, 0), lineAt(undefined, long, 0));
  for (let index = 0; index < MOST_LINES; index += 1) lineAt(undefined, `missing /${index}\n`, 0);
  assert.notEqual(lineAt(undefined, 'missing /first\n', 0), first);
});

void test('of one answer no more are kept than all scripts have', () => {
  const lineAt = familiarLines();
  const text = Array.from({ length: 2 * MOST_LINES }, (_, index) => `missing /${index}\n`);
  let before: ReturnType<LineAt>;
  const lines = text.map((line) => (before = lineAt(before, line, 0)));
  const isKept = (index: number): boolean => lineAt(undefined, text[index] ?? '', 0) === lines[index];
  assert.deepEqual([0, MOST_LINES - 1, MOST_LINES, text.length - 1].map(isKept), [true, true, false, false]);
});

void test('lists are shared by what stands in them and by their section, and of many the latest are', () => {
  const shared = sharingLists();
  const list = ['missing /a', 'there 3'];
  assert.equal(shared('sysctl', list), list);
  assert.equal(shared('sysctl', ['missing /a', 'there 3']), list);
  assert.notEqual(shared('sysfs', ['missing /a', 'there 3']), list);
  assert.deepEqual(shared('sysctl', ['missing /a']), ['missing /a']);
  for (let index = 0; index < 100; index += 1)
    assert.deepEqual(shared('sysctl', [`there ${index}`]), [`there ${index}`]);
  assert.notEqual(shared('sysctl', ['missing /a', 'there 3']), list);
  const many = Array.from({ length: 1000 }, () => 'missing /a');
  assert.notEqual(shared('sysctl', [...many]), shared('sysctl', [...many]));
});

void test('lines of a text are shared by the text', () => {
  const shared = sharingLines();
  const lines = shared('sysctl', 'one\n\ntwo\n');
  assert.deepEqual(lines, ['one', '', 'two']);
  assert.equal(shared('sysctl', 'one\n\ntwo\n'), lines);
  assert.deepEqual(shared('sysctl', ''), []);
  const long = `${'x'.repeat(10_000)}\n`;
  assert.deepEqual(shared('sysctl', long), [long.slice(0, -1)]);
  assert.notEqual(shared('sysctl', long), shared('sysctl', long));
});
