import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { codePoint } from '../support/code-point.js';

function at(line: number, column: number, file = 'inventory.yaml') {
  return { file, line, column };
}
const DIAGNOSTICS: readonly Diagnostic[] = [
  { code: 'x/last', severity: 'warning', message: 'comes last', at: at(2, 1, 'z.yaml') },
  {
    code: 'x/third',
    severity: 'error',
    message: 'third',
    at: at(12, 9),
    excerpt: '  port: 99999',
    length: 5,
    help: 'a way out',
  },
  { code: 'x/second', severity: 'error', message: 'second', at: at(12, 3), excerpt: '  port: 99999', length: 4 },
  { code: 'x/first', severity: 'error', message: 'no place, so first' },
  {
    code: 'x/wide',
    severity: 'error',
    message: 'wide characters and a mark',
    at: at(20, 11),
    excerpt: 'a: 名前 e\u0301: bad',
    length: 3,
  },
  {
    code: 'x/long',
    severity: 'error',
    message: 'a long line',
    at: at(21, 301),
    excerpt: `${'x'.repeat(300)}here${'y'.repeat(300)}`,
    length: 4,
  },
  {
    code: 'x/hostile',
    severity: 'error',
    message: 'escape \u001b[31m',
    at: at(22, 3),
    excerpt: 'a\t\u202eb',
    length: 1,
    help: 'also \u0007 here',
  },
  { code: 'x/past', severity: 'error', message: 'past the end', at: at(23, 4), excerpt: 'abc', length: 9 },
];

function matchesGolden(name: string, text: string): void {
  const path = join(process.cwd(), 'test', 'text', 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}

void test('rendered without colour', () =>
  matchesGolden('diagnostics.txt', renderDiagnostics(DIAGNOSTICS, { colour: false })));
void test('rendered with colour', () =>
  matchesGolden('diagnostics-colour.txt', renderDiagnostics(DIAGNOSTICS, { colour: true })));
void test('nothing to say', () => assert.equal(renderDiagnostics([], { colour: true }), ''));

void test('the order of the diagnostics does not matter', () =>
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...DIAGNOSTICS], { minLength: DIAGNOSTICS.length }),
      (shuffled) =>
        renderDiagnostics(shuffled, { colour: false }) === renderDiagnostics(DIAGNOSTICS, { colour: false }),
    ),
  ));

function many(count: number): readonly Diagnostic[] {
  return Array.from(
    { length: count },
    (_, index) =>
      ({
        code: 'x/many',
        severity: 'error',
        message: `number ${index}`,
        at: at(2 * index + 1, 1),
        help: 'a way out',
      }) as const,
  );
}
function titles(diagnostics: readonly Diagnostic[]): readonly string[] {
  return renderDiagnostics(diagnostics, { colour: false })
    .split('\n')
    .filter((line) => / error: /.test(line));
}

void test('of many of one kind in one file, the first are told whole and of the others the lines', () => {
  const told = titles([
    ...many(10_000),
    { code: 'x/other', severity: 'error', message: 'another kind', at: at(30_000, 1) },
  ]);
  assert.equal(told.length, 22);
  assert.equal(told[19], 'inventory.yaml:39:1: error: number 19 [x/many]');
  assert.equal(
    told[20],
    'inventory.yaml: error: and 9980 more of this kind, in lines 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63 and 9968 more [x/many]',
  );
  assert.equal(told[21], 'inventory.yaml:30000:1: error: another kind [x/other]');
});

void test('lines one after the other are one range', () => {
  const told = titles(many(30).map((one, index) => ({ ...one, at: at(index === 29 ? 100 : index + 1, 1) })));
  assert.equal(told.at(-1), 'inventory.yaml: error: and 10 more of this kind, in lines 21-29, 100 [x/many]');
});

void test('twenty-one are told whole, and so is the same in two files', () => {
  assert.equal(titles(many(21)).length, 21);
  assert.equal(
    titles(many(40).map((one, index) => ({ ...one, at: at(index, 1, index % 2 === 0 ? 'a.yaml' : 'b.yaml') }))).length,
    40,
  );
});

const hostile = fc.string({ unit: codePoint });
void test('nothing but line breaks is a control character, whatever a diagnostic holds', () =>
  fc.assert(
    fc.property(
      hostile,
      hostile,
      hostile,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 500 }),
      (message, excerpt, help, column, length) => {
        const text = renderDiagnostics(
          [{ code: 'x/y', severity: 'error', message, excerpt, help, at: { file: message, line: 1, column }, length }],
          { colour: false },
        );
        return !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text.replaceAll('\n', ''));
      },
    ),
  ));
