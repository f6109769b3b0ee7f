import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBatches, type BatchSize } from '../../../src/run/schedule/batches.js';

const ten = Array.from({ length: 10 }, (_, index) => index);

const rows: readonly (readonly [what: string, sizes: readonly BatchSize[], batches: readonly number[]])[] = [
  ['no size: one batch', [], [10]],
  ['four at a time, the rest last', [{ hosts: 4 }], [4, 4, 2]],
  ['more than there are', [{ hosts: 40 }], [10]],
  ['a third, rounded down', [{ percent: 33 }], [3, 3, 3, 1]],
  ['a share of nothing is one host', [{ percent: 1 }], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['one first, then half, and half again', [{ hosts: 1 }, { percent: 50 }], [1, 5, 4]],
  ['all', [{ percent: 100 }], [10]],
];
for (const [what, sizes, batches] of rows)
  test(what, () =>
    assert.deepEqual(
      [...toBatches(ten, sizes)].map(({ length }) => length),
      batches,
    ),
  );

test('every item stands in one batch, in order', () => {
  const size = fc.oneof(
    fc.record({ hosts: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.array(size, { maxLength: 4 }), (all, sizes) => {
      const items = Array.from({ length: all }, (_, index) => index);
      assert.deepEqual([...toBatches(items, sizes)].flat(), items);
    }),
  );
});
