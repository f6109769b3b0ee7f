import assert from 'node:assert/strict';
import test from 'node:test';
import { fixStatus, type Proof } from '../../../src/kernel/fixes/status.js';
import { identifyKernel, type KernelWords } from '../../../src/kernel/release.js';
import { shippedFix } from '../../support/shipped-fixes.js';

const fix = shippedFix('khugepaged-trylock');

/** Real releases (and signatures, and `uname -v`), with what the evidence says of khugepaged's fix and by which proof. */
type Row = readonly [
  release: string,
  more: Omit<KernelWords, 'release'>,
  state: 'fixed' | 'missing' | 'unknown',
  by: Proof | '-',
  reason: RegExp,
];

function debian(version: string): Omit<KernelWords, 'release'> {
  return {
    version: `#1 SMP Debian ${version} (2018-06-01)`,
    osId: 'debian',
  };
}
function ubuntu(signature: string): Omit<KernelWords, 'release'> {
  return {
    signature: `Ubuntu ${signature}`,
    osId: 'ubuntu',
  };
}

const ROWS: readonly Row[] = [
  // kernel.org, series by series
  ['4.16', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.16.0', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.16-rc1', {}, 'unknown', '-', /candidate of 4\.16/],
  ['4.16.0-rc7', {}, 'unknown', '-', /candidate of 4\.16/],
  ['4.17-rc1', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.15', {}, 'missing', 'base', /4\.15 series, which never got/],
  ['4.15.0', {}, 'missing', 'base', /4\.15 series, which never got/],
  ['4.15.18', {}, 'missing', 'base', /4\.15 series, which never got/],
  ['4.15-rc9', {}, 'missing', 'base', /4\.15 series, which never got/],
  ['4.14', {}, 'missing', 'base', /below 4\.16/],
  ['4.14.36', {}, 'missing', 'base', /below 4\.14\.37/],
  ['4.14.37', {}, 'fixed', 'base', /4\.14\.37, which has the fix/],
  ['4.14.336', {}, 'fixed', 'base', /above 4\.14\.37/],
  ['4.9.103', {}, 'missing', 'base', /below 4\.9\.104/],
  ['4.9.104', {}, 'fixed', 'base', /4\.9\.104, which has the fix/],
  ['4.9.104-rc1', {}, 'unknown', '-', /candidate of 4\.9\.104/],
  ['4.9.337', {}, 'fixed', 'base', /above 4\.9\.104/],
  ['4.9', {}, 'missing', 'base', /below 4\.16/],
  ['4.4.302', {}, 'missing', 'base', /4\.4 series, which never got/],
  ['4.13.16', {}, 'missing', 'base', /4\.13 series, which never got/],
  ['4.10.17', {}, 'missing', 'base', /4\.10 series, which never got/],
  ['3.10.108', {}, 'missing', 'base', /3\.10 series, which never got/],
  ['3.16.85', {}, 'unknown', '-', /no version of the 3\.16 series/],
  ['4.1.52', {}, 'unknown', '-', /no version of the 4\.1 series/],
  ['3.12.74', {}, 'unknown', '-', /no version of the 3\.12 series/],
  ['3.0.101', {}, 'unknown', '-', /before 3\.10/],
  ['2.6.38', {}, 'unknown', '-', /before 3\.10/],
  ['4.19.325', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.4.302', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['6.12.117', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  // trees that their vendors change: the number alone proves nothing below 4.16
  ['4.9.148-g2a1b3c4', {}, 'unknown', '-', /kernward does not know who builds/],
  ['4.9.319-perf-gd41d8cd', {}, 'unknown', '-', /Android/],
  ['4.14.194-android11-9-00001', {}, 'unknown', '-', /Android/],
  ['4.9.104+', {}, 'unknown', '-', /kernward does not know who builds/],
  ['4.14.105-19-0012', {}, 'unknown', '-', /kernward does not know who builds/],
  ['3.10.108-custom', {}, 'unknown', '-', /kernward does not know who builds/],
  ['4.19.113-perf-g0123abc', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.5.0-custom', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.15.90.1-microsoft-standard-WSL2', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['2.6.32-042stab145.3', {}, 'unknown', '-', /kernward does not know who builds/],
  // Red Hat 7 and those who rebuild it
  ['3.10.0-123.el7.x86_64', {}, 'missing', 'vendor', /came before 3\.10\.0-1127\.el7/],
  ['3.10.0-514.el7.x86_64', {}, 'missing', 'vendor', /came before 3\.10\.0-1127\.el7/],
  ['3.10.0-1062.el7.x86_64', {}, 'missing', 'vendor', /came before 3\.10\.0-1127\.el7/],
  ['3.10.0-1127.el7.x86_64', {}, 'missing', 'vendor', /lacks the fix/],
  ['3.10.0-1160.el7.x86_64', {}, 'fixed', 'vendor', /has the fix/],
  ['3.10.0-1160.119.1.el7.x86_64', {}, 'fixed', 'vendor', /descends from 3\.10\.0-1160\.el7/],
  ['3.10.0-1160.el7.ppc64le', {}, 'fixed', 'vendor', /has the fix/],
  ['3.10.0-1160.el7.x86_64.debug', {}, 'fixed', 'vendor', /has the fix/],
  ['3.10.0-1127.19.1.el7.x86_64', {}, 'unknown', '-', /1127\.el7 lacks the fix and 3\.10\.0-1160\.el7 has it/],
  ['3.10.0-1062.9.1.el7.x86_64', {}, 'unknown', '-', /nothing known tells/],
  ['3.10.0-957.27.2.el7.x86_64', {}, 'unknown', '-', /nothing known tells/],
  ['3.10.0-1136.el7.x86_64', {}, 'unknown', '-', /nothing known tells/],
  ['3.10.0-1160.rt56.1131.el7.x86_64', {}, 'unknown', '-', /Red Hat/],
  ['3.10.0-1160.el7.centos.plus.x86_64', {}, 'unknown', '-', /Red Hat/],
  ['4.14.0-115.el7a.aarch64', {}, 'unknown', '-', /Red Hat/],
  ['3.10.0-1160.90.1.vz7.200.7', {}, 'unknown', '-', /kernward does not know who builds/],
  ['2.6.32-504.8.1.el6.x86_64', {}, 'missing', 'vendor', /lacks the fix/],
  ['2.6.32-573.el6.x86_64', {}, 'missing', 'vendor', /came before 2\.6\.32-754\.25\.1\.el6, which still lacks the fix/],
  ['2.6.32-754.25.1.el6.x86_64', {}, 'missing', 'vendor', /lacks the fix/],
  ['2.6.32-754.35.1.el6.x86_64', {}, 'unknown', '-', /nothing known tells whether/],
  ['4.18.0-80.el8.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.18.0-553.16.1.el8_10.x86_64', { osId: 'almalinux' }, 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.14.0-427.13.1.el9_4.x86_64', { osId: 'rocky' }, 'fixed', 'ancestry', /at or above 4\.16/],
  ['6.12.0-55.9.1.el10_0.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.4.179-1.el7.elrepo.x86_64', {}, 'unknown', '-', /ELRepo/],
  // Ubuntu
  ['4.15.0-24-generic', ubuntu('4.15.0-24.26-generic 4.15.18'), 'fixed', 'vendor', /4\.15\.0-24\.26 has the fix/],
  ['4.15.0-23-generic', ubuntu('4.15.0-23.25-generic 4.15.18'), 'missing', 'vendor', /came before 4\.15\.0-24\.26/],
  [
    '4.15.0-20-generic',
    { version: '#21-Ubuntu SMP Tue Apr 24 06:16:15 UTC 2018' },
    'missing',
    'vendor',
    /came before 4\.15\.0-24\.26/,
  ],
  [
    '4.15.0-24-generic',
    { version: '#26~16.04.1-Ubuntu SMP Fri Jun 15 14:35:08 UTC 2018' },
    'fixed',
    'vendor',
    /4\.15\.0-24\.26~16\.04\.1 has the fix/,
  ],
  [
    '4.15.0-34-generic',
    ubuntu('4.15.0-34.37~16.04.1-generic 4.15.18'),
    'fixed',
    'vendor',
    /descends from 4\.15\.0-24\.26/,
  ],
  ['4.15.0-213-generic', {}, 'fixed', 'vendor', /descends from 4\.15\.0-24\.26/],
  ['4.15.0-24-generic', {}, 'fixed', 'vendor', /has the fix/],
  ['4.15.0-1010-aws', ubuntu('4.15.0-1010.10-aws 4.15.18'), 'unknown', '-', /aws is of a package of its own/],
  ['4.15.0-24-lowlatency', ubuntu('4.15.0-24.26-lowlatency 4.15.18'), 'fixed', 'vendor', /has the fix/],
  ['4.15.0-24-generic', ubuntu('4.15.0-23.25-generic 4.15.18'), 'unknown', '-', /names another kernel/],
  ['4.4.0-187-generic', {}, 'missing', 'vendor', /lacks the fix/],
  ['4.4.0-187-generic', ubuntu('4.4.0-187.217-generic 4.4.230'), 'missing', 'vendor', /lacks the fix/],
  ['4.4.0-21-generic', ubuntu('4.4.0-21.37-generic 4.4.6'), 'missing', 'vendor', /came before 4\.4\.0-187\.217/],
  ['4.4.0-210-generic', ubuntu('4.4.0-210.242-generic 4.4.262'), 'unknown', '-', /4\.4\.0-187\.217 lacks the fix/],
  ['4.13.0-45-generic', ubuntu('4.13.0-45.50-generic 4.13.16'), 'unknown', '-', /Ubuntu/],
  ['3.13.0-170-generic', ubuntu('3.13.0-170.220-generic 3.13.11-ckt39'), 'unknown', '-', /Ubuntu/],
  ['5.4.0-42-generic', ubuntu('5.4.0-42.46-generic 5.4.44'), 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.15.0-185-generic', ubuntu('5.15.0-185.195-generic 5.15.200'), 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.16.0-041600rc3-generic', {}, 'unknown', '-', /candidate of 4\.16/],
  ['4.14.36-041436-generic', {}, 'unknown', '-', /mainline build/],
  // Debian: the release names the interface, uname -v the base
  ['4.9.0-6-amd64', debian('4.9.88-1+deb9u1'), 'unknown', '-', /may carry a fix before its base does/],
  ['4.9.0-7-amd64', debian('4.9.110-1'), 'fixed', 'base', /4\.9\.110 is at or above 4\.9\.104/],
  ['4.9.0-7-amd64', {}, 'unknown', '-', /names Debian's binary interface/],
  ['4.9.0-0.bpo.7-amd64', debian('4.9.110-3~deb8u1'), 'fixed', 'base', /4\.9\.110 is at or above 4\.9\.104/],
  ['3.16.0-6-amd64', debian('3.16.57-2'), 'unknown', '-', /Debian/],
  ['4.19.0-27-amd64', debian('4.19.316-1'), 'fixed', 'ancestry', /at or above 4\.16/],
  [
    '6.1.0-13-amd64',
    { version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)' },
    'fixed',
    'ancestry',
    /6\.1\.55 is at or above 4\.16/,
  ],
  ['6.12.48+deb13-amd64', {}, 'fixed', 'ancestry', /6\.12\.48 is at or above 4\.16/],
  ['4.16.0-rc6-amd64', { version: '#1 SMP Debian 4.16~rc6-1~exp2 (2018-03-19)' }, 'unknown', '-', /candidate of 4\.16/],
  // the others of the evidence
  ['4.9.101-2.ph2', {}, 'missing', 'vendor', /4\.9\.101-2 lacks the fix/],
  ['4.9.109-1.ph2', {}, 'fixed', 'vendor', /4\.9\.109-1 has the fix/],
  ['4.9.99-1.ph2-esx', {}, 'unknown', '-', /linux-esx, a package of its own/],
  ['4.4.302-1.ph1', {}, 'missing', 'vendor', /never got the fix/],
  ['4.19.15-3.ph3', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.9.65-006.ali3000.alios7.x86_64', {}, 'missing', 'vendor', /lacks the fix/],
  ['4.19.91-26.al7.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.14.33-59.37.amzn2.x86_64', {}, 'unknown', '-', /Amazon/],
  ['4.14.355-275.570.amzn2.x86_64', {}, 'unknown', '-', /Amazon/],
  ['5.10.223-212.873.amzn2.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['6.1.102-111.182.amzn2023.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.1.12-124.48.6.el7uek.x86_64', {}, 'unknown', '-', /UEK/],
  ['4.14.35-1902.300.11.el7uek.x86_64', {}, 'unknown', '-', /UEK/],
  ['5.4.17-2136.300.7.el8uek.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['3.0.101-108.129-default', {}, 'unknown', '-', /SUSE/],
  ['4.4.180-94.164-default', {}, 'unknown', '-', /SUSE/],
  ['4.12.14-122.37-default', {}, 'unknown', '-', /SUSE/],
  ['5.3.18-150300.59.93-default', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['6.4.0-150600.23.87-default', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.15.17-300.fc27.x86_64', {}, 'unknown', '-', /Fedora/],
  ['4.16.3-301.fc28.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.16.0-0.rc4.git0.1.fc28.x86_64', {}, 'unknown', '-', /candidate of 4\.16/],
  ['4.14.36-1-lts', { osId: 'arch' }, 'unknown', '-', /Arch may carry/],
  ['4.14.37-1-lts', { osId: 'arch' }, 'fixed', 'base', /Arch builds on stable releases/],
  ['6.8.1-arch1-1', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.14.52-0-vanilla', { osId: 'alpine' }, 'unknown', '-', /Alpine/],
  ['6.6.32-0-lts', { osId: 'alpine' }, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.19.90-2003.4.0.0036.oe1.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.19.91-26.an8.x86_64', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['5.4.106-1-pve', {}, 'fixed', 'ancestry', /at or above 4\.16/],
  ['4.15.18-30-pve', {}, 'unknown', '-', /Proxmox/],
  // no version at all
  ['', {}, 'unknown', '-', /kernward does not know who builds/],
  ['next', {}, 'unknown', '-', /kernward does not know who builds/],
];

void test('the table has at least sixty real kernels', () => assert.ok(ROWS.length >= 60, String(ROWS.length)));

for (const [release, more, state, by, reason] of ROWS)
  void test(`${release} ${Object.values(more).join(' ')}: ${state}`, () => {
    const status = fixStatus(fix, { kernel: identifyKernel({ release, ...more }) });
    assert.equal(status.state, state, status.reason);
    assert.equal(status.state === 'unknown' ? '-' : status.by, by, status.reason);
    assert.match(status.reason, reason);
    if (status.state !== 'unknown')
      assert.ok(
        status.evidence.some((line) => line.includes(release)),
        'the release is quoted',
      );
  });
