import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

const at = (line: number, column: number, file = 'inventory.yaml') => ({ file, line, column });
const DIAGNOSTICS: readonly Diagnostic[] = [
  { code: 'x/last', severity: 'warning', message: 'comes last', at: at(2, 1, 'z.yaml') },
  { code: 'x/third', severity: 'error', message: 'third', at: at(12, 9), excerpt: '  port: 99999', length: 5, help: 'a way out' },
  { code: 'x/second', severity: 'error', message: 'second', at: at(12, 3), excerpt: '  port: 99999', length: 4 },
  { code: 'x/first', severity: 'error', message: 'no place, so first' },
  { code: 'x/wide', severity: 'error', message: 'wide characters and a mark', at: at(20, 11), excerpt: 'a: 名前 e\u0301: bad', length: 3 },
  { code: 'x/long', severity: 'error', message: 'a long line', at: at(21, 301), excerpt: `${'x'.repeat(300)}here${'y'.repeat(300)}`, length: 4 },
  { code: 'x/hostile', severity: 'error', message: 'escape \u001b[31m', at: at(22, 3), excerpt: 'a\t\u202eb', length: 1, help: 'also \u0007 here' },
  { code: 'x/past', severity: 'error', message: 'past the end', at: at(23, 4), excerpt: 'abc', length: 9 },
];

const matchesGolden = (name: string, text: string): void => {
  const path = join(process.cwd(), 'test', 'text', 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
};

void test('rendered without colour', () => matchesGolden('diagnostics.txt', renderDiagnostics(DIAGNOSTICS, { colour: false })));
void test('rendered with colour', () => matchesGolden('diagnostics-colour.txt', renderDiagnostics(DIAGNOSTICS, { colour: true })));
void test('nothing to say', () => assert.equal(renderDiagnostics([], { colour: true }), ''));

void test('the order of the diagnostics does not matter', () =>
  fc.assert(fc.property(fc.shuffledSubarray([...DIAGNOSTICS], { minLength: DIAGNOSTICS.length }), (shuffled) => renderDiagnostics(shuffled, { colour: false }) === renderDiagnostics(DIAGNOSTICS, { colour: false }))));

const hostile = fc.string({ unit: 'binary' });
void test('nothing but line breaks is a control character, whatever a diagnostic holds', () =>
  fc.assert(
    fc.property(hostile, hostile, hostile, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 500 }), (message, excerpt, help, column, length) => {
      const text = renderDiagnostics([{ code: 'x/y', severity: 'error', message, excerpt, help, at: { file: message, line: 1, column }, length }], { colour: false });
      return !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text.replaceAll('\n', ''));
    }),
  ));
