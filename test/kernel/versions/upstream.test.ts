import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { compareUpstream, parseUpstream, UPSTREAM } from '../../../src/kernel/versions/upstream.js';
import { ascend, obeysTheLaws } from './order-laws.js';

const small = fc.integer({ min: 0, max: 12 });
const rc = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
const version = fc.oneof(
  fc
    .tuple(fc.integer({ min: 3, max: 6 }), small, fc.option(small, { nil: undefined }), rc)
    .map(([a, b, c, d]) => `${a}.${b}${c === undefined ? '' : `.${c}`}${d === undefined ? '' : `-rc${d}`}`),
  fc.tuple(small, fc.option(small, { nil: undefined })).map(([a, b]) => `2.6.${a}${b === undefined ? '' : `.${b}`}`),
);

ascend('upstream', UPSTREAM, [
  '2.6.32',
  '2.6.32.50',
  '2.6.38-rc1',
  '2.6.38',
  '3.0-rc1',
  '3.0',
  '4.9.103',
  '4.9.104-rc1',
  '4.9.104',
  '4.15',
  '4.15.18',
  '4.16-rc1',
  '4.16-rc7',
  '4.16',
  '4.16.1',
  '4.100',
  '5.0',
  '6.17-rc3',
]);
obeysTheLaws('upstream', UPSTREAM, version);

void test('upstream: 4.16 and 4.16.0 are one version', () => assert.equal(compareUpstream('4.16', '4.16.0'), 0));

for (const text of [
  '',
  '4',
  '4.',
  'v4.16',
  '4.16-',
  '4.16-rc',
  '4.16.1.2',
  '4.16.0-42-generic',
  '4.16 ',
  '4.16\n',
  '4.-1',
  '4.16-rc1-rc2',
  '99999999999999999999.1',
])
  void test(`upstream: ${JSON.stringify(text)} is no version`, () => assert.equal(parseUpstream(text), undefined));

const series: readonly (readonly [string, string, boolean])[] = [
  ['4.9.104', '4.9', false],
  ['4.16-rc1', '4.16', true],
  ['4.16.0', '4.16', true],
  ['2.6.32', '2.6.32', true],
  ['2.6.32.50', '2.6.32', false],
  ['3.0.13', '3.0', false],
];
for (const [text, name, isMainline] of series)
  void test(`upstream: ${text} is of the ${name} series`, () => {
    const parsed = parseUpstream(text);
    assert.deepEqual([parsed?.series, parsed?.isMainline], [name, isMainline]);
  });
