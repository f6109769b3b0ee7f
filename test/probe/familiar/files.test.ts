import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileTable } from '../../../src/probe/output/files.js';
import { familiarFiles, LONGEST_CONTENT, MOST_CONTENTS, MOST_FILES } from '../../../src/probe/familiar/files.js';

// What was told before is found again, and nothing else is found in its place: the table is what reading line by line gives.

function byLine(text: string): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const path = /^(\/[^:]*):/.exec(line)?.[1];
    if (path !== undefined) contents.set(path, `${contents.get(path) ?? ''}${line.slice(path.length + 1)}\n`);
  }
  return contents;
}

function tableOf(text: string): ReadonlyMap<string, string> {
  const { paths, get } = fileTable({ notes: [], text, errors: [], status: 0 }).contents;
  return new Map(paths.map((path) => [path, get(path) ?? '']));
}

const PATHS = ['/a', '/a/b', '/__proto__', '/constructor', '/proc/sys/kernel/panic', '', 'a', '/é'];
const CONTENTS = ['', '0', '00', '1', '1:', '/a:1', ' ', '__proto__', 'é', '\u{1f600}', '\ufffd', '\r'];
const LINES = fc
  .array(fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom(...CONTENTS), fc.constantFrom(':', ':', ':', '')), {
    maxLength: 12,
  })
  .map((lines) => lines.map(([path, content, colon]) => `${path}${colon}${content}\n`).join(''));

void test('the files of a host are those of its lines, whatever other hosts told before', () => {
  fc.assert(
    fc.property(LINES, (text) => assert.deepEqual(tableOf(text), byLine(text))),
    { numRuns: 3000 },
  );
});

void test('what tells more of a file, or less, than another host is not taken for the same', () => {
  for (const text of [
    '/p:1\n/p:2\n/q:3\n',
    '/p:1\n/q:3\n',
    '/p:1\n/p:2\n/p:3\n',
    '/p:1\n',
    '/p:12\n/q:3\n',
    '/p:\n/q:\n',
  ])
    for (const _ of [1, 2]) assert.deepEqual(tableOf(text), byLine(text), text);
});

void test('more files, contents and longer ones than are kept are read all the same', () => {
  for (let host = 0; host < 3 * MOST_CONTENTS; host += 1) {
    const text = `/one:${host}\n/two:${host % 3}\n/long:${String(host).repeat(LONGEST_CONTENT)}\n/three:\n`;
    assert.deepEqual(tableOf(text), byLine(text));
  }
  for (let path = 0; path < 3 * MOST_FILES; path += 1) {
    const text = `/file${path}:x\n/file${path + 1}:y\n`;
    assert.deepEqual(tableOf(text), byLine(text));
  }
});

function kept(contents: number): readonly (string | undefined)[] {
  const files = familiarFiles();
  const file = files.of(undefined, '/p:');
  const said = Array.from({ length: contents }, (_, index) => `${index}\n`);
  for (const text of said) files.keep(file, text);
  return said.map((text) => files.find(file, text));
}

void test('so much is kept of a file, and nothing more of one that never says the same', () => {
  assert.equal(kept(MOST_CONTENTS).filter((found) => found !== undefined).length, MOST_CONTENTS);
  assert.deepEqual(new Set(kept(MOST_CONTENTS + 1)), new Set([undefined]));
  assert.deepEqual(new Set(kept(10 * MOST_CONTENTS)), new Set([undefined]));
});

void test('a host that tells of more files than there are has all of them forgotten, and holds no more', () => {
  const files = familiarFiles();
  const first = files.of(undefined, '/first:');
  assert.equal(files.of(undefined, '/first:'), first);
  for (let index = 0; index < MOST_FILES; index += 1) files.of(undefined, `/other${index}:`);
  assert.notEqual(files.of(undefined, '/first:'), first);
});

void test('what is too long is not kept', () => {
  const files = familiarFiles();
  const path = `/${'p'.repeat(LONGEST_CONTENT)}:`;
  assert.notEqual(files.of(undefined, path), files.of(undefined, path));
  const file = files.of(undefined, '/p:');
  const text = `${'1'.repeat(LONGEST_CONTENT)}\n`;
  files.keep(file, text);
  assert.equal(files.find(file, text), undefined);
});

void test('of all files together no more is kept than a bounded text', () => {
  const files = familiarFiles();
  const first = files.of(undefined, '/first:');
  for (let index = 0; index < MOST_FILES - 2; index += 1) {
    const file = files.of(undefined, `/${index}:`);
    for (let content = 0; content < MOST_CONTENTS; content += 1) files.keep(file, `${content}`.padEnd(LONGEST_CONTENT));
  }
  assert.notEqual(files.of(undefined, '/first:'), first);
});
