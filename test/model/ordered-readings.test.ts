import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factOrder, orderedReadings, orderOf, readingList, withFurther } from '../../src/model/ordered-readings.js';
import { known, type FactId, type Reading, type Readings } from '../../src/model/reading.js';

const id = fc.constantFrom('a', 'b', 'c', '7', '__proto__', 'constructor');
const readings: fc.Arbitrary<ReadonlyMap<FactId, Reading>> = fc
  .array(fc.tuple(id, fc.integer()))
  .map((pairs) => new Map(pairs.map(([fact, value]) => [fact, known(value, String(value))])));

function ordered(map: Readings): Readings {
  return orderedReadings(factOrder([...map.keys()]), [...map.values()]);
}

test('readings in an order say what a map of them says', () => {
  fc.assert(
    fc.property(readings, id, (map, asked) => {
      const same = ordered(map);
      assert.equal(same.size, map.size);
      assert.equal(same.get(asked), map.get(asked));
      assert.equal(same.has(asked), map.has(asked));
      assert.deepEqual([...same], [...map]);
      assert.deepEqual([...same.keys()], [...map.keys()]);
      assert.deepEqual([...same.values()], [...map.values()]);
      assert.deepEqual([...same.entries()], [...map.entries()]);
      assert.deepEqual(new Map(same), map);
      const seen: unknown[] = [];
      same.forEach((reading, fact, all) => seen.push([fact, reading, all === same]));
      assert.deepEqual(
        seen,
        [...map].map((entry) => [...entry, true]),
      );
    }),
  );
});

test('what is added stands as it would in a map', () => {
  fc.assert(
    fc.property(fc.tuple(readings, readings), fc.boolean(), fc.boolean(), ([first, further], isFirst, isFurther) => {
      const before = [...first];
      const both = withFurther(isFirst ? ordered(first) : first, isFurther ? ordered(further) : further);
      assert.deepEqual([...both], [...new Map([...first, ...further])]);
      assert.deepEqual([...first], before);
    }),
  );
});

function of(...ids: readonly FactId[]): Readings {
  return new Map(ids.map((fact) => [fact, known(fact, fact)]));
}

test('hosts with the same facts in the same order have one order, and others have others', () => {
  const order = orderOf(of('a', 'b'));
  assert.equal(orderOf(of('a', 'b')), order);
  assert.notEqual(orderOf(of('b', 'a')), order);
  assert.notEqual(orderOf(of('a')), order);
  assert.notEqual(orderOf(of('a', 'c')), order);
  assert.equal(orderOf(withFurther(of('a'), of('b'))), orderOf(withFurther(of('a'), of('b'))));
  assert.deepEqual(readingList(of('a', 'b')), [known('a', 'a'), known('b', 'b')]);
});
