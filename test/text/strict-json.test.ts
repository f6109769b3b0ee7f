import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStrictJson } from '../../src/text/strict-json.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';

test('what has no key twice is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, space) => {
      const laidOut = JSON.stringify(JSON.parse(text), undefined, space);
      assert.deepEqual(parseStrictJson(laidOut), JSON.parse(laidOut));
    }),
  );
  const odd = String.raw`{"a\\":{"\"":": \\\" "},"__proto__":{"b" : 1},"constructor":[{"b":2},{"b":3}],"":"{\"x\":1,\"x\":2}"}`;
  assert.deepEqual(parseStrictJson(odd), JSON.parse(odd));
});

test('a key that stands twice in one object is refused with its place, however it is written', () => {
  const cases: Readonly<Record<string, RegExp>> = {
    '{"result":"fail","result":"pass"}': /"result" stands twice in one object at position 17$/u,
    '[{"a":{"b":1,"c":2,"b" :3}}]': /"b" stands twice in one object at position 19$/u,
    [String.raw`{"a":1,"\u0061":2}`]: /"a" stands twice in one object at position 7$/u,
    '{"__proto__":1,"__proto__":2}': /"__proto__" stands twice/u,
  };
  for (const [text, words] of Object.entries(cases)) assert.throws(() => parseStrictJson(text), words, text);
});

test('nesting and backslashes of millions take time as their length does', () => {
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  const slashes = `["${'\\\\'.repeat(2_000_000)}"]`;
  const quotes = `["${String.raw`\"`.repeat(2_000_000)}"]`;
  for (const text of [deep, slashes, quotes])
    assertComputed(
      cpuMsOf(() => parseStrictJson(text)),
      5000,
    );
});
