import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoizePerHost } from '../../src/facts/memoize-per-host.js';

void test('what is made of a host is made once, as it is and after its next boot, and again when others came between', () => {
  const asked: string[] = [];
  const of = memoizePerHost(({ name }: { readonly name: string }) => {
    asked.push(name);
    return { name };
  });
  const [now, then, other] = [{ name: 'now' }, { name: 'then' }, { name: 'other' }];
  const made = of(now);
  for (const host of [now, then, now, then, then, now]) assert.equal(of(host).name, host.name);
  assert.equal(of(now), made);
  assert.deepEqual(asked, ['now', 'then']);
  for (const host of [other, now, then]) assert.equal(of(host).name, host.name);
  assert.deepEqual(asked, ['now', 'then', 'other', 'then']);
});

void test('what is made while another is made is kept too', () => {
  const asked: number[] = [];
  const hosts = [0, 1, 2, 3].map((number) => ({ number }));
  const of: (host: { readonly number: number }) => number = memoizePerHost(({ number }) => {
    asked.push(number);
    const before = hosts[number - 1];
    return before === undefined ? 1 : 1 + of(before);
  });
  assert.equal(of(hosts[3] ?? assert.fail()), 4);
  assert.equal(of(hosts[3] ?? assert.fail()), 4);
  assert.deepEqual(asked, [3, 2, 1, 0]);
});
