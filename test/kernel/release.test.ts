import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { identifyKernel, type KernelWords } from '../../src/kernel/release.js';

type Told = readonly [
  vendor: string,
  base: string | undefined,
  series: string | undefined,
  packaged: string | undefined,
  flavour: string | undefined,
];

const ROWS: readonly (readonly [KernelWords, Told])[] = [
  [{ release: '4.9.103' }, ['kernel.org', '4.9.103', '4.9', undefined, undefined]],
  [{ release: '6.17-rc3' }, ['kernel.org', '6.17-rc3', '6.17', undefined, undefined]],
  [{ release: '2.6.32.50' }, ['kernel.org', '2.6.32.50', '2.6.32', undefined, undefined]],
  [{ release: '4.9.103+' }, ['unrecognised', '4.9.103', '4.9', undefined, undefined]],
  [{ release: '5.15.90.1-microsoft-standard-WSL2' }, ['wsl', '5.15.90', '5.15', undefined, undefined]],
  [
    { release: '6.1.0-13-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)' },
    ['debian', '6.1.55', '6.1', '6.1.55-1', 'amd64'],
  ],
  [
    { release: '6.1.0-13-cloud-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)' },
    ['debian', '6.1.55', '6.1', '6.1.55-1', 'cloud-amd64'],
  ],
  [{ release: '3.2.0-4-amd64', version: '#1 SMP Debian 3.2.54-2' }, ['debian', '3.2.54', '3.2', '3.2.54-2', 'amd64']],
  [{ release: '6.1.0-13-amd64' }, ['debian', undefined, '6.1', undefined, 'amd64']],
  [{ release: '6.12.48+deb13-amd64' }, ['debian', '6.12.48', '6.12', undefined, 'amd64']],
  [
    { release: '4.16.0-rc6-amd64', version: '#1 SMP Debian 4.16~rc6-1~exp2 (2018-03-19)' },
    ['debian', '4.16-rc6', '4.16', '4.16~rc6-1~exp2', 'amd64'],
  ],
  [
    { release: '4.15.0-24-generic', signature: 'Ubuntu 4.15.0-24.26-generic 4.15.18\n' },
    ['ubuntu', '4.15.18', '4.15', '4.15.0-24.26', 'generic'],
  ],
  [
    { release: '4.15.0-24-generic', version: '#26~16.04.1-Ubuntu SMP Fri Jun 15 14:35:08 UTC 2018' },
    ['ubuntu', undefined, '4.15', '4.15.0-24.26~16.04.1', 'generic'],
  ],
  [
    { release: '4.15.0-24-generic', signature: 'Ubuntu 4.15.0-99.100-generic 4.15.18' },
    ['unrecognised', '4.15.0', '4.15', undefined, undefined],
  ],
  [
    { release: '6.8.0-11-generic', signature: 'Ubuntu 6.8.0-11.11-generic 6.8.0-rc4' },
    ['ubuntu', '6.8.0-rc4', '6.8', '6.8.0-11.11', 'generic'],
  ],
  [{ release: '5.4.0-1022-azure' }, ['ubuntu', undefined, '5.4', '5.4.0-1022', 'azure']],
  [{ release: '2.6.32-38-server' }, ['ubuntu', undefined, '2.6.32', '2.6.32-38', 'server']],
  [{ release: '4.16.0-041600rc3-generic' }, ['ubuntu-mainline', '4.16.0-rc3', '4.16', undefined, undefined]],
  [{ release: '3.10.0-1160.119.1.el7.x86_64' }, ['rhel', '3.10.0', '3.10', '3.10.0-1160.119.1.el7', undefined]],
  [{ release: '5.14.0-427.13.1.el9_4.aarch64+64k' }, ['rhel', '5.14.0', '5.14', '5.14.0-427.13.1.el9_4', '64k']],
  [{ release: '2.6.18-274.7.1.el5PAE' }, ['rhel', '2.6.18', '2.6.18', '2.6.18-274.7.1.el5', 'PAE']],
  [{ release: '3.10.0-1160.rt56.1131.el7.x86_64' }, ['rhel', '3.10.0', '3.10', undefined, 'rt']],
  [{ release: '4.14.35-1902.300.11.el7uek.x86_64' }, ['oracle-uek', '4.14.35', '4.14', undefined, undefined]],
  [{ release: '4.14.33-59.37.amzn2.x86_64' }, ['amazon', '4.14.33', '4.14', undefined, undefined]],
  [{ release: '4.9.101-2.ph2' }, ['photon', '4.9.101', '4.9', '4.9.101-2', undefined]],
  [{ release: '4.9.101-2.ph2-esx' }, ['photon', '4.9.101', '4.9', '4.9.101-2', 'esx']],
  [
    { release: '6.8.0-0.rc1.20240126gitecb1b8288dc7.17.fc40.x86_64' },
    ['fedora', '6.8.0-rc1', '6.8', undefined, undefined],
  ],
  [{ release: '4.12.14-122.37-default' }, ['suse', '4.12.14', '4.12', undefined, 'default']],
  [{ release: '5.3.18-36-azure' }, ['suse', '5.3.18', '5.3', undefined, 'azure']],
  [{ release: '6.8.1-arch1-1' }, ['arch', '6.8.1', '6.8', undefined, undefined]],
  [{ release: '6.6.32-0-lts', osId: 'alpine' }, ['alpine', '6.6.32', '6.6', undefined, 'lts']],
  [{ release: '5.10.43-android12-9-00001-gabc' }, ['android', '5.10.43', '5.10', undefined, undefined]],
  [{ release: '4.9.65-006.ali3000.alios7.x86_64' }, ['alibaba', '4.9.65', '4.9', '4.9.65-006.ali3000', undefined]],
  [{ release: '5.4.106-1-pve' }, ['proxmox', '5.4.106', '5.4', undefined, undefined]],
  [{ release: 'garbage' }, ['unrecognised', undefined, undefined, undefined, undefined]],
  [{ release: '' }, ['unrecognised', undefined, undefined, undefined, undefined]],
];

for (const [words, told] of ROWS)
  void test(`${Object.values(words).join(' | ')}: ${told[0]}`, () => {
    const kernel = identifyKernel(words);
    assert.deepEqual(
      [kernel.vendor.id, kernel.base?.value, kernel.series, kernel.package?.value, kernel.flavour],
      told,
    );
  });

void test('whatever the words, there is an answer, and only a bare version is of kernel.org', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.constantFrom('4.9.103', '4.9.103-x', '6.1').chain((start) => fc.string().map((end) => start + end)),
      ),
      fc.string(),
      fc.string(),
      (release, version, signature) => {
        const kernel = identifyKernel({ release, version, signature });
        return kernel.vendor.id !== 'kernel.org' || /^\d+(\.\d+){1,3}(-rc\d+)?$/.test(release);
      },
    ),
    { numRuns: 2000 },
  );
});

/** Releases of trees that are built beside Fedora's, as their projects name them, and Fedora's own. */
const FC: readonly (readonly [string, string, string])[] = [
  ['6.6.48-1.qubes.fc37.x86_64', 'fedora', 'unrecognised'],
  ['6.11.5-307.bazzite.fc41.x86_64', 'fedora', 'unrecognised'],
  ['6.8.9-201.fsync.fc40.x86_64', 'fedora', 'unrecognised'],
  ['6.9.1-cachyos1.fc40.x86_64', 'fedora', 'unrecognised'],
  ['6.6.3-411.asahi.fc39.aarch64+16k', 'fedora', 'unrecognised'],
  ['6.10.6-1.surface.fc40.x86_64', 'fedora', 'unrecognised'],
  ['6.4.15-200.fc38.x86_64', 'qubes', 'unrecognised'],
  ['6.4.15-200.fc38.x86_64', '', 'fedora'],
  ['6.4.15-200.fc38.x86_64+debug', 'fedora', 'fedora'],
  ['6.12.0-0.rc1.20241001gite32cde8d2bd7.17.fc42.x86_64', 'fedora', 'fedora'],
  ['4.20.0-0.rc4.git2.1.fc30.x86_64', 'fedora', 'fedora'],
  ['6.11.0-63.fc42.aarch64', 'fedora', 'fedora'],
];
for (const [release, osId, vendor] of FC)
  void test(`${release} on ${osId}: ${vendor}`, () =>
    assert.equal(identifyKernel({ release, osId }).vendor.id, vendor));

for (const [release, flavour] of [
  ['5.14.0-427.13.1.el9_4.x86_64', undefined],
  ['5.14.0-427.13.1.el9_4.x86_64+rt', 'rt'],
  ['5.14.0-427.13.1.el9_4.x86_64+rt-debug', 'rt-debug'],
  ['5.14.0-427.13.1.el9_4.aarch64+64k', '64k'],
  ['5.14.0-284.11.1.rt14.296.el9_2.x86_64', 'rt'],
  ['3.10.0-1160.rt56.1131.el7.x86_64', 'rt'],
  ['3.10.0-1160.el7.x86_64.debug', 'debug'],
  ['3.10.0-1160.el7.centos.plus.x86_64', 'centos.plus'],
] as const)
  void test(`${release} is of flavour ${flavour}`, () => assert.equal(identifyKernel({ release }).flavour, flavour));
