import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { derive } from '../../../src/kernel/derive-facts.js';
import { fixFacts } from '../../../src/kernel/fixes/facts.js';
import { fixStatus } from '../../../src/kernel/fixes/status.js';
import { identifyKernel } from '../../../src/kernel/release.js';
import { absent, known, unreadable, type FactId, type Reading, type Readings } from '../../../src/model/reading.js';
import { shippedFix, shippedFixes } from '../../support/shipped-fixes.js';

const DERIVED = fixFacts(shippedFixes());

function machine(release: string, facts: Readonly<Record<string, Reading>> = {}): Readings {
  return new Map<FactId, Reading>(
    Object.entries({
      'uname.sysname': known('Linux', 'Linux'),
      'uname.release': known(release, release),
      'uname.version': known('#1 SMP Fri Jan 2 03:04:05 UTC 2015', ''),
      'uname.machine': known('x86_64', 'x86_64'),
      'proc.version': known(`Linux version ${release} (b@h) (gcc) #1 SMP Fri Jan 2 03:04:05 UTC 2015`, ''),
      'proc.version_signature': absent('/proc can be searched and has no such file'),
      'os.id': known('debian', 'debian'),
      'thp.enabled': known('always', '[always] madvise never'),
      'khugepaged.running': known(true, ''),
      'ksm.run': known(0, '0'),
      'ksm.max_page_sharing': known(256, '256'),
      ...facts,
    }),
  );
}

function answerIn(derived: Readings, id: FactId): string {
  const reading = derived.get(id);
  assert.ok(reading !== undefined);
  return reading.state === 'known'
    ? JSON.stringify(reading.value).replaceAll('"', '')
    : `${reading.state} ${reading.state === 'unreadable' ? reading.cause : ''}`.trim();
}

function answer(readings: Readings, id: FactId): string {
  return answerIn(derive(readings, DERIVED), id);
}

const K1 = 'fix.khugepaged_trylock';
const K4 = 'fix.ksm_max_page_sharing';
const gone = unreadable('denied', 'Permission denied');
const noFile = absent('/sys/kernel/mm can be searched and has no such file');

/** Ubuntu's packages linux and linux-riscv both have had interfaces below 1000 (5.4.0-24 and 6.8.0-31 of linux-riscv). */
function ubuntu(machineName: string | undefined): Readings {
  return machine('5.15.0-100-generic', {
    'os.id': known('ubuntu', ''),
    'uname.version': known('#110-Ubuntu SMP', ''),
    'proc.version': gone,
    'uname.machine': machineName === undefined ? gone : known(machineName, machineName),
  });
}

const CASES: readonly (readonly [string, Readings, FactId, string])[] = [
  ['the founding incident', machine('4.9.103'), K1, 'missing'],
  ['fixed', machine('4.9.104'), K1, 'fixed'],
  [
    'no THP compiled in',
    machine('4.9.103', { 'thp.enabled': noFile, 'khugepaged.running': known(false, '') }),
    K1,
    'not-affected',
  ],
  [
    'khugepaged does not run',
    machine('4.9.103', { 'thp.enabled': known('never', ''), 'khugepaged.running': known(false, '') }),
    K1,
    'not-affected',
  ],
  [
    'khugepaged still runs although THP is never',
    machine('4.9.103', { 'thp.enabled': known('never', '') }),
    K1,
    'missing',
  ],
  [
    'hidepid, but THP always shows that khugepaged runs',
    machine('4.9.103', { 'khugepaged.running': gone }),
    K1,
    'missing',
  ],
  [
    'hidepid and THP never: khugepaged may not run',
    machine('4.9.103', { 'thp.enabled': known('never', ''), 'khugepaged.running': gone }),
    K1,
    'unreadable undetermined',
  ],
  [
    'hidepid on a fixed kernel',
    machine('4.9.104', { 'thp.enabled': known('never', ''), 'khugepaged.running': gone }),
    K1,
    'fixed',
  ],
  [
    'neither could be read',
    machine('4.9.103', { 'thp.enabled': gone, 'khugepaged.running': gone }),
    K1,
    'unreadable undetermined',
  ],
  ['uname unreadable, /proc/version not', machine('4.9.103', { 'uname.release': gone }), K1, 'missing'],
  [
    'nothing tells the kernel',
    machine('4.9.103', { 'uname.release': gone, 'proc.version': gone }),
    K1,
    'unreadable undetermined',
  ],
  [
    'nothing tells the kernel, but the bug cannot reach it',
    machine('4.9.103', { 'uname.release': gone, 'proc.version': gone, 'khugepaged.running': known(false, '') }),
    K1,
    'not-affected',
  ],
  [
    'uname -v, where a vendor would name itself, is unreadable',
    machine('4.9.104', { 'uname.version': gone, 'proc.version': gone }),
    K1,
    'unreadable undetermined',
  ],
  ['the same past the main line', machine('6.1.55', { 'uname.version': gone, 'proc.version': gone }), K1, 'fixed'],
  ['not collected', new Map(), K1, 'unreadable undetermined'],
  [
    'Debian by /proc/version alone',
    machine('4.9.0-7-amd64', {
      'uname.version': gone,
      'proc.version': known(
        'Linux version 4.9.0-7-amd64 (debian-kernel@lists.debian.org) (gcc version 6.3.0 (Debian 6.3.0-18)) #1 SMP Debian 4.9.110-1 (2018-07-05)',
        '',
      ),
    }),
    K1,
    'fixed',
  ],
  ['KSM: the file is there on an old kernel', machine('4.9.337'), K4, 'fixed'],
  ['KSM: the file is not there', machine('4.9.337', { 'ksm.max_page_sharing': noFile }), K4, 'missing'],
  [
    'KSM: the file is not there on a kernel that nobody knows',
    machine('4.4.1-odd', { 'ksm.max_page_sharing': noFile }),
    K4,
    'missing',
  ],
  [
    'KSM: not compiled in',
    machine('4.9.337', { 'ksm.run': noFile, 'ksm.max_page_sharing': noFile }),
    K4,
    'not-affected',
  ],
  [
    'KSM: the file cannot be read on an old kernel',
    machine('4.9.337', { 'ksm.max_page_sharing': gone }),
    K4,
    'unreadable undetermined',
  ],
  ['KSM: the file cannot be read on a new kernel', machine('6.1.55', { 'ksm.max_page_sharing': gone }), K4, 'fixed'],
  ["Ubuntu's linux", ubuntu('x86_64'), 'fix.ext4_xattr_mbcache', 'fixed'],
  [
    "Ubuntu's linux-riscv, a package of its own",
    ubuntu('riscv64'),
    'fix.ext4_xattr_mbcache',
    'unreadable undetermined',
  ],
  ["Ubuntu's, on a machine of unknown kind", ubuntu(undefined), 'fix.ext4_xattr_mbcache', 'unreadable undetermined'],
  [
    'another architecture',
    machine('3.0.1', { 'uname.machine': known('s390x', '') }),
    'fix.sched_clock_overflow',
    'not-affected',
  ],
];

for (const [what, readings, id, expected] of CASES)
  void test(`${what}: ${id} is ${expected}`, () => assert.equal(answer(readings, id), expected));

void test('a derived fact says how it was derived', () => {
  const reading = derive(machine('4.9.103'), DERIVED).get(K1);
  assert.equal(reading?.state, 'known');
  assert.match(reading?.state === 'known' ? reading.raw : '', /4\.9\.103 is below 4\.9\.104.*uname -r: 4\.9\.103/);
});

void test('every derived fact names all that it reads', () => {
  for (const fact of DERIVED) {
    const read = new Set<FactId>();
    fact.derive((id) => {
      read.add(id);
      return unreadable('denied', 'no');
    });
    assert.deepEqual(
      [...read].filter((id) => !fact.inputs.includes(id)),
      [],
      fact.id,
    );
  }
});

const PLAIN = '#1 SMP Fri Jan 2 03:04:05 UTC 2015';
/** Machines that can be: release, `uname -v`, signature, and whether the KSM of that kernel has the limit. */
const KERNELS: readonly (readonly [string, string, string | undefined, boolean])[] = [
  ['4.9.103', PLAIN, undefined, false],
  ['4.9.104', PLAIN, undefined, false],
  ['4.9.0-6-amd64', '#1 SMP Debian 4.9.88-1 (2018-05-07)', undefined, false],
  ['4.9.0-7-amd64', '#1 SMP Debian 4.9.110-1 (2018-07-05)', undefined, false],
  ['4.15.0-23-generic', '#25-Ubuntu SMP', 'Ubuntu 4.15.0-23.25-generic 4.15.18', true],
  ['4.15.0-24-generic', '#26-Ubuntu SMP', 'Ubuntu 4.15.0-24.26-generic 4.15.18', true],
  ['4.15.0-1010-aws', '#10-Ubuntu SMP', 'Ubuntu 4.15.0-1010.10-aws 4.15.18', true],
  ['3.10.0-1127.el7.x86_64', PLAIN, undefined, true],
  ['3.10.0-1127.19.1.el7.x86_64', PLAIN, undefined, true],
  ['3.10.0-1160.el7.x86_64', PLAIN, undefined, true],
  ['6.1.55', PLAIN, undefined, true],
  ['6.1.0-13-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)', undefined, true],
  ['4.9.319-odd', PLAIN, undefined, true],
  ['2.6.32-504.8.1.el6.x86_64', PLAIN, undefined, false],
];
const anyMachine = fc
  .record({
    kernel: fc.constantFrom(...KERNELS),
    mode: fc.constantFrom('', 'always', 'madvise', 'never'),
    hasKsm: fc.boolean(),
  })
  .map(({ kernel: [release, version, signature, hasLimit], mode, hasKsm }) =>
    machine(release, {
      'uname.version': known(version, version),
      'proc.version': known(`Linux version ${release} (b@h) (gcc) ${version}`, ''),
      ...(signature === undefined ? {} : { 'proc.version_signature': known(signature, signature) }),
      'thp.enabled': mode === '' ? noFile : known(mode, mode),
      'khugepaged.running': known(mode === 'always' || mode === 'madvise', ''),
      'ksm.run': hasKsm ? known(1, '1') : noFile,
      'ksm.max_page_sharing': hasKsm && hasLimit ? known(256, '256') : noFile,
    }),
  );

/** `fixed` and `not-affected` both say that the bug cannot bite. */
function bites(said: string): boolean | undefined {
  return said === 'missing' ? true : said === 'fixed' || said === 'not-affected' ? false : undefined;
}

void test('making facts unreadable never turns a machine that the bug can bite into one that it cannot, nor the other way round', () => {
  const facts = [
    'uname.release',
    'uname.version',
    'proc.version',
    'proc.version_signature',
    'thp.enabled',
    'khugepaged.running',
    'ksm.run',
    'ksm.max_page_sharing',
    'os.id',
    'uname.machine',
  ];
  fc.assert(
    fc.property(anyMachine, fc.subarray(facts), (readings, hidden) => {
      const doubtful = new Map(readings);
      for (const id of hidden) doubtful.set(id, gone);
      const [all, some] = [derive(readings, DERIVED), derive(doubtful, DERIVED)];
      for (const { id } of DERIVED) {
        const [before, after] = [answerIn(all, id), answerIn(some, id)];
        assert.ok(
          bites(after) === undefined || bites(after) === bites(before),
          `${id}: ${before} became ${after} without ${hidden.join(', ')}`,
        );
      }
    }),
    { numRuns: 400 },
  );
});

void test('the changelog comes after the vendor and before the base', () => {
  const fix = shippedFix('khugepaged-trylock');
  const changelog = {
    package: 'kernel-3.10.0-1127.19.1.el7',
    found: new Map([[fix.fix, '- [mm] thp: use down_read_trylock() in khugepaged to avoid long block']]),
  };
  const byVendor = fixStatus(fix, { kernel: identifyKernel({ release: '3.10.0-1160.el7.x86_64' }), changelog });
  const byChangelog = fixStatus(fix, { kernel: identifyKernel({ release: '3.10.0-1127.19.1.el7.x86_64' }), changelog });
  assert.deepEqual([byVendor.state, byVendor.state === 'unknown' ? '' : byVendor.by], ['fixed', 'vendor']);
  assert.deepEqual([byChangelog.state, byChangelog.state === 'unknown' ? '' : byChangelog.by], ['fixed', 'changelog']);
  const silent = fixStatus(fix, {
    kernel: identifyKernel({ release: '3.10.0-1127.19.1.el7.x86_64' }),
    changelog: { package: 'kernel', found: new Map() },
  });
  assert.equal(silent.state, 'unknown');
});
