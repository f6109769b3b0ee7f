import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import { familyProblems, keptDefaults, unlikeItsDefaults } from '../../src/kernel/families/check-family.js';
import { FAMILIES, familyOf } from '../../src/kernel/families/index.js';
import { absent, known, unreadable } from '../../src/model/reading.js';
import { readRecording } from '../../src/probe/recording.js';
import { FAMILY_HOSTS, probeOutputOf } from '../support/recorded-hosts.js';

const IDS = new Set(FACTS.map(({ id }) => id));

for (const { id, example, osId, has, lacks, means = {}, boots = {}, always = {}, sources } of FAMILIES)
  void test(`${id}: its example is of it, its knobs are facts, and something says so`, () => {
    assert.equal(familyOf(example, osId)?.id, id);
    for (const fact of [...has, ...lacks, ...Object.keys(means)]) assert.ok(IDS.has(fact), fact);
    for (const fact of [...Object.keys(boots), ...Object.keys(always)]) assert.ok(has.includes(fact), fact);
    assert.deepEqual(
      has.filter((fact) => lacks.includes(fact)),
      [],
    );
    assert.equal(new Set([...has, ...lacks]).size, has.length + lacks.length, 'each once');
    assert.ok(sources.length > 0);
  });

void test('what is of no family that was read is of none', () => {
  for (const release of [
    '2.6.32-71.29.1.el6.x86_64',
    '5.14.0-503.11.1.el9_5.cloudlinux.x86_64',
    '3.10.0-1160.119.1.el7.tuxcare.els2.x86_64',
    '3.10.0-1160.49.1.el7_lustre.x86_64',
    '4.18.0-553.el8_lustre.x86_64',
    '2.6.32-754.el6_lustre.x86_64',
    '2.6.32-531.29.2.lve1.3.11.1.el6.x86_64',
    '3.10.0-327.36.1.vz7.20.18',
    '3.10.0-229.1.2.rt56.141.2.el7_1.x86_64',
    '4.18.0-553.40.1.lve.el8.x86_64',
    '4.12.14-95.125-default',
    '4.12.14-16.124-azure',
    '6.12.73-95.123.amzn2023.x86_64',
    '6.12.38-0-rpi',
    '6.12.47+rpt-rpi-2712',
    '4.1.12-124.93.1.el7uek.x86_64',
    '6.6.30',
    '6.1.119',
    '6.1.85+',
    '',
  ])
    assert.equal(familyOf(release), undefined, release);
});

void test('Ubuntu’s kernels for clouds and for newer machines are told apart from the generic ones', () => {
  for (const [release, id] of [
    ['5.15.0-1122-gcp', 'ubuntu-gcp'],
    ['6.8.0-1074-gcp', 'ubuntu-gcp'],
    ['7.0.0-1018-gcp', 'ubuntu-gcp-7.0'],
    ['5.4.0-1068-azure', 'ubuntu-clouds-5.4'],
    ['6.5.0-1007-azure', 'ubuntu-clouds'],
    ['6.8.0-1068-oracle', 'ubuntu-clouds'],
    ['6.14.0-37-generic', 'ubuntu-hwe'],
    ['6.11.0-1016-lowlatency', 'ubuntu-hwe'],
    ['6.8.0-149-lowlatency', 'ubuntu-24.04'],
    ['5.15.0-144-generic', 'ubuntu-22.04'],
  ] as const)
    assert.equal(familyOf(release)?.id, id, release);
  for (const release of ['6.6.0-58-generic', '4.15.0-1040-azure', '6.8.0-1068-nvidia-lowlatency', '5.10.0-8-generic'])
    assert.equal(familyOf(release), undefined, release);
});

void test('Alpine’s two flavours, as far as they were read', () => {
  for (const release of ['6.1.54-0-lts', '6.6.35-0-lts', '6.6.56-0-virt', '6.12.38-0-lts', '6.12.19-1-virt'])
    assert.equal(familyOf(release, 'alpine')?.id, 'alpine', release);
  for (const release of ['6.1.54-0-virt', '5.15.104-0-lts', '6.12.38-0-rpi', '6.18.1-0-lts'])
    assert.equal(familyOf(release, 'alpine'), undefined, release);
  // linux-lts of Arch.
  assert.equal(familyOf('6.12.38-1-lts', 'arch'), undefined);
});

void test('service packs of SLES 15 are told apart', () => {
  for (const [release, id] of [
    ['4.12.14-23-default', 'sles-15'],
    ['4.12.14-150100.197.160-default', 'sles-15'],
    ['5.3.18-24.102-default', 'sles-15'],
    ['5.3.18-150200.24.166-default', 'sles-15'],
    ['5.3.18-59.27-default', 'sles-15-sp3'],
    ['5.3.18-150300.59.161-default', 'sles-15-sp3'],
    ['5.14.21-150400.24.21-default', 'sles-15-sp4'],
    ['5.14.21-150500.55.39-default', 'sles-15-sp4'],
    ['6.4.0-150700.53.6-default', 'sles-15-sp4'],
    ['6.12.0-160000.8-default', 'sles-16'],
  ] as const)
    assert.equal(familyOf(release)?.id, id, release);
});

void test('a bare number is a family’s where os-release names it', () => {
  assert.equal(familyOf('6.1.119', 'bottlerocket')?.id, 'bottlerocket-6.1');
  assert.equal(familyOf('6.1.119', 'gentoo'), undefined);
  // Panicked on hung tasks (bottlerocket-os/bottlerocket#3087), which the family's later kernels do not.
  assert.equal(familyOf('5.15.102', 'bottlerocket'), undefined);
  assert.equal(familyOf('5.15.173', 'bottlerocket')?.id, 'bottlerocket-5.15');
  assert.equal(familyOf('6.1.85+', 'cos')?.id, 'cos');
});

void test('a kernel that only looks like one of a family is of none', () => {
  const debian = readRecording(readFileSync('policies/hosts/debian-12.probe'));
  const astra = new Map([
    ...debian,
    ['uname.release', known('5.15.0-127-generic', '')],
    ['uname.version', known('#1 SMP', '')],
    ['os.id', known('astra', '')],
    ['sysctl.kernel.hung_task_panic', absent('x')],
  ]);
  assert.deepEqual(familyProblems(astra), []);
});

void test('of a machine whose kernels nobody read nothing is claimed', () => {
  const debian = readRecording(readFileSync('policies/hosts/debian-12.probe'));
  const arm = new Map([
    ...debian,
    ['uname.machine', known('aarch64', 'aarch64')],
    ['sysctl.kernel.panic_on_io_nmi', absent('a knob of x86')],
  ]);
  assert.deepEqual(familyProblems(arm), []);
  const unsaid = new Map([...arm, ['uname.machine', unreadable('truncated', 'cut off')]]);
  assert.deepEqual(familyProblems(unsaid), []);
});

/** Real kernels, booted and asked, and hosts that were built from listings. */
for (const file of readdirSync('policies/hosts').filter((name) => name.endsWith('.probe')))
  void test(`${file}: has what its family has, and every fact of it was read`, () => {
    const readings = readRecording(readFileSync(`policies/hosts/${file}`));
    assert.deepEqual(familyProblems(readings), []);
    assert.deepEqual(unlikeItsDefaults(readings), []);
    for (const [id, reading] of readings)
      assert.ok(
        reading.state !== 'unreadable' || reading.cause === 'undetermined' || reading.cause === 'not-collected',
        id,
      );
  });

for (const host of FAMILY_HOSTS)
  void test(`${host.name}: has what its family has, and boots with what it boots with`, () => {
    const readings = readRecording(probeOutputOf(host));
    assert.deepEqual(familyProblems(readings), []);
    assert.deepEqual(unlikeItsDefaults(readings), []);
  });

void test('a host that was made from one of another family and kept its defaults is refused', () => {
  const debian = readRecording(readFileSync('policies/hosts/debian-12.probe'));
  const rhel = readRecording(readFileSync('policies/hosts/rhel-7.probe'));
  const kept = new Map([...rhel, ['sysctl.kernel.panic_on_oops', known(0, '0')]]);
  assert.deepEqual(keptDefaults(debian, kept, new Set(['sysctl.kernel.panic_on_oops'])), [
    '3.10.0-1160.el7.x86_64 is a kernel of RHEL 7 (3.10.0-514 and later), which boots with sysctl.kernel.panic_on_oops 1, and the host kept the 0 of another family',
  ]);
  assert.deepEqual(keptDefaults(debian, kept, new Set()), [], 'what the edit sets is the edit’s');
  assert.deepEqual(keptDefaults(rhel, kept, new Set(kept.keys())), [], 'its administrator may have set it');
  assert.deepEqual(unlikeItsDefaults(kept), [
    'RHEL 7 (3.10.0-514 and later) boots with sysctl.kernel.panic_on_oops 1, and the host has 0',
  ]);
});

void test('a host that claims RHEL 7 with the knobs of Debian 12 is refused', () => {
  const debian = readRecording(readFileSync('policies/hosts/debian-12.probe'));
  const claims = new Map([...debian, ['uname.release', known('3.10.0-1160.el7.x86_64', '')]]);
  assert.ok(
    familyProblems(claims, debian).includes(
      '3.10.0-1160.el7.x86_64 is a kernel of RHEL 7 (3.10.0-514 and later), which has no sysctl.kernel.soft_watchdog, and the host has it',
    ),
  );
  const without = new Map([...debian, ['sysctl.kernel.soft_watchdog', absent('taken away')]]);
  assert.deepEqual(familyProblems(without), [
    '6.1.0-56-amd64 is a kernel of Debian 12 (6.1), which has sysctl.kernel.soft_watchdog, and the host lacks it',
  ]);
});
