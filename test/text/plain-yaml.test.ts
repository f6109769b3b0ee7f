import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readYaml } from '../../src/text/yaml/load.js';
import { createStartAt, readPlainYaml } from '../../src/text/yaml/plain-yaml.js';
import type { Path, YamlSource } from '../../src/text/yaml/load.js';
import { largeInventories } from '../../bench/large-inventories.js';
import { PACKAGE_ROOT } from '../../src/run/shipped/package-root.js';

/** The library's reading: a limit of nothing for what is plain, so that all of it goes to the library. */
function byLibrary(text: string): YamlSource | undefined {
  return readYaml(text, 'a.yaml', { isPlainRead: false }).value;
}

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  yield [...path, 'no-such-thing'];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value)) yield* pathsOf(held, [...path, key]);
}

/** @returns whether the text was plain */
function compare(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  const whole = byLibrary(text);
  assert.ok(whole, 'what is plain has no mistake');
  assert.deepEqual(plain.value, whole.value);
  const startAt = createStartAt(plain);
  for (const path of pathsOf(whole.value))
    for (const part of ['key', 'value'] as const) {
      const { line, column } = whole.positionOf(path, part);
      const start = startAt(path, part);
      const before = text.slice(0, start);
      assert.deepEqual(
        [before.split('\n').length, start - before.lastIndexOf('\n')],
        [line, column],
        `${part} of ${JSON.stringify(path)}`,
      );
    }
  return true;
}

const PLAIN = [
  'a: 1\n',
  '---\na: 1\n',
  'hosts:\n  - web1\n  - web2 # the second\n',
  'hosts:\n- web1\n- { name: web2, port: 22 }\n',
  'groups:\n  web:\n    hosts:\n      - name: web[1:3].example.com\n        address: 10.0.0.1\n\n      # more\n      - web4\n    forks: 2\n',
  'a:\nb:\n  c:\nd: ~\n',
  'a: fe80::1\nb: a,b[1]\nc: "x: y # z"\nd: \'e\'\n',
  'all:\n  children:\n    web:\n      hosts:\n        web1: {ansible_host: 10.0.0.1, ansible_port: 22}\n        web2:\n',
  '{"_meta": {"hostvars": {"a": {"port": 22}}},\n "web": {"hosts": ["a", "b"]},\n "e": [], "f": {}}\n',
  '{"a":[1,2],"b":{"c":"d"}}',
  '- a\n- b: 1\n  c: 2\n- d:\n  - e\n',
  'a: on the way\nb: true\nc: -5\nd: 1.2.3\ne: -o Foo=bar\n',
];
for (const text of PLAIN) void test(`is plain: ${JSON.stringify(text)}`, () => assert.ok(compare(text)));

for (const { form, text } of largeInventories(120).filter(({ file }) => /\.(?:ya?ml|json)$/.test(file)))
  void test(`is plain: ${form}, as machines write it`, () => assert.ok(compare(text)));

void test('a plain text may be longer than the library is asked to read, and one with a mistake may not', () => {
  const long = `hosts:\n${'  - web1.example.com # a comment\n'.repeat(400_000)}`;
  const { value, diagnostics } = readYaml(long, 'big.yaml');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(value?.positionOf(['hosts', 399_999]), { file: 'big.yaml', line: 400_001, column: 5 });
  // Nothing of a line that no secret was taken out of.
  assert.deepEqual(value.placeOf(['hosts', 1]), { at: { file: 'big.yaml', line: 3, column: 5 } });
  assert.equal(value.excerptAt(3), '');
  assert.deepEqual(
    readYaml(`${long}x: *nobody\n`, 'big.yaml').diagnostics.map(({ code }) => code),
    ['yaml/too-large'],
  );
});

const NOT_PLAIN = [
  '',
  'a',
  'a: &x 1\nb: *x\n',
  'a: !vault x\n',
  'a: |\n  text\n',
  'a: goes\n  on\n',
  '- goes\n  on\n',
  'a: "\\n"\n',
  "a: 'it''s'\n",
  'a: 1\na: 2\n',
  'a: 010\n',
  'a: 0x1f\n',
  'a: 1e3\n',
  'a: 1\n---\nb: 2\n',
  'a: 1\n...\n',
  'a: {b: 1,\n  c: 2}\n',
  'a:\tb\n',
  'a: b\r\n',
  '[a,\n...\n]\n',
  '{a: 1, a: 2}\n',
  'a: b: c\n',
  'a: [b\n',
  '? a\n: b\n',
  'a:\n    b: 1\n  c: 2\n',
  '%YAML 1.2\n---\na: 1\n',
  '- - a\n',
];
for (const text of NOT_PLAIN)
  void test(`is the library's: ${JSON.stringify(text)}`, () => assert.equal(readPlainYaml(text), undefined));

void test('gives what the library gives, for everything that is written in any way', () => {
  const piece = fc.constantFrom(
    'a',
    'b1',
    'web[1:2]',
    '10.0.0.1',
    '22',
    '-1',
    '007',
    '1.5',
    'true',
    'null',
    '~',
    '"q"',
    "'s'",
    '"a: b"',
    '""',
    ': ',
    ':',
    ' :',
    '- ',
    '-',
    ', ',
    ',',
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    '# c',
    ' # c',
    '#',
    '&x',
    '*x',
    '!t',
    '|',
    '\n',
    '\n',
    '\n',
    '\n  ',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n  - ',
    ' ',
    '  ',
    '---\n',
    '...',
    '?',
    '? ',
    '\\',
    '%',
    '@',
    '<<',
    '::',
    '.',
    '"',
    "'",
    'a: ',
    'b: ',
    'hosts:\n',
    '- name: ',
    'c:\n  ',
    '{a: 1}',
    '[x, y]',
    '{"a":1}',
    '.a',
    '+1',
    '=',
    '>',
    '`',
    'é',
    '\t',
  );
  let plain = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      if (compare(pieces.join(''))) plain += 1;
    }),
    { numRuns: 2500 },
  );
  assert.ok(plain > 50, `only ${plain} texts were plain`);
});

void test('gives what the library gives, for inventories with a slip anywhere', () => {
  const slip = fc.record({
    text: fc.constantFrom(...PLAIN),
    at: fc.nat(200),
    cut: fc.nat(3),
    put: fc.constantFrom(
      '',
      ' ',
      '\n',
      '  ',
      '-',
      ':',
      ': ',
      '#',
      ' #',
      '"',
      "'",
      ',',
      '{',
      '}',
      '[',
      ']',
      'x',
      '1',
      '\n  ',
      '&a',
      '.',
      '~',
    ),
  });
  fc.assert(
    fc.property(slip, ({ text, at, cut, put }) => {
      const from = at % (text.length + 1);
      compare(text.slice(0, from) + put + text.slice(from + cut));
    }),
    { numRuns: 2500 },
  );
});

function* yamlFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* yamlFiles(path);
    else if (/\.(?:ya?ml|json)$/.test(entry.name)) yield path;
  }
}

void test('gives what the library gives, for the files of this repository', () => {
  for (const folder of ['policies', 'examples', 'test/inventory', 'docs'])
    for (const file of yamlFiles(join(PACKAGE_ROOT, folder))) {
      const text = readFileSync(file, 'utf8');
      if (text.length < 200_000) compare(text);
    }
});
