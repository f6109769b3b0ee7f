import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoize } from '../../src/language/memoize.js';

void test('computes once for each key, and keeps undefined as well', () => {
  const computed: unknown[] = [];
  const length = memoize((text: string | undefined) => {
    computed.push(text);
    return text?.length;
  });
  assert.deepEqual(
    ['a', 'bb', 'a', undefined, undefined].map((text) => length(text)),
    [1, 2, 1, undefined, undefined],
  );
  assert.deepEqual(computed, ['a', 'bb', undefined]);
});

void test('tells objects and functions apart by identity', () => {
  const wrap = memoize((inner: object) => ({ inner }));
  const [one, other] = [{}, {}];
  assert.equal(wrap(one), wrap(one));
  assert.notEqual(wrap(one), wrap(other));
  assert.equal(wrap(wrap), wrap(wrap));
});

void test('takes what arguments have in common for the key', () => {
  const first = memoize((words: readonly string[]) => words, JSON.stringify);
  assert.equal(first(['a']), first(['a']));
  assert.notEqual(first(['a']), first(['b']));
});

void test('without an argument there is one value', () => {
  let computed = 0;
  const next = memoize(() => ++computed);
  assert.deepEqual([next(), next()], [1, 1]);
});

void test('a call that throws keeps nothing', () => {
  let calls = 0;
  const second = memoize(() => {
    calls += 1;
    if (calls === 1) throw new Error('not yet');
    return calls;
  });
  assert.throws(second, /not yet/);
  assert.deepEqual([second(), second()], [2, 2]);
});
