import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUMP_FACTS } from '../../src/kernel/crashkernel-size.js';
import { absent, known, unreadable, type Reading } from '../../src/model/reading.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const recommended = DUMP_FACTS.find(({ id }) => id === 'kexec.crash_size_recommended');

function outcome(
  os: string,
  memory: number,
  changes: Readonly<Record<string, Reading>> = {},
): number | string | undefined {
  const [id = '', version = ''] = os.split(' ');
  const facts: Readonly<Record<string, Reading>> = {
    'os.id': known(id, id),
    'os.version_id': known(version, version),
    'uname.machine': known('x86_64', 'x86_64\n'),
    'memory.total': known(memory, ''),
    'kexec.crash_size': known(0, '0\n'),
    ...changes,
  };
  const reading = recommended?.derive((fact) => facts[fact] ?? unreadable('not-collected', fact));
  return reading?.state === 'known'
    ? Number(reading.value) / MIB
    : reading?.state === 'unreadable'
      ? reading.cause
      : reading?.state;
}

/** The steps as the distributions print them, in GiB and MiB. */
const TABLE: readonly (readonly [string, readonly (readonly [number, number | 'absent'])[]])[] = [
  [
    'rhel 8.10',
    [
      [0.9, 'absent'],
      [1, 160],
      [3.9, 160],
      [4, 192],
      [63, 192],
      [64, 256],
      [1023, 256],
      [1024, 512],
    ],
  ],
  [
    'rhel 9.4',
    [
      [0.9, 'absent'],
      [1, 192],
      [4, 256],
      [63, 256],
      [64, 512],
      [2048, 512],
    ],
  ],
  [
    'rhel 10.0',
    [
      [1.9, 'absent'],
      [2, 256],
      [64, 512],
    ],
  ],
  [
    'ubuntu 26.04',
    [
      [1.9, 'absent'],
      [2, 320],
      [4, 512],
      [32, 1024],
      [64, 2048],
      [128, 4096],
    ],
  ],
  ['ubuntu 26.10', [[4, 512]]],
  ['ubuntu 24.04', [[64, 'absent']]],
  ['ubuntu 9.10', [[64, 'absent']]],
  [
    'debian 12',
    [
      [0.3, 'absent'],
      [0.5, 128],
      [512, 128],
    ],
  ],
  ['debian 11', [[64, 'absent']]],
  ['rhel 7.9', [[64, 'absent']]],
  ['rhel 80.1', [[64, 'absent']]],
];

for (const [os, steps] of TABLE)
  for (const [memory, size] of steps)
    test(`${os} with ${memory} GiB wants ${size}`, () => assert.equal(outcome(os, memory * GIB), size));

test('what is reserved counts as memory of the machine', () =>
  assert.equal(outcome('rhel 9.4', 63.6 * GIB, { 'kexec.crash_size': known(GIB / 2, '') }), 512));

test('another architecture has no figure', () =>
  assert.equal(outcome('rhel 9.4', 64 * GIB, { 'uname.machine': known('aarch64', '') }), 'absent'));

test('it inherits the doubt of what it needs, and of nothing else', () => {
  for (const fact of ['os.id', 'os.version_id', 'uname.machine', 'memory.total', 'kexec.crash_size'])
    assert.equal(outcome('rhel 9.4', 64 * GIB, { [fact]: unreadable('denied', '') }), 'denied', fact);
  assert.equal(
    outcome('sles 15.5', 64 * GIB, {
      'memory.total': unreadable('denied', ''),
      'kexec.crash_size': unreadable('denied', ''),
    }),
    'absent',
  );
  assert.equal(outcome('rhel 9.4', 64 * GIB, { 'kexec.crash_size': absent('no kexec') }), 512);
});
