import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { absent, known, unreadable, type Reading } from '../../../src/model/reading.js';
import { daysBetween, isDay } from '../../../src/kernel/support/days.js';
import { supportFacts } from '../../../src/kernel/support/facts.js';
import { loadSupport } from '../../../src/kernel/support/load.js';
import { staleSupport } from '../../../src/kernel/support/stale.js';
import { derive } from '../../../src/kernel/derive-facts.js';
import { renderDiagnostics } from '../../../src/text/render-diagnostics.js';
import { SUPPORT, withDerived } from '../../support/shipped-policies.js';

const FACTS = supportFacts(SUPPORT);

function machine(facts: Readonly<Record<string, string | Reading>>) {
  return derive(
    new Map(Object.entries(facts).map(([id, of]) => [id, typeof of === 'string' ? known(of, of) : of])),
    FACTS,
  );
}

function read(facts: Readonly<Record<string, string | Reading>>, id: string): Reading | undefined {
  return machine({ 'support.today': '2026-08-22', ...facts }).get(id);
}
function valueOf(facts: Readonly<Record<string, string | Reading>>, id: string): unknown {
  const reading = read(facts, id);
  return reading?.state === 'known' ? reading.value : reading?.state;
}

/** As the survey of 2026-08-22 has them: ID, VERSION_ID, NAME, last day, last day of extended support. */
const DISTRIBUTIONS: readonly (readonly [string, string, string, string, string?])[] = [
  ['rhel', '10.1', 'Red Hat Enterprise Linux', '2035-05-31', '2039-05-31'],
  ['rhel', '9.4', 'Red Hat Enterprise Linux', '2032-05-31', '2036-05-31'],
  ['rhel', '8.10', 'Red Hat Enterprise Linux', '2029-05-31', '2033-05-31'],
  ['rhel', '7.9', 'Red Hat Enterprise Linux Server', '2024-06-30', '2029-05-31'],
  ['rhel', '6.10', 'Red Hat Enterprise Linux Server', '2020-11-30', '2024-06-30'],
  ['rhel', '5', 'Red Hat Enterprise Linux Server', '2017-03-31', '2020-11-30'],
  ['centos', '8', 'CentOS Linux', '2021-12-31'],
  ['centos', '7', 'CentOS Linux', '2024-06-30'],
  ['centos', '6', 'CentOS Linux', '2020-11-30'],
  ['centos', '10', 'CentOS Stream', '2030-05-31'],
  ['centos', '9', 'CentOS Stream', '2027-05-31'],
  ['centos', '8', 'CentOS Stream', '2024-05-31'],
  ['rocky', '10.0', 'Rocky Linux', '2035-05-31'],
  ['rocky', '9.4', 'Rocky Linux', '2032-05-31'],
  ['almalinux', '8.10', 'AlmaLinux', '2029-05-31'],
  ['ol', '9.3', 'Oracle Linux Server', '2032-06-30', '2035-06-30'],
  ['ol', '8.9', 'Oracle Linux Server', '2029-07-31', '2032-07-31'],
  ['ol', '7.9', 'Oracle Linux Server', '2024-12-31', '2028-06-30'],
  ['ol', '6.10', 'Oracle Linux Server', '2021-03-31', '2024-12-31'],
  ['debian', '13', 'Debian GNU/Linux', '2028-08-09', '2030-06-30'],
  ['debian', '12', 'Debian GNU/Linux', '2026-07-11', '2028-06-30'],
  ['debian', '11', 'Debian GNU/Linux', '2024-08-14', '2026-08-31'],
  ['debian', '10', 'Debian GNU/Linux', '2022-09-10', '2024-06-30'],
  ['debian', '9', 'Debian GNU/Linux', '2020-07-18', '2022-07-01'],
  ['debian', '8', 'Debian GNU/Linux', '2018-06-17', '2020-06-30'],
  ['ubuntu', '26.04', 'Ubuntu', '2031-04-30', '2036-04-30'],
  ['ubuntu', '24.04', 'Ubuntu', '2029-05-31', '2034-04-25'],
  ['ubuntu', '22.04', 'Ubuntu', '2027-04-01', '2032-04-09'],
  ['ubuntu', '20.04', 'Ubuntu', '2025-05-31', '2030-04-02'],
  ['ubuntu', '18.04', 'Ubuntu', '2023-05-31', '2028-04-01'],
  ['ubuntu', '16.04', 'Ubuntu', '2021-04-02', '2026-04-02'],
  ['ubuntu', '14.04', 'Ubuntu', '2019-04-02', '2024-04-02'],
  ['ubuntu', '25.10', 'Ubuntu', '2026-07-01'],
  ['sles', '16.0', 'SLES', '2027-11-30', '2030-11-30'],
  ['sles', '15.7', 'SLES', '2031-07-31', '2034-07-31'],
  ['sles', '15.6', 'SLES', '2025-12-31', '2028-12-31'],
  ['sles', '15.5', 'SLES', '2024-12-31', '2027-12-31'],
  ['sles', '15.4', 'SLES', '2023-12-31', '2026-12-31'],
  ['sles', '12.5', 'SLES', '2024-10-31', '2027-10-31'],
  ['sles', '12.4', 'SLES', '2020-06-30', '2023-06-30'],
  ['sles', '12.3', 'SLES', '2019-06-30', '2022-06-30'],
  ['sles', '11.4', 'SLES', '2019-03-31', '2022-03-31'],
  ['opensuse-leap', '16.0', 'openSUSE Leap', '2027-10-31'],
  ['opensuse-leap', '15.6', 'openSUSE Leap', '2026-04-30'],
  ['opensuse-leap', '15.5', 'openSUSE Leap', '2024-12-31'],
  ['amzn', '2023', 'Amazon Linux', '2029-06-30'],
  ['amzn', '2', 'Amazon Linux', '2026-06-30'],
  ['amzn', '2018.03', 'Amazon Linux AMI', '2023-12-31'],
];

for (const [id, version, name, ends, extended] of DISTRIBUTIONS)
  void test(`${name} ${version} ends on ${ends}`, () => {
    const facts = { 'os.id': id, 'os.version_id': version, 'os.name': name };
    assert.equal(valueOf(facts, 'support.os_ends'), ends);
    assert.equal(valueOf(facts, 'support.os_extended_ends'), extended ?? 'absent');
    assert.equal(valueOf(facts, 'support.os_days_left'), daysBetween('2026-08-22', ends));
  });

/** Expanded Security Maintenance is ten years from the release; what follows, Legacy Support, is another contract. */
void test('extended support of Ubuntu is ESM, ten years, and not Legacy Support', () => {
  const { releases } = SUPPORT.find(({ support }) => support === 'ubuntu') ?? { releases: [] };
  const extended = releases.filter((one) => one.extended !== undefined);
  assert.ok(extended.length >= 7);
  for (const { release, extended: day = '' } of extended) {
    const tenYears = daysBetween(`20${release.replace('.', '-')}-30`, day) ?? NaN;
    assert.ok(Math.abs(tenYears - 3652) < 35, `${release}: ${day}`);
  }
});

/** What nobody wrote down stays unknown: never a date, and never "it has no end". */
const UNKNOWN: readonly (readonly [string, Readonly<Record<string, string | Reading>>])[] = [
  // SUSE maintains each of its service packs for 4.5 years, and not as long as those of SLES (Product Lifecycle Support Policies, suse.com)
  ['SLES for SAP', { 'os.id': 'sles_sap', 'os.version_id': '15.4' }],
  ['SLES for SAP 12 SP1 with its own number', { 'os.id': 'sles_sap', 'os.version_id': '12.0.1' }],
  ['Photon', { 'os.id': 'photon', 'os.version_id': '5.0' }],
  ['openEuler', { 'os.id': 'openEuler', 'os.version_id': '22.03' }],
  ['Alpine', { 'os.id': 'alpine', 'os.version_id': '3.20.1' }],
  ['Debian testing', { 'os.id': 'debian', 'os.version_id': absent('os-release was read and does not say VERSION_ID') }],
  ['a Debian of the future', { 'os.id': 'debian', 'os.version_id': '99' }],
  ['Ubuntu 4.10', { 'os.id': 'ubuntu', 'os.version_id': '4.10' }],
  ['a CentOS that does not say which', { 'os.id': 'centos', 'os.version_id': '8', 'os.name': absent('x') }],
  ['a CentOS of another name', { 'os.id': 'centos', 'os.version_id': '8', 'os.name': 'CentOS Mine' }],
  ['no os-release', { 'os.id': absent('x'), 'os.version_id': absent('x') }],
  ['denied', { 'os.id': unreadable('denied', 'x'), 'os.version_id': '12' }],
];
for (const [name, facts] of UNKNOWN)
  void test(`${name} is unknown`, () => {
    for (const id of [
      'support.os_ends',
      'support.os_days_left',
      'support.os_extended_ends',
      'support.os_extended_days_left',
    ])
      assert.equal(valueOf(facts, id), 'unreadable', id);
  });

function kernel(release: string, osId: string, version = '#1 SMP') {
  return {
    'uname.release': release,
    'uname.version': version,
    'proc.version': absent('x'),
    'proc.version_signature': absent('x'),
    'os.id': osId,
  };
}

/** Release, ID, and the last day; `absent`: its vendor maintains it; `unreadable`: nobody knows. */
const KERNELS: readonly (readonly [string, string, string, string?])[] = [
  ['4.9.337', 'gentoo', '2023-01-07'],
  ['4.14.336', 'gentoo', '2024-01-10'],
  ['4.19.325', 'gentoo', '2024-12-05'],
  ['5.4.302', 'gentoo', '2025-12-03'],
  ['5.10.252', 'gentoo', '2026-12-31'],
  ['5.15.202', 'gentoo', '2026-12-31'],
  ['6.1.165', 'gentoo', '2027-12-31'],
  ['6.6.128', 'gentoo', '2027-12-31'],
  ['6.12.75', 'gentoo', '2028-12-31'],
  ['6.18.16', 'gentoo', '2028-12-31'],
  ['6.13.12', 'gentoo', '2025-04-20'],
  ['6.14.11', 'gentoo', '2025-06-10'],
  ['6.15.11', 'gentoo', '2025-08-20'],
  ['6.16.12', 'gentoo', '2025-10-12'],
  ['6.17.13', 'gentoo', '2025-12-18'],
  ['6.19.6', 'gentoo', '2026-04-22'],
  ['7.0.1', 'gentoo', '2026-06-27'],
  ['6.16.8-arch3-1', 'arch', '2025-10-12'],
  ['6.17.7-300.fc43.x86_64', 'fedora', '2025-12-18'],
  ['7.1.2', 'gentoo', 'unreadable'],
  ['7.2.0', 'gentoo', 'unreadable'],
  ['4.4.302', 'gentoo', 'unreadable'],
  ['5.9.16', 'gentoo', 'unreadable'],
  ['5.4.302-acme', 'acme', 'unreadable'],
  ['5.4.0-1-elrepo', 'centos', 'unreadable'],
  ['6.1.90-android14-perf', 'android', 'unreadable'],
  ['3.10.0-1160.el7.x86_64', 'rhel', 'absent'],
  ['4.18.0-553.el8_10.x86_64', 'rocky', 'absent'],
  ['4.14.35-2047.el7uek.x86_64', 'ol', 'absent'],
  ['4.12.14-122.37-default', 'sles', 'absent'],
  ['5.10.209-198.858.amzn2.x86_64', 'amzn', 'absent'],
  ['4.15.0-24-generic', 'ubuntu', 'absent', '#26-Ubuntu SMP Wed Jun 13 08:44:47 UTC 2018'],
  ['6.2.0-39-generic', 'ubuntu', 'unreadable', '#40~22.04.1-Ubuntu SMP PREEMPT_DYNAMIC Thu Nov 16 10:53:04 UTC 2'],
  ['6.8.0-64-generic', 'ubuntu', 'absent', '#67-Ubuntu SMP PREEMPT_DYNAMIC Sun Jun 15 20:23:31 UTC 2025'],
  ['6.1.0-13-amd64', 'debian', 'absent', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)'],
  ['4.9.109-1.ph2', 'photon', 'absent'],
];
for (const [release, osId, expected, version] of KERNELS)
  void test(`kernel ${release}: ${expected}`, () => {
    const facts = kernel(release, osId, version);
    assert.equal(valueOf(facts, 'support.kernel_ends'), expected);
    const left = isDay(expected) ? daysBetween('2026-08-22', expected) : expected;
    assert.equal(valueOf(facts, 'support.kernel_days_left'), left);
  });

void test('without a day there are ends, and no days left', () => {
  const readings = withDerived(
    new Map<string, Reading>([
      ['os.id', known('debian', '')],
      ['os.version_id', known('12', '')],
    ]),
  );
  assert.equal(readings.get('support.os_ends')?.state, 'known');
  assert.deepEqual(
    readings.get('support.os_days_left'),
    unreadable('not-collected', 'support.today was not asked for'),
  );
  assert.equal(
    valueOf({ 'os.id': 'debian', 'os.version_id': '12', 'support.today': 'soon' }, 'support.os_days_left'),
    'unreadable',
  );
});

void test('the reason names the source, its day, and the day of judging', () => {
  const reading = read({ 'os.id': 'debian', 'os.version_id': '12' }, 'support.os_days_left');
  assert.deepEqual(
    reading,
    known(-42, 'Debian 12: until 2026-07-11 (https://endoflife.date/debian, as of 2026-08-22), seen from 2026-08-22'),
  );
});

void test('days are counted as the calendar has them', () => {
  assert.equal(daysBetween('2024-02-28', '2024-03-01'), 2);
  assert.equal(daysBetween('2026-03-01', '2026-02-28'), -1);
  assert.equal(daysBetween('2026-02-30', '2026-03-01'), undefined);
  const day = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(day, day, day, (a, b, c) => {
      assert.equal((daysBetween(a, b) ?? 0) + (daysBetween(b, c) ?? 0), daysBetween(a, c));
      assert.equal((daysBetween(a, b) ?? 0) > 0, b > a);
    }),
  );
});

void test('data of more than 180 days ago is warned of, once', () => {
  assert.deepEqual(staleSupport(SUPPORT, '2026-08-22'), []);
  assert.deepEqual(staleSupport(SUPPORT, '2027-02-18'), []);
  const [warning, ...more] = staleSupport(SUPPORT, '2027-02-19');
  assert.deepEqual([warning?.code, warning?.severity, more], ['support/stale', 'warning', []]);
  assert.match(warning?.message ?? '', /those of 2026-08-22, more than 180 days before 2027-02-19: .*debian/);
  assert.deepEqual(staleSupport(SUPPORT, '2020-01-01'), []);
});

void test('the shipped data says where it is from and under which licence, and every extended end comes later', () => {
  assert.ok(SUPPORT.length >= 12);
  for (const { support, source, licence, asOf, distribution, releases } of SUPPORT) {
    assert.match(source, /^https:\/\/endoflife\.date\//, support);
    assert.match(licence, /^MIT/);
    assert.equal(asOf, '2026-08-22');
    if (releases.some(({ extended }) => extended !== undefined))
      assert.notEqual(distribution?.extendedName, undefined, support);
  }
});

void test('the mistakes of a data file, all at once', () => {
  const text = `support: mine
title: Mine
asOf: 2026-02-30
source: https://example.com/x
licence: MIT
releases:
  - { release: '1', ends: 2026-01-01, extended: 2025-01-01 }
  - { release: '1', ends: 2026-13-01 }
  - { release: '2', extended: 2026-01-01 }
`;
  const { value, diagnostics } = loadSupport([{ file: 'mine.yaml', text }]);
  assert.equal(value, undefined);
  assert.deepEqual(diagnostics.map(({ message }) => message).toSorted(), [
    '1 stands here twice',
    '2026-02-30 is no day of the calendar',
    '2026-13-01 is no day of the calendar',
    'extended support ends after support',
    'extended support ends after support',
    'mine must say either kernel or distribution',
  ]);
  assert.match(renderDiagnostics(diagnostics, { colour: false }), /mine\.yaml:3:7: error: 2026-02-30/);
});
