import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Lexer, parseDocument, type Document } from 'yaml';
import { composeDocument } from '../../src/text/yaml/document.js';
import { readYaml } from '../../src/text/yaml/load.js';
import type { YamlSource } from '../../src/text/yaml/load.js';
import { codePoint } from '../support/code-point.js';

function read(text: string): YamlSource {
  const { value, diagnostics } = readYaml(text, 'a.yaml');
  assert.deepEqual(diagnostics, []);
  assert.ok(value);
  return value;
}

/** Text, then `code line:column` of everything that is wrong with it. */
const mistakes: readonly (readonly [string, readonly string[]])[] = [
  ['a: 1\na: 2\n', ['yaml/duplicate-key 2:1']],
  ['x: {a: 1, b: 2, a: 3}\na: 1\nx: 2\n', ['yaml/duplicate-key 1:17', 'yaml/duplicate-key 3:1']],
  ['a: !foo b\nc: !!binary aGk=\n', ['yaml/tag 1:4', 'yaml/tag 2:4']],
  ['a: !!js/function "x"\n', ['yaml/tag 1:4']],
  ['%YAML 1.1\n---\na: no\n', ['yaml/version 1:1']],
  ['# c\n%YAML 1.1\n---\na: no\n', ['yaml/version 2:1']],
  ['%TAGG x\n---\na: no\n', ['yaml/version 1:1']],
  ['a: 1\n---\nb: 2\n', ['yaml/several-documents 2:1']],
  ['a: 1\n...\nb: 2\n', ['yaml/several-documents 3:1']],
  ['[a]: 1\n', ['yaml/key 1:1']],
  ['a: *x\n', ['yaml/alias 1:4']],
  ['a: &x [*x]\n', ['yaml/alias 1:8']],
  ['{a: b', ['yaml/syntax 1:6']],
  ['\ta: b\n', ['yaml/syntax 1:1']],
  ['a: b: c\n', ['yaml/syntax 1:4']],
  ['a: b\n c: d\n', ['yaml/syntax 1:4']],
  ['a: "\u001b\n', ['yaml/syntax 2:1']],
];
for (const [text, expected] of mistakes) {
  void test(`mistakes of ${JSON.stringify(text)}`, () => {
    const { value, diagnostics } = readYaml(text, 'a.yaml');
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, at }) => `${code} ${at?.line}:${at?.column}`),
      expected,
    );
  });
}

const values: readonly (readonly [string, unknown])[] = [
  ['', null],
  ['# only a comment\n', null],
  ['\ufeffa: 1\n', { a: 1 }],
  ['%YAML 1.2\n---\na: 1\n', { a: 1 }],
  ['a: no\nb: on\nc: 6.10\nd: 010\ne: 12:30\n', { a: 'no', b: 'on', c: 6.1, d: 10, e: '12:30' }],
  ['5: a\nnull: b\n', { 5: 'a', null: 'b' }],
  ['<<: {a: 1}\n', { '<<': { a: 1 } }],
  ['a: &x [1, 2]\nb: *x\n', { a: [1, 2], b: [1, 2] }],
  ['a: &x 1\nb: &x 2\nc: *x\n', { a: 1, b: 2, c: 2 }],
];
for (const [text, expected] of values)
  void test(`value of ${JSON.stringify(text)}`, () =>
    assert.deepEqual(JSON.parse(JSON.stringify(read(text).value)), expected));

void test('no key reaches a prototype', () => {
  const { value } = read('__proto__: {polluted: true}\nconstructor: 1\nhasOwnProperty: 2\n');
  assert.equal(Object.getPrototypeOf(value), null);
  assert.deepEqual(Object.keys(value ?? {}), ['__proto__', 'constructor', 'hasOwnProperty']);
  assert.equal('polluted' in {}, false);
});

const deep: readonly (readonly [string, string])[] = [
  ['5,000 brackets', '['.repeat(5000)],
  ['100,000 brackets', '['.repeat(100_000)],
  ['100,000 braces', '{a: '.repeat(100_000)],
  ['100,000 list items on a line', '- '.repeat(100_000)],
  ['100,000 question marks', '? '.repeat(100_000)],
  ['100,000 colons', ': '.repeat(100_000)],
  ['2,000 indented keys', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ['brackets below a key', `a:\n  b: ${'['.repeat(100_000)}`],
  ['brackets after a quoted text', `a: "x"\nb: ${'['.repeat(100_000)}`],
  ['brackets behind tags and anchors', '!a [&b '.repeat(50_000)],
];
for (const [name, text] of deep) {
  void test(`too deep, and the process lives: ${name}`, () => {
    const { value, diagnostics } = readYaml(text, 'deep.yaml');
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['yaml/too-deep'],
    );
  });
}

void test('a realistic depth is read', () => {
  const nested = Array.from(
    { length: 25 },
    (_, depth) => `${' '.repeat(4 * depth)}groups:\n${' '.repeat(4 * depth + 2)}g${depth}:\n`,
  ).join('');
  assert.ok(readYaml(nested, 'a.yaml').value);
});

void test('text of brackets in quotes, comments and block scalars is not depth', () => {
  const brackets = '['.repeat(200);
  read(`# ${brackets}\na: "${brackets}"\nb: |\n  ${brackets}\nc: x${brackets}\n`);
});

void test('a text of nothing but mistakes ends at once, and few are shown', () => {
  for (const text of [
    `[${','.repeat(1_000_000)}]`,
    ']'.repeat(1_000_000),
    '&a '.repeat(300_000),
    '!t\n'.repeat(300_000),
  ]) {
    const { diagnostics } = readYaml(text, 'a.yaml');
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['yaml/syntax'],
    );
  }
  const { diagnostics } = readYaml('- "x" y\n'.repeat(500), 'a.yaml');
  assert.equal(diagnostics.length, 101);
  assert.match(diagnostics.at(-1)?.message ?? '', /^and 400 more/);
});

void test('too large', () =>
  assert.deepEqual(
    readYaml('a'.repeat(11 * 1024 * 1024), 'big.yaml').diagnostics.map(({ code }) => code),
    ['yaml/too-large'],
  ));

void test('alias bombs end at the limit, at once', () => {
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from(
      { length: 60 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}*a${level}]`,
    ),
  ].join('\n');
  assert.deepEqual(
    readYaml(bomb, 'bomb.yaml').diagnostics.map(({ code }) => code),
    ['yaml/alias'],
  );
  const many = `a: &a x\nb: [${'*a, '.repeat(5000)}]\n`;
  assert.deepEqual(
    readYaml(many, 'many.yaml').diagnostics.map(({ code }) => code),
    ['yaml/alias'],
  );
});

const where = 'first: 1\ngroups:\n  web:\n    - name: a\n      port: "22"\n    - b\nempty:\n';
const positions: readonly (readonly [readonly (string | number)[], 'key' | 'value', string])[] = [
  [['first'], 'key', '1:1'],
  [['first'], 'value', '1:8'],
  [['groups', 'web', 0], 'value', '4:7'],
  [['groups', 'web', 0, 'port'], 'key', '5:7'],
  [['groups', 'web', 0, 'port'], 'value', '5:13'],
  [['groups', 'web', '1'], 'value', '6:7'],
  [['groups', 'web', 0, 'nowhere', 'below'], 'value', '4:7'],
  [['empty'], 'value', '7:1'],
  [[], 'value', '1:1'],
];
for (const [path, part, expected] of positions) {
  void test(`position of the ${part} at /${path.join('/')}`, () => {
    const at = read(where).positionOf(path, part);
    assert.deepEqual([at.file, `${at.line}:${at.column}`], ['a.yaml', expected]);
  });
}

void test('what an alias stands for has the position of the anchor', () => {
  const at = read('a: &x\n  port: 1\nb: *x\n').positionOf(['b', 'port']);
  assert.deepEqual([at.line, at.column], [2, 9]);
});

void test('numbers as they were written', () => assert.equal(read('v: 6.10\n').writtenAt(['v']), '6.10'));

void test('excerpts are one line, and columns hold in them', () => {
  const source = read('a: "x"\r\nb:\t\u0001\r\n');
  assert.equal(source.excerptAt(1), 'a: "x"');
  assert.equal(source.excerptAt(2), 'b: \ufffd');
  assert.equal(source.excerptAt(99), '');
});

/** A scalar, a character of its value, and where that stands. */
const spans: readonly (readonly [string, string, string])[] = [
  ['a: plain text\n', 't', '1:10'],
  ['a: plain\n  folded #c\n', 'f', '2:3'],
  ["a: 'it''s quoted'\n", 'q', '1:11'],
  ['a: "tab\\t \\u202e \\U0001F600 z"\n', 'z', '1:29'],
  ['a: "x\\\n   y"\n', 'y', '2:4'],
  ['a: "x\n\n   y"\n', 'y', '3:4'],
  ['a: >-\n  one two\n  three\n\n  four\n', 'f', '5:3'],
  ['a: |\n  l1\n    z2\n', 'z', '3:5'],
  ['a: |2\n    z\n', 'z', '2:5'],
];
for (const [text, character, expected] of spans) {
  void test(`${character} within ${JSON.stringify(text)}`, () => {
    const source = read(text);
    const value = String(Reflect.get(Object(source.value), 'a'));
    const at = source.spanOf(['a'])?.positionAt(value.indexOf(character));
    assert.equal(`${at?.line}:${at?.column}`, expected);
  });
}

void test('every character of a plain, quoted or folded text is found where it stands', () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('', '"', "'", '>-', '|'),
      fc.boolean(),
      (words, style, isFolded) => {
        const isBlock = style === '>-' || style === '|';
        const body = words.join(isFolded ? '\n  ' : ' ');
        const text = isBlock ? `k: ${style}\n  ${body}\n` : `k: ${style}${body}${style}\n`;
        const source = read(text);
        const raw: unknown = Reflect.get(Object(source.value), 'k');
        if (typeof raw !== 'string') return;
        const span = source.spanOf(['k']);
        const lines = text.split('\n');
        for (const [offset, character] of Array.from(raw).entries()) {
          if (/\s/.test(character)) continue;
          const at = span?.positionAt(offset);
          assert.equal(lines[(at?.line ?? 0) - 1]?.[(at?.column ?? 0) - 1], character);
        }
      },
    ),
  );
});

const yamlish = fc
  .array(
    fc.constantFrom(
      'a',
      'b: ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '|',
      '>',
      '&x ',
      '*x',
      '!t ',
      '? ',
      ': ',
      ',',
      '#',
      '%YAML 1.1\n',
      '---\n',
      '\t',
      '\u0000',
      '\ud800',
      '1',
      '<<: ',
    ),
  )
  .map((parts) => parts.join(''));
void test('readYaml never throws, and gives a value or says why not', () =>
  fc.assert(
    fc.property(fc.oneof(yamlish, fc.string({ unit: codePoint })), (text) => {
      const { value, diagnostics } = readYaml(text, 'f');
      assert.equal(value === undefined, diagnostics.length > 0);
      for (const { at } of diagnostics) assert.ok(at !== undefined && at.line >= 1 && at.column >= 1);
    }),
    { numRuns: 500 },
  ));

/** What any YAML text is made of, good and bad. */
const PIECES = [
  'a',
  'b: ',
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '"x',
  '"',
  "'",
  '|\n',
  '>-\n  x\n',
  '&x ',
  '*x',
  '!t ',
  '#c\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '? ',
  '\t',
  '\ufeff',
  '\r\n',
  '1.0',
  'é',
  '\u0001',
];

const OPTIONS = {
  prettyErrors: false,
  logLevel: 'error',
  version: '1.2',
  stringKeys: true,
  uniqueKeys: false,
  resolveKnownTags: false,
} as const;
function shown(document: Document.Parsed): unknown {
  return {
    contents: JSON.stringify(document.contents, (key, value: unknown) => (key === 'srcToken' ? undefined : value)),
    range: document.range,
    errors: document.errors.map(({ code, pos }) => [code, pos]),
    warnings: document.warnings.map(({ code, pos }) => [code, pos]),
  };
}

void test('a document composed of tokens is the document that the library reads from the text', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }), (pieces) => {
      const text = pieces.join('');
      assert.deepEqual(
        shown(composeDocument([...new Lexer().lex(text)], text.length)),
        shown(parseDocument(text, OPTIONS)),
      );
    }),
    { seed: 20261124, numRuns: 3000 },
  );
});
