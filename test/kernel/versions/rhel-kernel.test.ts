import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { compareRhel, parseRhel, RHEL_KERNEL } from '../../../src/kernel/versions/rhel-kernel.js';
import { ascend, obeysTheLaws } from './order-laws.js';

const few = fc.integer({ min: 0, max: 3 });
const version = fc
  .tuple(
    fc.constantFrom('3.10.0', '4.18.0'),
    fc.constantFrom(514, 1062, 1127, 1160),
    fc.array(few, { maxLength: 3 }),
    fc.constantFrom('el7', 'el7', 'el8', 'el8_2', 'el7a'),
  )
  .map(([base, build, z, el]) => `${[`${base}-${build}`, ...z].join('.')}.${el}`);

ascend('rhel-kernel', RHEL_KERNEL, [
  '3.10.0-514.el7',
  '3.10.0-1127.el7',
  '3.10.0-1160.el7',
  '3.10.0-1160.6.1.el7',
  '3.10.0-1160.11.1.el7',
  '3.10.0-1160.119.1.el7',
]);
ascend('rhel-kernel', RHEL_KERNEL, ['4.18.0-193.el8', '4.18.0-193.14.3.el8_2', '4.18.0-193.28.1.el8_2']);
obeysTheLaws('rhel-kernel', RHEL_KERNEL, version);

const apart: readonly (readonly [string, string, string])[] = [
  ['3.10.0-1127.8.2.el7', '3.10.0-1160.el7', 'a z-stream and a later build'],
  ['3.10.0-1062.9.1.el7', '3.10.0-1127.8.2.el7', 'two z-streams'],
  ['3.10.0-1160.el7', '4.18.0-80.el8', 'two major versions'],
  ['3.10.0-1160.el7', '3.10.0-1160.el8', 'two major versions of one number'],
  ['4.14.0-115.el7a', '4.14.0-115.el7', 'the alternative kernel'],
];
for (const [a, b, why] of apart)
  void test(`rhel-kernel: ${a} and ${b} are not comparable: ${why}`, () =>
    assert.deepEqual([compareRhel(a, b), compareRhel(b, a)], [undefined, undefined]));

for (const junk of [
  '',
  '3.10.0',
  '3.10.0-1160',
  '3.10.0-1160.el',
  '3.10.0-1160.el7.x86_64',
  '3.10.0-1160.rt56.1131.el7',
  '3.10.0-1160.el7.centos.plus',
  '3.10.0-.el7',
])
  void test(`rhel-kernel: ${JSON.stringify(junk)} is none`, () => assert.equal(parseRhel(junk), undefined));
