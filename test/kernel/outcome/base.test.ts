import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { baseAtLeast, kernelBase } from '../../../src/kernel/kernel-base.js';
import { codePoint } from '../../support/code-point.js';

for (const [release, version, el7] of [
  ['6.1.0-51-amd64', '6.1.0', undefined],
  ['3.10.0-1160.119.1.el7.x86_64', '3.10.0', 1160],
  ['3.10.0-514.el7.x86_64', '3.10.0', 514],
  ['3.10.0-1160.el7', '3.10.0', 1160],
  ['3.10.0-1160.el7.centos.plus.x86_64', '3.10.0', 1160],
  ['4.14.35-1902.300.11.el7uek.x86_64', '4.14.35', undefined],
  ['5.4.17-2136.338.4.1.el7.x86_64', '5.4.17', undefined],
  ['4.18.0-553.el8_10.x86_64', '4.18.0', undefined],
  ['6.19', '6.19.0', undefined],
  ['6.12-rc3', '6.12.0', undefined],
  ['5.10.25-linuxkit', '5.10.25', undefined],
  ['4.9.319+', '4.9.319', undefined],
  ['2.6.32.59-0.7-default', '2.6.32', undefined],
] as const)
  void test(`${release} stands on ${version}${el7 === undefined ? '' : `, RHEL 7 build ${el7}`}`, () => {
    const base = kernelBase(release);
    assert.deepEqual([base?.version.join('.'), base?.el7], [version, el7]);
  });

for (const release of ['', 'weird', '6', 'v6.1.0', '-6.1', '6.x', '99999.1'])
  void test(`${JSON.stringify(release)} cannot be placed`, () => assert.equal(kernelBase(release), undefined));

void test('at least is the order of the numbers', () => {
  const number = fc.nat({ max: 20 });
  fc.assert(
    fc.property(number, number, number, number, number, number, (a, b, c, x, y, z) => {
      const base = kernelBase(`${a}.${b}.${c}-suffix`);
      assert.ok(base !== undefined);
      assert.equal(baseAtLeast(base, x, y, z), a * 10_000 + b * 100 + c >= x * 10_000 + y * 100 + z);
    }),
  );
});

void test('whatever uname says, nothing throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), (release) =>
      assert.ok(kernelBase(release)?.version.every(Number.isSafeInteger) ?? true),
    ),
  );
});
