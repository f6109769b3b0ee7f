import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileExpression } from '../../src/policy/cel/expression.js';
import { compileTemplate } from '../../src/policy/cel/template.js';
import { ENVIRONMENT, readingsWith, STOCK, value } from '../support/policies.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { codePoint } from '../support/code-point.js';

/** Of computing, generously; each of these took seconds, or the process, with the engine bare. */
const MOST_MS = 400;

function timed<T>(run: () => T): T {
  const results: T[] = [];
  const took = cpuMsOf(() => results.push(run()));
  assertComputed(took, MOST_MS);
  const [result] = results;
  assert.ok(result !== undefined);
  return result;
}

const REFUSED: Readonly<Record<string, string>> = {
  '10 MB of text': `"${'a'.repeat(10_000_000)}" == os.id`,
  '10 MB of brackets': '('.repeat(10_000_000),
  '4,000 negations': `${'!'.repeat(3990)}true`,
  '4,000 minus signs': `${'-'.repeat(3990)}1 == 1`,
  'a thousand parentheses': `${'('.repeat(1000)}true${')'.repeat(1000)}`,
  'a thousand lists': `${'['.repeat(1000)}${']'.repeat(1000)} == []`,
  'a thousand conditions': `${'true ? '.repeat(300)}true${' : false'.repeat(300)}`,
  'a long sum': `${'1 + '.repeat(900)}1 == 1`,
  'four nested loops': '[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))',
  'a back-reference': String.raw`rematch(os.id, "(a)\\1")`,
  'nested repetition': 'rematch(os.id, "((a{100}){100}){100}")',
  'a huge pattern': 'rematch(os.id, "a{1,1000}a{1,1000}a{1,1000}")',
  'the built-in regular expression': 'os.id.matches("^(a+)+$")',
  constructor: 'os.constructor.constructor("return 1")()',
  'constructor in quotes': 'os["constructor"] == 1',
  prototype: 'os.__proto__ == 1',
  this: 'this == 1',
  globalThis: 'globalThis.process == 1',
  process: 'process.exit(1)',
  'a method of JavaScript': 'os.id.replace("a", "b") == ""',
  'a list as a group of facts': 'sysctl.kernel.all(x, true)',
};

for (const [name, source] of Object.entries(REFUSED)) {
  void test(`refused in time: ${name}`, () => {
    const result = timed(() => compileExpression(source, ENVIRONMENT, 'bool'));
    assert.ok('problem' in result);
    assert.ok(result.problem.message.length < 300);
  });
}

const hundredKeys = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, 'x'.repeat(100)]));

const BOUNDED: Readonly<Record<string, string>> = {
  'two nested loops over a long map': 'cmdline.exists(a, cmdline.exists(b, cmdline[a] + cmdline[b] == "y"))',
  'a text grown in a loop': 'size(cmdline.map(a, cmdline.map(b, a + b + a + b + a + b)))  == 1',
  'a slow pattern on a long text': 'cmdline.exists(a, rematch(cmdline.map(b, b + cmdline[b]).join(), "(x+x+)+y"))',
  'comparing long lists': 'cmdline.exists(a, cmdline.map(b, b) + cmdline.map(b, b) == [a])',
};

for (const [name, source] of Object.entries(BOUNDED)) {
  void test(`bounded: ${name}`, () => {
    const result = compileExpression(source, ENVIRONMENT, 'bool');
    assert.ok('expression' in result, 'problem' in result ? result.problem.message : '');
    const outcome = timed(() => result.expression.evaluate(readingsWith({ cmdline: value(hundredKeys) })));
    assert.equal(outcome.decided, false);
    assert.match(JSON.stringify(outcome.decided ? '' : outcome.doubts), /more than \d+ steps/);
  });
}

void test('names of a prototype in what a host says are entries like any other', () => {
  const hostile: unknown = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}');
  const readings = readingsWith({
    cmdline: { state: 'known', value: Object.fromEntries(Object.entries(hostile ?? {})), raw: '' },
  });
  const result = compileExpression(
    'cmdline.constructor == "b" && cmdline["__proto__"] == "a" && size(cmdline) == 3',
    ENVIRONMENT,
    'bool',
  );
  assert.ok('expression' in result);
  const outcome = result.expression.evaluate(readings);
  assert.equal(outcome.decided && outcome.value, true);
});

const word = fc.constantFrom(
  'os',
  'id',
  'sysctl.kernel.panic',
  'thp.enabled',
  'cmdline',
  'has',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{{',
  '}}',
  '.',
  ',',
  '?',
  ':',
  '==',
  '!=',
  '&&',
  '||',
  '!',
  '-',
  '+',
  '/',
  '%',
  'in',
  'x',
  '"always"',
  '"',
  "'",
  '\\',
  '1',
  '0x',
  '1e',
  'true',
  'null',
  '.exists(',
  '.map(x,',
  'rematch(',
  'size(',
  'int(',
  '__proto__',
  'constructor',
  '\n',
  '//',
  'é',
  '😀',
  '\ud800',
  '\u0000',
  'r"',
  'b"',
  '"""',
);
const anyText = fc.oneof(
  fc.string({ maxLength: 200, unit: codePoint }),
  fc.array(word, { maxLength: 25 }).map((words) => words.join(' ').slice(0, 200)),
  fc.array(word, { maxLength: 25 }).map((words) => words.join('').slice(0, 200)),
);

void test('no text makes the compiler or the evaluator throw, and every mistake has a place within the text', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('bool' as const, 'any' as const), (source, expected) => {
      const result = compileExpression(source, ENVIRONMENT, expected);
      if ('expression' in result) {
        result.expression.evaluate(STOCK);
        result.expression.evaluate(new Map());
        return;
      }
      const { start, end, message, help = '' } = result.problem;
      assert.ok(0 <= start && start <= end && end <= Math.max(1, source.length), `${start}-${end} of ${source.length}`);
      assert.doesNotMatch(message + help, /\[object|undefined|function \(/);
    }),
    { numRuns: 5000 },
  );
});

void test('no text makes a template throw', () => {
  fc.assert(
    fc.property(anyText, (source) => {
      const result = compileTemplate(source, ENVIRONMENT);
      if ('template' in result) assert.doesNotMatch(result.template.render(STOCK).text, /\p{Cc}/u);
    }),
    { numRuns: 3000 },
  );
});
