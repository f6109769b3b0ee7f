import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from '../../../src/run/schedule/turns.js';

/** A clock that goes on only by what is computed. */
function computing(): { readonly now: () => number; readonly compute: (ms: number) => void } {
  let at = 0;
  return { now: () => at, compute: (ms) => (at += ms) };
}

void test('who computes little goes on at once', async () => {
  const { now, compute } = computing();
  const myTurn = createTurns(now);
  let turns = 0;
  const count = setImmediate(() => (turns += 1));
  for (let host = 0; host < 10; host += 1) {
    await myTurn();
    compute(1);
  }
  clearImmediate(count);
  assert.equal(turns, 0);
});

void test('many that compute for long go on in the order in which they asked, and others have their turn between', async () => {
  const { now, compute } = computing();
  const myTurn = createTurns(now);
  const order: string[] = [];
  const host = async (name: string): Promise<void> => {
    await myTurn();
    compute(50);
    order.push(name);
  };
  const names = ['a', 'b', 'c', 'd'];
  const all = Promise.all(names.map(host));
  for (let turn = 0; turn < names.length; turn += 1) {
    await nextTurn();
    order.push('other');
  }
  await all;
  assert.deepEqual(
    order.filter((name) => name !== 'other'),
    names,
  );
  for (const name of names.slice(1)) assert.equal(order[order.indexOf(name) - 1], 'other', order.join(' '));
});
