import assert from 'node:assert/strict';
import test from 'node:test';
import { fnv1a64 } from '../../src/text/fnv1a.js';

/** http://www.isthe.com/chongo/src/fnv/test_fnv.c, FNV-1a 64 bit, without the zero byte at the end. */
const vectors: readonly (readonly [string, string])[] = [
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
];

for (const [text, hash] of vectors) test(JSON.stringify(text), () => assert.equal(fnv1a64(text), hash));
