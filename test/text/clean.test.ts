import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { clean, cleanInPlace } from '../../src/text/clean.js';
import { codePoint } from '../support/code-point.js';

const shown: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['ümläut 名前 🚀', 'ümläut 名前 🚀'],
  ['two\nlines\r\n\tand a tab', 'two\\nlines\\r\\n\\tand a tab'],
  ['\u001b[31mred', '\\x1b[31mred'],
  ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
  ['abc\u202edcb', 'abc\\u202edcb'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\ud800x', '\\ud800x'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['\u3164\u115f', '\\u3164\\u115f'],
];
for (const [text, expected] of shown)
  void test(`clean shows ${JSON.stringify(text)}`, () => assert.equal(clean(text), expected));

const cuts: readonly (readonly [string, number, string])[] = [
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['abcdef', 1, '…'],
  ['abcdef', 0, ''],
  ['🚀🚀', 3, '🚀…'],
  ['ab\u001b', 5, 'ab…'],
  ['ab\u001b', 6, 'ab\\x1b'],
];
for (const [text, maxLength, expected] of cuts)
  void test(`clean cuts ${JSON.stringify(text)} at ${maxLength}`, () => assert.equal(clean(text, maxLength), expected));

const unicode = fc.string({ unit: codePoint });
const anyText = fc.oneof(
  unicode,
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

void test('clean leaves no control, format or surrogate character, in any text', () =>
  fc.assert(fc.property(anyText, (text) => !UNSAFE.test(clean(text)))));
void test('clean never gives more than it may', () =>
  fc.assert(
    fc.property(
      anyText,
      fc.nat(40),
      (text, most) => clean(text, most).length <= most && !UNSAFE.test(clean(text, most)),
    ),
  ));
void test('cleanInPlace keeps every column', () =>
  fc.assert(
    fc.property(anyText, (text) => cleanInPlace(text).length === text.length && !UNSAFE.test(cleanInPlace(text))),
  ));
void test('a megabyte of controls is cut without being written out first', () =>
  assert.equal(clean('\u001b'.repeat(1 << 20), 10), '\\x1b\\x1b…'));
