import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { compareUbuntu, parseUbuntu, UBUNTU } from '../../../src/kernel/versions/ubuntu-abi.js';
import { ascend, obeysTheLaws } from './order-laws.js';

const version = fc
  .tuple(
    fc.constantFrom('4.15.0', '5.4.0'),
    fc.integer({ min: 20, max: 24 }),
    fc.option(fc.integer({ min: 22, max: 27 }), { nil: undefined }),
    fc.constantFrom('', '', '~16.04.1', '~18.04.2'),
  )
  .map(([base, abi, upload, rebuilt]) => `${base}-${abi}${upload === undefined ? '' : `.${upload}${rebuilt}`}`);

ascend('ubuntu-abi', UBUNTU, [
  '4.15.0-9.10',
  '4.15.0-23.25',
  '4.15.0-24.26',
  '4.15.0-24.27',
  '4.15.0-100.101',
  '4.15.0-213.224',
]);
ascend('ubuntu-abi', UBUNTU, ['4.15.0-23.25~16.04.1', '4.15.0-24.26', '4.15.0-25.27~16.04.2']);
obeysTheLaws('ubuntu-abi', UBUNTU, version);

void test('ubuntu-abi: a rebuild has the source of what it rebuilds', () =>
  assert.equal(compareUbuntu('4.15.0-24.26~16.04.1', '4.15.0-24.26'), 0));
void test('ubuntu-abi: without an upload, a release is placed by its interface alone', () => {
  assert.deepEqual(
    [
      compareUbuntu('4.15.0-23', '4.15.0-24.26'),
      compareUbuntu('4.15.0-25', '4.15.0-24.26'),
      compareUbuntu('4.15.0-24', '4.15.0-24.26'),
    ],
    [-1, 1, undefined],
  );
});
void test('ubuntu-abi: two bases are two kernels', () =>
  assert.equal(compareUbuntu('4.15.0-24.26', '5.4.0-24.28'), undefined));

for (const junk of [
  '',
  '4.15.0',
  '4.15.0-',
  '4.15.0-24.',
  '4.15.0-24.26~',
  '4.15.0-24.26-generic',
  '4.15-24.26',
  '4.15.0-24~16.04.1',
])
  void test(`ubuntu-abi: ${JSON.stringify(junk)} is none`, () => assert.equal(parseUbuntu(junk), undefined));
