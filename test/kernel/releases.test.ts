import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixStatus } from '../../src/kernel/fixes/status.js';
import { identifyKernel, type KernelWords } from '../../src/kernel/release.js';
import { shippedFixes } from '../support/shipped-fixes.js';

const FIXES = shippedFixes();

interface Release {
  readonly words: KernelWords;
  readonly family: string;
  readonly vendor: string;
  readonly base: string | undefined;
}

const RELEASES: readonly Release[] = readFileSync('test/kernel/releases.tsv', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [release = '', osId = '', family = '', , vendor = '', base = ''] = line.split('\t');
    return {
      words: { release, ...(osId === '-' ? {} : { osId }) },
      family,
      vendor,
      base: base === '-' ? undefined : base,
    };
  });

void test('the releases are all there', () => assert.equal(RELEASES.length, 131));

for (const { words, family, vendor, base } of RELEASES)
  void test(`${words.release} (${family}): ${vendor}`, () => {
    const kernel = identifyKernel(words);
    assert.deepEqual([kernel.vendor.id, kernel.base?.value], [vendor, base]);
    for (const fix of FIXES) {
      const status = fixStatus(fix, { kernel });
      // The number alone says that a fix is missing only of kernel.org's own.
      if (status.state === 'missing')
        assert.ok(status.by === 'vendor' || kernel.vendor.id === 'kernel.org', `${fix.fix}: ${status.reason}`);
      if (status.state === 'unknown' && kernel.vendor.id === 'unrecognised' && !status.reason.includes('candidate'))
        assert.ok(status.reason.startsWith(`kernward does not know who builds ${words.release}`), status.reason);
    }
  });

/** What contradicts, in the words that people read. Versions as these kernels say them. */
const CONTRADICTED: readonly (readonly [KernelWords, string])[] = [
  [
    { release: '5.10.0-8-generic', version: '#33~v10pro-KYLINOS SMP Fri Mar 3 07:11:05 UTC 2023' },
    "the release looks like one of Ubuntu's, but uname -v (#33~v10pro-KYLINOS SMP Fri Mar 3 07:11:05 UTC 2023) is not as Ubuntu's kernels say it",
  ],
  [
    { release: '6.6.0-58-generic', osId: 'kylin' },
    "the release looks like one of Ubuntu's, but os-release says ID=kylin, for which Ubuntu is not known to build kernels",
  ],
  [
    { release: '6.1.0-13-amd64', version: '#1 SMP PREEMPT Debian 1:6.1.54-1+rpt2 (2023-10-05)' },
    "the release looks like one of Debian's, but uname -v (#1 SMP PREEMPT Debian 1:6.1.54-1+rpt2 (2023-10-05)) names Raspberry Pi",
  ],
  [
    { release: '6.1.0-13-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 1:6.1.55-1 (2023-09-29)' },
    "the release looks like one of Debian's, but uname -v (#1 SMP PREEMPT_DYNAMIC Debian 1:6.1.55-1 (2023-09-29)) is not as Debian's kernels say it",
  ],
  [
    { release: '6.10.0-13-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 6.10.11-1kali1 (2024-10-08)' },
    "the release looks like one of Debian's, but uname -v (#1 SMP PREEMPT_DYNAMIC Debian 6.10.11-1kali1 (2024-10-08)) is not as Debian's kernels say it",
  ],
  [
    { release: '6.1.0-13-amd64', osId: 'debian', packaged: '1:6.1.55-1' },
    "the release looks like one of Debian's, but its package has the version 1:6.1.55-1, and Debian's have no such versions",
  ],
  [
    { release: '4.9.0-8-2-amd64', version: '#1 SMP Debian 4.9.110-3+deb9u6 (2015-12-19)', osId: 'debian' },
    'uname -v (#1 SMP Debian 4.9.110-3+deb9u6 (2015-12-19)) names Debian, whose releases do not look like that',
  ],
  [
    { release: '4.15.0-24-generic', signature: 'Ubuntu 4.15.0-99.100-generic 4.15.18' },
    "the release looks like one of Ubuntu's, but /proc/version_signature (Ubuntu 4.15.0-99.100-generic 4.15.18) names another kernel",
  ],
  [
    { release: '4.9.103', version: '#1 SMP Debian 4.9.110-1 (2018-07-05)' },
    'uname -v (#1 SMP Debian 4.9.110-1 (2018-07-05)) names Debian',
  ],
  [
    { release: '3.10.0-1160.el7.x86_64', osId: 'kylin' },
    "the release looks like one of the Red Hat family's, but os-release says ID=kylin, for which the Red Hat family is not known to build kernels",
  ],
];

for (const [words, contradiction] of CONTRADICTED)
  void test(`${Object.values(words).join(' | ')}: contradicted`, () => {
    const kernel = identifyKernel(words);
    assert.deepEqual([kernel.vendor.id, kernel.vendor.contradiction], ['unrecognised', contradiction]);
    const open = FIXES.map((fix) => fixStatus(fix, { kernel })).find(({ state }) => state === 'unknown');
    assert.ok(
      open?.reason.startsWith(`kernward does not know who builds ${words.release} (${contradiction})`),
      open?.reason,
    );
  });

void test('Raspberry Pi OS: fixed only where its own base shows it, never by the epoch', () => {
  const kernel = identifyKernel({
    release: '6.1.0-rpi4-rpi-v8',
    version: '#1 SMP PREEMPT Debian 1:6.1.54-1+rpt2 (2023-10-05)',
    osId: 'debian',
  });
  assert.deepEqual(
    [kernel.vendor.id, kernel.base, kernel.package],
    ['raspberrypi', { value: '6.1.54', from: 'uname -v' }, undefined],
  );
  const states = new Map(FIXES.map((fix) => [fix.fix, fixStatus(fix, { kernel }).state]));
  // 6.1.77, 6.1.124 and 6.1.149 have them.
  for (const fix of ['sbitmap-wakeup-race', 'throttle-direct-reclaim', 'jbd2-checkpoint-soft-lockup'])
    assert.equal(states.get(fix), 'unknown', fix);
  assert.equal(states.get('khugepaged-trylock'), 'fixed');
});

void test('Bottlerocket: a bare number, and nothing is missing by it', () => {
  const states = FIXES.map((fix) =>
    fixStatus(fix, { kernel: identifyKernel({ release: '5.15.102', osId: 'bottlerocket' }) }),
  );
  assert.deepEqual(
    states.filter(({ state }) => state === 'missing'),
    [],
  );
  assert.ok(
    states.some(({ reason }) => reason.includes("Bottlerocket's 5.15.102, and a tree that its vendor changes")),
  );
});

void test('what follows stable is judged by its base upwards: Flatcar, Amazon Linux 2023, Azure Linux, WSL', () => {
  const race = FIXES.find(({ fix }) => fix === 'sbitmap-wakeup-race');
  assert.ok(race);
  for (const [below, above, osId] of [
    ['6.6.15-flatcar', '6.6.16-flatcar', 'flatcar'],
    ['6.1.76-95.1.amzn2023.x86_64', '6.1.77-99.164.amzn2023.x86_64', 'amzn'],
    ['6.6.15.1-1.azl3', '6.6.16.1-1.azl3', 'azurelinux'],
    ['5.15.148.1-microsoft-standard-WSL2', '5.15.149.1-microsoft-standard-WSL2', 'ubuntu'],
  ] as const) {
    assert.equal(fixStatus(race, { kernel: identifyKernel({ release: above, osId }) }).state, 'fixed', above);
    assert.equal(fixStatus(race, { kernel: identifyKernel({ release: below, osId }) }).state, 'unknown', below);
  }
});
