import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defined } from '../../src/language/defined.js';

void test('leaves out what is undefined and nothing else, in order', () => {
  const fields = { b: 1, a: undefined, d: null, c: '', e: false };
  assert.equal(JSON.stringify(defined(fields)), '{"b":1,"d":null,"c":"","e":false}');
  assert.deepEqual(Object.keys(defined({ a: undefined })), []);
});

void test('is of the type with optional fields', () => {
  const port: number | undefined = [22].at(1);
  const target: { name: string; port?: number } = { name: 'a', ...defined({ port }) };
  assert.ok(!('port' in target));
});
