import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { newRunId } from '../../src/run/header.js';

const SECOND = Date.parse('2026-03-01T12:00:00Z');

void test('of two runs that begin in one second the later one has the greater id', () => {
  fc.assert(
    fc.property(fc.nat(998), fc.nat(998), (a, b) => {
      const [first, later] = [Math.min(a, b), Math.max(a, b) + 1];
      assert.ok(newRunId(SECOND + first) < newRunId(SECOND + later), `${first} and ${later} ms`);
    }),
  );
});

void test('an id is 16 hexadecimal digits, and no two are the same', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => newRunId(SECOND + (index % 2 === 0 ? 0 : 999)));
  for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/u);
  assert.equal(new Set(ids).size, ids.length);
});
