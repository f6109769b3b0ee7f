import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { editDistance, nearOr, suggest } from '../../src/text/suggest.js';

const NAMES = [
  'hosts',
  'groups',
  'defaults',
  'port',
  'user',
  'identityFile',
  'sysctl.kernel.hung_task_panic',
  'sysctl.kernel.panic',
  'stay-up',
];
const cases: readonly (readonly [string, string | undefined])[] = [
  ['host', 'hosts'],
  ['prot', 'port'],
  ['usre', 'user'],
  ['identityfile', 'identityFile'],
  ['identity_file', 'identityFile'],
  ['stayup', 'stay-up'],
  ['hung_task_panic', 'sysctl.kernel.hung_task_panic'],
  ['sysctl.kernel.hung_task_panik', 'sysctl.kernel.hung_task_panic'],
  ['labels', undefined],
  ['xy', undefined],
  ['q', undefined],
  ['', undefined],
  ['x'.repeat(5000), undefined],
];
for (const [name, expected] of cases)
  void test(`suggest for ${name.slice(0, 40)}`, () => assert.equal(suggest(name, NAMES), expected));

void test('the first of equally near names', () => assert.equal(suggest('web3', ['web1', 'web2']), 'web1'));
void test('the nearest wins over the first', () =>
  assert.equal(suggest('web-02', ['web-2', 'web-01', 'web-022']), 'web-2'));

void test('where nothing is near, that is not called what was meant', () => {
  assert.equal(nearOr('prot', NAMES, 'the names are …'), 'did you mean port?');
  assert.equal(nearOr('earthquake', NAMES, 'the names are …'), 'the names are …');
});

const word = fc.string({ maxLength: 12 });
void test('editDistance is symmetric, and 0 exactly for the same word', () =>
  fc.assert(
    fc.property(
      word,
      word,
      (a, b) => editDistance(a, b, 20) === editDistance(b, a, 20) && (editDistance(a, b, 20) === 0) === (a === b),
    ),
  ));
void test('one more letter is one more at most', () =>
  fc.assert(
    fc.property(word, fc.string({ minLength: 1, maxLength: 1 }), (a, letter) => editDistance(a, a + letter, 5) === 1),
  ));
