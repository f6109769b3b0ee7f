import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '../../../src/model/reading.js';
import type { UndecidedReason } from '../../../src/policy/cel/value.js';
import { compiled, DENIED, GONE, readingsWith, value } from '../../support/policies.js';

/** T true, F false, U unreadable, A absent, E a fault (1 / 0). Two letters: both doubts are on record. */
type Truth = 'T' | 'F' | 'U' | 'A' | 'E' | 'UA' | 'AU' | 'UE' | 'EU' | 'AE' | 'EA';

const STATES = ['T', 'F', 'U', 'A', 'E'] as const;
type State = (typeof STATES)[number];

/** Kleene's strong logic, written out; rows are the left operand in the order of STATES, columns the right. */
const AND: Readonly<Record<State, readonly Truth[]>> = {
  T: ['T', 'F', 'U', 'A', 'E'],
  F: ['F', 'F', 'F', 'F', 'F'],
  U: ['U', 'F', 'U', 'UA', 'UE'],
  A: ['A', 'F', 'AU', 'A', 'AE'],
  E: ['E', 'F', 'EU', 'EA', 'E'],
};
const OR: Readonly<Record<State, readonly Truth[]>> = {
  T: ['T', 'T', 'T', 'T', 'T'],
  F: ['T', 'F', 'U', 'A', 'E'],
  U: ['T', 'U', 'U', 'UA', 'UE'],
  A: ['T', 'A', 'AU', 'A', 'AE'],
  E: ['T', 'E', 'EU', 'EA', 'E'],
};
/** Equality, and every operator but && and ||, needs both operands. */
const EQUAL: Readonly<Record<State, readonly Truth[]>> = {
  T: ['T', 'F', 'U', 'A', 'E'],
  F: ['F', 'T', 'U', 'A', 'E'],
  U: ['U', 'U', 'U', 'UA', 'UE'],
  A: ['A', 'A', 'AU', 'A', 'AE'],
  E: ['E', 'E', 'EU', 'EA', 'E'],
};
const NOT: Readonly<Record<State, Truth>> = { T: 'F', F: 'T', U: 'U', A: 'A', E: 'E' };

const READING: Readonly<Record<State, Reading>> = { T: value(0), F: value(1), U: DENIED, A: GONE, E: value(2) };

/** `operand` is true where the fact is 0, false where it is 1, and divides by zero where it is 2. */
function operand(fact: string): string {
  return `(${fact} == 2 ? 1 / 0 == 0 : ${fact} == 0)`;
}
const LEFT = 'sysctl.kernel.panic';
const RIGHT = 'sysctl.kernel.hung_task_timeout_secs';

const LETTER: Readonly<Record<UndecidedReason['kind'], string>> = { unreadable: 'U', absent: 'A', fault: 'E' };

function truthOf(source: string, left: State, right: State): string {
  const outcome = compiled(source, 'bool').evaluate(readingsWith({ [LEFT]: READING[left], [RIGHT]: READING[right] }));
  if (outcome.decided) return outcome.value === true ? 'T' : 'F';
  return [...new Set(outcome.doubts.map(({ kind }) => LETTER[kind]))].join('');
}

for (const left of STATES) {
  void test(`not ${left}`, () => assert.equal(truthOf(`!${operand(LEFT)}`, left, 'T'), NOT[left]));
  for (const [index, right] of STATES.entries()) {
    void test(`${left} and ${right}`, () =>
      assert.equal(truthOf(`${operand(LEFT)} && ${operand(RIGHT)}`, left, right), AND[left][index]));
    void test(`${left} or ${right}`, () =>
      assert.equal(truthOf(`${operand(LEFT)} || ${operand(RIGHT)}`, left, right), OR[left][index]));
    void test(`${left} == ${right}`, () =>
      assert.equal(truthOf(`${operand(LEFT)} == ${operand(RIGHT)}`, left, right), EQUAL[left][index]));
    // A condition that is in doubt leaves the whole in doubt; the branch that was not chosen is not read.
    void test(`${left} ? ${right} : false`, () =>
      assert.equal(
        truthOf(`${operand(LEFT)} ? ${operand(RIGHT)} : false`, left, right),
        { T: right, F: 'F', U: 'U', A: 'A', E: 'E' }[left],
      ));
    void test(`exists and all absorb as or and and: ${left} ${right}`, () => {
      const items = `[0, 1]`;
      const each = `(i == 0 ? ${operand(LEFT)} : ${operand(RIGHT)})`;
      assert.equal(truthOf(`${items}.exists(i, ${each})`, left, right), OR[left][index]);
      assert.equal(truthOf(`${items}.all(i, ${each})`, left, right), AND[left][index]);
    });
  }
}

const HAS: Readonly<Record<State, Truth>> = { T: 'T', F: 'T', U: 'U', A: 'F', E: 'T' };
for (const state of STATES)
  void test(`has() of ${state}`, () => assert.equal(truthOf(`has(${LEFT})`, state, 'T'), HAS[state]));
