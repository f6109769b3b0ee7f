import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kernelOf, varyRecording } from '../../../bench/vary-recording.js';
import { derive } from '../../../src/kernel/derive-facts.js';
import { afterBoot } from '../../../src/kernel/next-boot/after-boot.js';
import { expectationsFor } from '../../../src/kernel/next-boot/expect.js';
import { nextBootFacts } from '../../../src/kernel/next-boot/facts.js';
import { nextKernelFacts } from '../../../src/kernel/next-boot/kernel-facts.js';
import { MODULE_PARAMETERS } from '../../../src/kernel/next-boot/module-parameters.js';
import { NEXT_BOOT_OUTCOME_FACTS } from '../../../src/kernel/next-boot/outcome-facts.js';
import { MOVING_SETTINGS, SETTINGS } from '../../../src/kernel/next-boot/settings.js';
import { absent, known, unreadable, type FactId, type Reading, type Readings } from '../../../src/model/reading.js';
import { readRecording } from '../../../src/probe/recording.js';
import { recordedHost } from '../../../src/run/shipped/package-files.js';
import { declare } from '../../support/declared.js';
import { bls, DEBIAN, file, SYSTEMD } from '../../support/next-boot/told.js';
import { shippedFixes } from '../../support/shipped-fixes.js';

// What is predicted is kept by the very objects that it was made from. Here machines have most of them in common, and each is held
// against a copy of itself, of which nothing was kept.

const MARGIN: FactId = 'module.softdog.soft_margin';
const LAPTOP_MODE: FactId = 'sysctl.vm.laptop_mode';
const DECLARED = declare({ [MARGIN]: { type: 'int' }, [LAPTOP_MODE]: { type: 'int' } });
const DERIVED = [...nextBootFacts(DECLARED), ...NEXT_BOOT_OUTCOME_FACTS, ...nextKernelFacts(shippedFixes())];
const MODULES = file(`/lib/modules/${kernelOf(1).release}/modules.builtin`);

function filesOf(...told: readonly (readonly string[])[]): Reading {
  return known(told.flat(), told.flat().join('\n'));
}

/** What boots may read; the recorded files are one more. */
const FILES: readonly Reading[] = [
  filesOf(DEBIAN),
  filesOf(DEBIAN, bls('a', 'panic=10 hung_task_panic=1'), ['listed', `kernel ${kernelOf(1).release}`]),
  filesOf(SYSTEMD, MODULES, file('/etc/modprobe.d/a.conf', 'options softdog soft_margin=1'), [
    'asked soft_margin',
    'listed',
    `kernel ${kernelOf(1).release}`,
  ]),
  filesOf(DEBIAN, bls('a', ''), ['asked laptop_mode', 'enabled kubelet']),
  filesOf(
    DEBIAN,
    bls('a', 'rcupdate.rcu_cpu_stall_timeout=10'),
    file('/etc/sysctl.d/99-a.conf', 'kernel.nmi_watchdog = 1', 'kernel.panic = 10', 'kernel.softlockup_panic = 1'),
  ),
  filesOf(
    SYSTEMD,
    file('/etc/sysctl.d/99-a.conf', 'kernel.watchdog = 0'),
    file('/etc/tmpfiles.d/a.conf', 'w /x/hugepages-2048kB/enabled - - - - never'),
  ),
  unreadable('denied', 'next_boot.files may not be read'),
];

const PLANNED_FROM: Readonly<Record<FactId, readonly Reading[]>> = {
  'os.id': [known('sles', 'sles'), known('bottlerocket', 'bottlerocket'), unreadable('denied', '/etc/os-release')],
  'kdump.enabled': [known(true, 'enabled'), known(false, 'disabled'), unreadable('timed-out', 'systemctl')],
  'kexec.crash_loaded': [known(true, '1\n'), known(false, '0\n')],
  'virtualization.type': [known('container', 'lxc'), unreadable('denied', '/proc/1')],
  'memory.total': [known(2 ** 28, '262144 kB'), known(2 ** 33, '8388608 kB')],
  'uname.release': [known('6.1.134-150.224.amzn2023.x86_64', ''), known('6.1.134', ''), absent('no such file')],
  cmdline: [known({ panic: '10' }, 'panic=10'), known({}, '')],
};

/** The very same for whichever setting reads them. */
const READINGS: readonly Reading[] = [
  ...[0, 1, 2, 10].map((value) => known(value, `${value}\n`)),
  known('never', 'always madvise [never]\n'),
  absent('no such file'),
  unreadable('denied', 'permission denied'),
];

/** What a kubelet sets. */
const LIKE_KUBELET: readonly (readonly [FactId, Reading])[] = [
  ['sysctl.vm.overcommit_memory', known(1, '1\n')],
  ['sysctl.vm.panic_on_oom', known(0, '0\n')],
  ['sysctl.kernel.panic', known(10, '10\n')],
  ['sysctl.kernel.panic_on_oops', known(1, '1\n')],
];

const RECORDED = Buffer.from(recordedHost('debian-12') ?? new Uint8Array()).toString();
const FLEET: readonly Readings[] = Array.from({ length: 2 }, (_, index) =>
  readRecording(Buffer.from(varyRecording(RECORDED, index))),
);

const settings = fc.constantFrom(
  ...[...SETTINGS, ...MOVING_SETTINGS].map(({ fact }) => fact.id),
  ...MODULE_PARAMETERS.map(({ id }) => id),
  MARGIN,
  LAPTOP_MODE,
  'thp.sizes',
  'sysctl.kernel.tainted',
);
const machines = fc
  .record({
    base: fc.constantFrom(...FLEET),
    files: fc.option(fc.constantFrom(...FILES)),
    planned: fc.array(
      fc.oneof(
        ...Object.entries(PLANNED_FROM).map(([id, readings]) =>
          fc.tuple(fc.constant(id), fc.constantFrom(...readings)),
        ),
      ),
      { maxLength: 2, size: 'xsmall' },
    ),
    changes: fc.array(fc.tuple(settings, fc.constantFrom(...READINGS)), { maxLength: 8 }),
    detector: fc.constantFrom(...READINGS),
    isLikeKubelet: fc.boolean(),
  })
  .map(
    ({ base, files, planned, changes, detector, isLikeKubelet }): Readings =>
      new Map([
        ...base,
        ...(files === null ? [] : [['next_boot.files', files] as const]),
        ...planned,
        ['sysctl.kernel.nmi_watchdog', detector] as const,
        ...changes,
        ...(isLikeKubelet ? LIKE_KUBELET : []),
      ]),
  );

/** All that is predicted of a machine, as plain data. */
function predictedOf(readings: Readings): unknown {
  const read = (id: FactId): Reading | undefined => readings.get(id);
  const expectations = expectationsFor(DECLARED)(read);
  const after = afterBoot(DECLARED)(read);
  return {
    expected:
      'reading' in expectations
        ? expectations
        : [...expectations.settings, ...expectations.moving].map(({ setting, now, prediction }) => ({
            id: setting.fact.id,
            now,
            prediction,
          })),
    after: after && { facts: after.facts, kernelDoubt: after.kernelDoubt },
    derived: new Map(derive(readings, DERIVED)),
  };
}

test('what is predicted of a machine is what is predicted of it alone, whichever machines came before', () => {
  fc.assert(
    // Few enough for all of them to be kept.
    fc.property(fc.array(machines, { minLength: 20, maxLength: 20 }), (fleet) => {
      for (const machine of fleet) {
        const copy = new Map([...machine].map(([id, reading]) => [id, structuredClone(reading)]));
        assert.deepEqual(predictedOf(machine), predictedOf(copy));
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test('machines that boot the same share what is predicted of settings that read the same', () => {
  const files: Reading = FILES[1] ?? assert.fail();
  const of = (index: number, panic: Reading) => {
    const readings = new Map([
      ...(FLEET[index] ?? []),
      ['next_boot.files', files] as const,
      ['sysctl.kernel.panic', panic] as const,
    ]);
    const read = (id: FactId): Reading | undefined => readings.get(id);
    const expectations = expectationsFor(DECLARED)(read);
    if ('reading' in expectations) return assert.fail(JSON.stringify(expectations));
    return {
      ...expectations,
      after: afterBoot(DECLARED)(read),
      values: derive(readings, DERIVED).get('next_boot.values'),
    };
  };
  const [one, other] = [of(0, known(5, '5\n')), of(0, known(6, '6\n'))];
  const differing = one.settings.filter((expected, at) => expected !== other.settings[at]);
  assert.deepEqual(
    differing.map(({ setting }) => setting.fact.id),
    ['sysctl.kernel.panic'],
  );
  assert.equal(one.predicted, other.predicted);
  assert.equal(one.values, other.values);
  assert.equal(one.after, other.after);
});
