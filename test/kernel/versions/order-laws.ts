import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { Order, VersionScheme } from '../../../src/kernel/versions/order.js';

function flipped(order: Order): Order {
  return order === undefined ? undefined : order === 0 ? 0 : order === 1 ? -1 : 1;
}

/** The laws of an order, partial where versions may not be comparable, for versions that `arbitrary` makes. */
export function obeysTheLaws(
  name: string,
  { parse, compare }: VersionScheme<unknown>,
  arbitrary: fc.Arbitrary<string>,
): void {
  void test(`${name}: what is made for these laws parses`, () => {
    const made = fc.sample(arbitrary, { numRuns: 500, seed: 7 });
    const parsed = made.filter((version) => parse(version) !== undefined);
    assert.ok(parsed.length > made.length / 2, `${parsed.length} of ${made.length} parse`);
  });
  void test(`${name}: a version equals itself exactly when it parses`, () => {
    fc.assert(fc.property(arbitrary, (a) => compare(a, a) === (parse(a) === undefined ? undefined : 0)));
  });
  void test(`${name}: antisymmetric`, () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => compare(a, b) === flipped(compare(b, a))),
      { numRuns: 2000 },
    );
  });
  void test(`${name}: transitive`, () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
        const [ab, bc] = [compare(a, b), compare(b, c)];
        if (ab === undefined || bc === undefined || ab === 1 || bc === 1) return true;
        return compare(a, c) === (ab === 0 && bc === 0 ? 0 : -1);
      }),
      { numRuns: 5000 },
    );
  });
  void test(`${name}: what does not parse is never equal and never greater`, () => {
    fc.assert(
      fc.property(
        fc.string(),
        arbitrary,
        (junk, version) =>
          parse(junk) !== undefined || (compare(junk, version) === undefined && compare(version, junk) === undefined),
      ),
    );
  });
}

/** Each of `versions` is below all that follow it. */
export function ascend(name: string, { compare }: VersionScheme<unknown>, versions: readonly string[]): void {
  void test(`${name}: ${versions.join(' < ')}`, () => {
    for (const [i, a] of versions.entries())
      for (const [j, b] of versions.entries()) assert.equal(compare(a, b), Math.sign(i - j), `${a} vs ${b}`);
  });
}
