import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, known, unreadable } from '../../src/model/reading.js';
import type { Evidence } from '../../src/model/verdict.js';
import { evidenceText } from '../../src/verdict/evidence-text.js';

const NONE = new Set<string>();
function evidence(value: Evidence['reading'], other: Evidence['reading'] = known(5, '5\n')): readonly Evidence[] {
  return [
    { fact: 'b', reading: value },
    { fact: 'a', reading: other },
  ];
}

test('facts in order, with what was found and nothing of how', () => {
  assert.equal(evidenceText(evidence(known(1, '1\n')), NONE), '[["a","known",5],["b","known",1]]');
  assert.equal(
    evidenceText(evidence(absent('no such file'), unreadable('denied', 'EACCES')), NONE),
    '[["a","unreadable","denied"],["b","absent"]]',
  );
});

const same: readonly (readonly [name: string, one: Evidence['reading'], other: Evidence['reading']])[] = [
  ['other bytes', known(1, '1\n'), known(1, '0x1')],
  ['another witness', absent('x'), absent('y')],
  ['other details', unreadable('denied', 'x'), unreadable('denied', 'y')],
  ['a map in another order', known({ a: '1', b: '2' }, ''), known({ b: '2', a: '1' }, '')],
];
for (const [name, one, other] of same)
  test(`${name} is the same fact`, () =>
    assert.equal(evidenceText(evidence(one), NONE), evidenceText(evidence(other), NONE)));

const different: readonly (readonly [name: string, one: Evidence['reading'], other: Evidence['reading']])[] = [
  ['another value', known(1, '1'), known(2, '1')],
  ['a text and a number', known(1, '1'), known('1', '1')],
  ['absent and unreadable', absent('x'), unreadable('denied', 'x')],
  ['another cause', unreadable('denied', 'x'), unreadable('timed-out', 'x')],
  ['a list in another order', known(['a', 'b'], ''), known(['b', 'a'], '')],
];
for (const [name, one, other] of different)
  test(`${name} is another fact`, () =>
    assert.notEqual(evidenceText(evidence(one), NONE), evidenceText(evidence(other), NONE)));

test('the order and repetitions of evidence do not matter', () => {
  const all = evidence(known(1, '1'));
  assert.equal(evidenceText([...all].reverse(), NONE), evidenceText([...all, ...all], NONE));
});

test('the day and what is counted from it do not matter; where nothing else was read there is nothing to bind to', () => {
  assert.equal(evidenceText(evidence(known(1, '1')), new Set(['b'])), '[["a","known",5]]');
  assert.equal(evidenceText(evidence(known(1, '1')), new Set(['a', 'b'])), undefined);
  assert.equal(evidenceText([], NONE), undefined);
});
