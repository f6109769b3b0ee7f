import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { memoizeByReadings } from '../../src/facts/memoize-by-readings.js';
import { derive, deriveWhenAsked } from '../../src/kernel/derive-facts.js';
import type { DerivedFact } from '../../src/model/fact.js';
import { readerOf } from '../../src/model/ordered-readings.js';
import { known, notCollected, type Reading, type ReadFact } from '../../src/model/reading.js';
import { DERIVED, recordedHost } from '../support/shipped-policies.js';

const HOSTS = readdirSync('policies/hosts').flatMap((name) =>
  name.endsWith('.probe') ? [basename(name, '.probe')] : [],
);

for (const name of HOSTS)
  void test(`each fact of ${name} is the same, whichever is asked for first`, () => {
    const readings = recordedHost(name);
    assert.ok(readings !== undefined);
    const all = derive(readings, DERIVED);
    const asked = deriveWhenAsked(readings, DERIVED);
    for (const { id } of DERIVED.toReversed()) assert.deepEqual(asked.get(id), all.get(id), id);
    for (const [id, reading] of readings) assert.equal(asked.get(id), reading);
    assert.equal(asked.get('no.such.fact'), undefined);
  });

// What is remembered of a host by its reader while facts are derived is found by who judges it: nobody may have read a fact before its turn.
void test('no derived fact reads one that is derived after it', () => {
  for (const name of HOSTS) {
    const readings = recordedHost(name);
    assert.ok(readings !== undefined);
    const early: string[] = [];
    const pending = new Set(DERIVED.map(({ id }) => id));
    const watched = DERIVED.map((fact) => ({
      ...fact,
      derive: (read: ReadFact): Reading => {
        const reading = fact.derive((id) => {
          if (pending.has(id)) early.push(`${fact.id} reads ${id}`);
          return read(id);
        });
        pending.delete(fact.id);
        return reading;
      },
    }));
    derive(readings, watched);
    assert.deepEqual(early, [], name);
    for (const [at, { id, inputs }] of DERIVED.entries())
      assert.deepEqual(
        DERIVED.slice(at).flatMap((later) => (inputs.includes(later.id) ? [`${id} is made from ${later.id}`] : [])),
        [],
      );
  }
});

function made(id: string, inputs: readonly string[], derive: DerivedFact['derive']): DerivedFact {
  const [like] = DERIVED;
  assert.ok(like !== undefined);
  return { ...like, id, inputs, derive };
}

void test('of a host whose saved readings hold a derived fact of an older version, nothing is remembered by that', () => {
  const valueOf = memoizeByReadings(['x'], (read: ReadFact) => ({ reading: read('x') }));
  const derived = [
    made('before', ['x'], (read) => valueOf(read).reading),
    made('x', [], () => known(2, '2')),
    made('after', ['x'], (read) => read('x')),
  ];
  const readings = derive(new Map([['x', known(1, '1')]]), derived);
  assert.deepEqual(readings.get('before'), known(1, '1'));
  assert.deepEqual(readings.get('after'), known(2, '2'));
  assert.deepEqual(valueOf(readerOf(readings)).reading, known(2, '2'));
});

void test('a reader is the same for the same readings, and says of what they do not hold that it was not asked for', () => {
  const readings = derive(new Map([['x', known(1, '1')]]), []);
  assert.equal(readerOf(readings), readerOf(readings));
  assert.deepEqual(derive(new Map([['x', known(1, '1')]]), []), readings);
  assert.deepEqual(readerOf(readings)('x'), known(1, '1'));
  assert.equal(readerOf(readings)('y'), notCollected('y'));
});
