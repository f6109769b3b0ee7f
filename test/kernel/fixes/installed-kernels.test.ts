import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostFixStatus, installedKernels } from '../../../src/kernel/fixes/installed-kernels.js';
import { fixStatus, type FixStatus } from '../../../src/kernel/fixes/status.js';
import { identifyKernel, type KernelWords } from '../../../src/kernel/release.js';
import { absent, known, unreadable, type Reading } from '../../../src/model/reading.js';
import { shippedFix } from '../../support/shipped-fixes.js';

const K1 = shippedFix('khugepaged-trylock');
const K9 = shippedFix('sbitmap-wakeup-race');

/** The fact `kernel.installed`. */
const DEBIAN = [
  'linux-image-6.1.0-13-amd64 6.1.55-1',
  'linux-image-6.1.0-18-amd64 6.1.82-1',
  'linux-image-6.1.0-20-cloud-amd64 6.1.85-1',
  'linux-image-6.1.0-18-amd64-dbg 6.1.99-1',
  'linux-image-amd64 6.1.106-3',
];
const UBUNTU = [
  'linux-image-4.15.0-23-generic 4.15.0-23.25',
  'linux-image-4.15.0-24-generic 4.15.0-24.26',
  'linux-image-4.15.0-1010-aws 4.15.0-1010.10',
  'linux-image-generic 4.15.0.24.26',
];
const EL7 = [
  'kernel 3.10.0-1127.el7 x86_64',
  'kernel-headers 3.10.0-1160.119.1.el7 x86_64',
  'kernel-tools 3.10.0-1160.119.1.el7 x86_64',
  'kernel 3.10.0-1160.119.1.el7 x86_64',
];
const EL9 = [
  'kernel 5.14.0-284.11.1.el9_2 x86_64',
  'kernel-core 5.14.0-162.6.1.el9_1 x86_64',
  'kernel-core 5.14.0-284.11.1.el9_2 x86_64',
  'kernel-modules 5.14.0-427.13.1.el9_4 x86_64',
];
const RED_HAT_FLAVOURS = [
  'kernel-core 5.14.0-427.13.1.el9_4 x86_64',
  'kernel-rt-core 5.14.0-427.13.1.el9_4 x86_64',
  'kernel-rt-core 5.14.0-284.11.1.rt14.296.el9_2 x86_64',
  'kernel-64k-core 5.14.0-427.13.1.el9_4 aarch64',
];
const SUSE = [
  'kernel-default 4.12.14-122.37.1 x86_64',
  'kernel-default 5.3.18-24.1 x86_64',
  'kernel-default-devel 5.14.21-1.1 x86_64',
];

void test('installed kernels, without meta packages, leftovers, symbols and what is no kernel', () => {
  assert.deepEqual(
    installedKernels(DEBIAN).map(({ version }) => version),
    ['6.1.55-1', '6.1.82-1', '6.1.85-1'],
  );
  assert.deepEqual(
    installedKernels(UBUNTU).map(({ kernel }) => kernel.package?.value),
    ['4.15.0-23.25', '4.15.0-24.26', '4.15.0-1010.10'],
  );
  assert.deepEqual(
    installedKernels(EL7).map(({ kernel }) => kernel.release),
    ['3.10.0-1127.el7.x86_64', '3.10.0-1160.119.1.el7.x86_64'],
  );
  assert.deepEqual(
    installedKernels(EL9).map(({ kernel }) => kernel.release),
    ['5.14.0-162.6.1.el9_1.x86_64', '5.14.0-284.11.1.el9_2.x86_64'],
  );
  assert.deepEqual(
    installedKernels(SUSE).map(({ kernel }) => [kernel.release, kernel.vendor.id]),
    [
      ['4.12.14-122.37-default', 'suse'],
      ['5.3.18-24-default', 'suse'],
    ],
  );
  assert.deepEqual(
    installedKernels(RED_HAT_FLAVOURS).map(({ kernel }) => [kernel.release, kernel.flavour]),
    [
      ['5.14.0-427.13.1.el9_4.x86_64', undefined],
      ['5.14.0-427.13.1.el9_4.x86_64+rt', 'rt'],
      ['5.14.0-284.11.1.rt14.296.el9_2.x86_64', 'rt'],
      ['5.14.0-427.13.1.el9_4.aarch64+64k', '64k'],
    ],
  );
  assert.deepEqual(installedKernels(['nonsense', '', 'linux-image-6.1 x y z']), []);
});

void test('a kernel of another flavour of Red Hat is not what a reboot brings', () => {
  const running = identifyKernel({ release: '3.10.0-1127.rt56.1093.el7.x86_64' });
  assert.doesNotMatch(hostFixStatus(K1, { kernel: running }, installedKernels(EL7), [K1]).reason, /reboot/);
  const plain = identifyKernel({ release: '5.14.0-162.6.1.el9_1.x86_64' });
  const rt = installedKernels(['kernel-rt-core 5.14.0-427.13.1.el9_4 x86_64']);
  assert.doesNotMatch(hostFixStatus(K9, { kernel: plain }, rt, [K9]).reason, /not booted/);
});

type Row = readonly [string, typeof K1, KernelWords, ReturnType<typeof installedKernels>, string];
const ROWS: readonly Row[] = [
  [
    'Red Hat: the fixed kernel waits for a reboot',
    K1,
    { release: '3.10.0-1127.el7.x86_64' },
    installedKernels(EL7),
    'fixed-not-booted',
  ],
  [
    'Red Hat: a z-stream that nobody can place, and a fixed kernel beside it',
    K1,
    { release: '3.10.0-1127.19.1.el7.x86_64' },
    installedKernels(EL7),
    'unknown',
  ],
  ['Red Hat: it runs', K1, { release: '3.10.0-1160.119.1.el7.x86_64' }, installedKernels(EL7), 'fixed'],
  [
    'Ubuntu',
    K1,
    { release: '4.15.0-23-generic', version: '#25-Ubuntu SMP' },
    installedKernels(UBUNTU),
    'fixed-not-booted',
  ],
  [
    'Ubuntu: another flavour does not count',
    K1,
    { release: '4.15.0-1009-aws', version: '#9-Ubuntu SMP' },
    installedKernels(UBUNTU),
    'unknown',
  ],
  [
    'Debian',
    K9,
    { release: '6.1.0-13-amd64', version: '#1 SMP Debian 6.1.55-1 (2023-09-29)' },
    installedKernels(DEBIAN),
    'fixed-not-booted',
  ],
  [
    'Debian: a rebuild of the same name',
    K9,
    { release: '6.1.0-18-amd64', version: '#1 SMP Debian 6.1.76-1 (2024-02-01)' },
    installedKernels(DEBIAN),
    'fixed-not-booted',
  ],
  [
    'Debian: the cloud flavour',
    K9,
    { release: '6.1.0-13-cloud-amd64', version: '#1 SMP Debian 6.1.55-1 (2023-09-29)' },
    installedKernels(DEBIAN),
    'fixed-not-booted',
  ],
  [
    'SUSE: nobody knows whether the running one has it',
    K1,
    { release: '4.12.14-122.37-default' },
    installedKernels(SUSE),
    'unknown',
  ],
  [
    'a newer kernel runs than the newest that is installed',
    K1,
    { release: '3.10.0-1127.el7.x86_64' },
    installedKernels(['kernel 3.10.0-514.el7 x86_64']),
    'missing',
  ],
  [
    'nothing newer is installed',
    K1,
    { release: '3.10.0-1127.el7.x86_64' },
    installedKernels(['kernel 3.10.0-1127.el7 x86_64']),
    'missing',
  ],
  [
    'what is newer lacks it as well',
    K1,
    { release: '3.10.0-514.el7.x86_64' },
    installedKernels(['kernel 3.10.0-514.el7 x86_64', 'kernel 3.10.0-1127.el7 x86_64']),
    'missing',
  ],
];
for (const [what, fix, words, installed, state] of ROWS)
  void test(`${what}: ${state}`, () =>
    assert.equal(hostFixStatus(fix, { kernel: identifyKernel(words) }, installed, []).state, state));

const WITHOUT_FIX: readonly (readonly [string, Reading])[] = [
  ['khugepaged.running', known(true, '')],
  ['thp.enabled', known('always', '')],
];

function statusWith(facts: readonly (readonly [string, Reading])[]): FixStatus {
  const kernel = identifyKernel({ release: '3.10.0-514.el7.x86_64' });
  const readings = new Map([...WITHOUT_FIX, ...facts]);
  return fixStatus(K1, { kernel, read: (id) => readings.get(id) ?? unreadable('not-collected', '') });
}

const TAINTED_K = known(32_768 + 4096, '');
for (const [what, facts, state] of [
  ['no taint and no patch', [['sysctl.kernel.tainted', known(4096, '')]], 'missing'],
  ['taint K, and no folder that names a patch', [['sysctl.kernel.tainted', TAINTED_K]], 'unknown'],
  [
    'taint K, and a folder without a patch in force',
    [
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', known([], '')],
      ['kernel.kpatches', absent('no kpatch')],
    ],
    'missing',
  ],
  [
    'taint K, and a kernel without the folder',
    [
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', absent('no livepatch')],
    ],
    'unknown',
  ],
  [
    'taint K, no patch of livepatch, and a folder of kpatch that may not be read',
    [
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', known([], '')],
      ['kernel.kpatches', unreadable('denied', '')],
    ],
    'unknown',
  ],
  ['no taint, and a patch that is named', [['kernel.livepatches', known(['livepatch_1'], '')]], 'missing'],
  ['no taint, and a folder that may not be read', [['kernel.livepatches', unreadable('denied', '')]], 'missing'],
  [
    'taint K, and a folder that may not be read',
    [
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', unreadable('denied', '')],
    ],
    'unknown',
  ],
  ['no taint, and a folder without a patch', [['kernel.livepatches', known([], '')]], 'missing'],
  ['no taint, and a kernel without the folder', [['kernel.livepatches', absent('no livepatch')]], 'missing'],
  [
    'taint K, and a patch that is named',
    [
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', known(['livepatch_1'], '')],
    ],
    'missing',
  ],
  [
    "taint U, and a patch that kpatch's own module names",
    [
      ['sysctl.kernel.tainted', known(64, '')],
      ['kernel.kpatches', known(['kpatch_1'], '')],
    ],
    'missing',
  ],
] as const)
  void test(`${what}: ${state}`, () => assert.equal(statusWith(facts).state, state));

void test('a live patch that was not found, and one of kpatch, are told', () => {
  assert.match(
    statusWith([['sysctl.kernel.tainted', TAINTED_K]]).reason,
    /a live patch was loaded since boot \(taint K in kernel\.tainted\), where it is now cannot be seen/,
  );
  assert.match(
    statusWith([
      ['sysctl.kernel.tainted', TAINTED_K],
      ['kernel.livepatches', known([], '')],
      ['kernel.kpatches', absent('no kpatch')],
    ]).reason,
    /loaded since boot \(taint K in kernel\.tainted\), and none is listed now/,
  );
  assert.match(statusWith([['kernel.kpatches', known(['kpatch_1'], '')]]).reason, /loaded \(kpatch_1\)/);
});

void test('live patches are shown and decide nothing', () => {
  const kernel = identifyKernel({ release: '3.10.0-1127.el7.x86_64' });
  const readings = new Map<string, Reading>([
    ['kernel.livepatches', known(['kpatch_3_10_0_1127_1_1'], '')],
    ['khugepaged.running', known(true, '')],
    ['thp.enabled', known('always', '')],
  ]);
  const status = fixStatus(K1, { kernel, read: (id) => readings.get(id) ?? unreadable('not-collected', '') });
  assert.equal(status.state, 'missing');
  assert.match(status.reason, /live patches are loaded \(kpatch_3_10_0_1127_1_1\)/);
});
