import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derive } from '../../../src/kernel/derive-facts.js';
import { fixFacts } from '../../../src/kernel/fixes/facts.js';
import { createPackageLookups } from '../../../src/kernel/fixes/package-lookups.js';
import { absent, known, unreadable, type FactId, type Reading, type Readings } from '../../../src/model/reading.js';
import { readRecording } from '../../../src/probe/recording.js';
import { readFileSync } from 'node:fs';
import { shippedFixes } from '../../support/shipped-fixes.js';

const FIXES = shippedFixes();
const DERIVED = fixFacts(FIXES);
const LINE = '- mm: thp: use down_read_trylock() in khugepaged to avoid long block (A B) [1]';
const K1 = 'fix.khugepaged_trylock';

function osIdOf(release: string): string {
  return /el7/.test(release)
    ? 'rhel'
    : release.endsWith('-default')
      ? 'sles'
      : /amd64/.test(release)
        ? 'debian'
        : 'ubuntu';
}

function host(release: string, version: string, facts: Readonly<Record<string, Reading>> = {}): Readings {
  return new Map<FactId, Reading>(
    Object.entries({
      'uname.release': known(release, ''),
      'uname.version': known(version, ''),
      'proc.version': known(`Linux version ${release} (b@h) (gcc) ${version}`, ''),
      'proc.version_signature': absent('x'),
      'os.id': known(osIdOf(release), ''),
      'thp.enabled': known('always', ''),
      'khugepaged.running': known(true, ''),
      'kernel.livepatches': known([], ''),
      ...facts,
    }),
  );
}

function searched(owner: string, said: string): Readonly<Record<string, Reading>> {
  return {
    'kernel.package': known(owner, ''),
    'kernel.changelog': known({ 'khugepaged-trylock': said }, ''),
  };
}

function inWords(readings: Readings): string {
  const reading = derive(readings, DERIVED).get(K1);
  if (reading?.state === 'known') return `${JSON.stringify(reading.value).replaceAll('"', '')}: ${reading.raw}`;
  return reading?.state === 'unreadable' ? `unknown: ${reading.detail}` : 'absent';
}

const EL: readonly [string, string] = ['3.10.0-1127.19.1.el7.x86_64', '#1 SMP Tue Aug 11 19:12:04 EDT 2020'];
const SLE: readonly [string, string] = ['4.12.14-122.37-default', '#1 SMP Tue Aug 11 19:12:04 UTC 2020'];
const UBUNTU: readonly [string, string] = ['4.4.0-190-generic', '#220-Ubuntu SMP'];
const STRETCH: readonly [string, string] = ['4.9.0-6-amd64', '#1 SMP Debian 4.9.88-1 (2018-05-07)'];
const DEBIAN_BPO: readonly [string, string] = ['4.9.0-0.bpo.6-amd64', '#1 SMP Debian 4.9.88-1~bpo8+1 (2018-05-13)'];

const CASES: readonly (readonly [string, Readings, RegExp])[] = [
  [
    'Red Hat: found',
    host(...EL, searched('kernel 3.10.0-1127.19.1.el7', `found: ${LINE}`)),
    /^fixed: the changelog of kernel 3\.10\.0-1127\.19\.1\.el7 names the fix; - mm: thp/,
  ],
  [
    'Red Hat: not found',
    host(...EL, searched('kernel 3.10.0-1127.19.1.el7', 'not found')),
    /^unknown: .*; the changelog of kernel 3\.10\.0-1127\.19\.1\.el7 does not name the fix, which proves nothing$/,
  ],
  [
    'Red Hat: reverted',
    host(...EL, searched('kernel 3.10.0-1127.19.1.el7', `reverted: - Revert "x"`)),
    /^unknown: .*takes the fix back: - Revert "x"$/,
  ],
  [
    'Red Hat: of another build',
    host(...EL, searched('kernel 3.10.0-1127.19.10.el7', `found: ${LINE}`)),
    /^unknown: .*the changelog on the machine is that of kernel 3\.10\.0-1127\.19\.10\.el7, and 3\.10\.0-1127\.19\.1\.el7 runs$/,
  ],
  [
    'Red Hat: of a build whose version goes on',
    host(...EL, searched('kernel 3.10.0-1127.19', `found: ${LINE}`)),
    /^unknown/,
  ],
  [
    'Red Hat: of a build whose version goes on in a word',
    host(...EL, searched('kernel 3.10.0-1127.1', `found: ${LINE}`)),
    /^unknown/,
  ],
  [
    'SUSE, whose release lacks the rebuild count',
    host(...SLE, searched('kernel-default 4.12.14-122.37.1', `found: ${LINE}`)),
    /^fixed/,
  ],
  ['SUSE, another update', host(...SLE, searched('kernel-default 4.12.14-122.3.1', `found: ${LINE}`)), /^unknown/],
  ['Ubuntu', host(...UBUNTU, searched('linux 4.4.0-190.220', `found: ${LINE}`)), /^fixed/],
  ['Ubuntu, updated since', host(...UBUNTU, searched('linux 4.4.0-190.221', `found: ${LINE}`)), /^unknown/],
  ['Debian, signed', host(...STRETCH, searched('linux-signed-amd64 4.9.88+1', `found: ${LINE}`)), /^fixed/],
  [
    'Debian, a signed backport',
    host(...DEBIAN_BPO, searched('linux-signed-amd64 4.9.88+1~bpo8+1', `found: ${LINE}`)),
    /^fixed/,
  ],
  ['Debian, updated under the same name', host(...STRETCH, searched('linux 4.9.110-1', `found: ${LINE}`)), /^unknown/],
  [
    'older entries are cut off',
    host(...STRETCH, searched('linux 4.9.88-1', 'not found, and older entries have been removed from it')),
    /^unknown: .*proves nothing: older entries have been removed from it$/,
  ],
  ['nobody searched', host(...EL), /^unknown: (?!.*changelog)/],
  [
    'the search was cut short',
    host(...EL, {
      'kernel.package': unreadable('timed-out', 'late'),
      'kernel.changelog': unreadable('timed-out', 'late'),
    }),
    /^unknown: .*was not searched: late$/,
  ],
  [
    'a vendor table comes first',
    host('3.10.0-1127.el7.x86_64', EL[1], searched('kernel 3.10.0-1127.el7', `found: ${LINE}`)),
    /^missing: /,
  ],
  [
    'missing, and the fixed kernel waits for a reboot',
    host('3.10.0-1127.el7.x86_64', EL[1], {
      'kernel.installed': known(['kernel 3.10.0-1127.el7 x86_64', 'kernel 3.10.0-1160.el7 x86_64'], ''),
    }),
    /^fixed-not-booted: .*lacks the fix; kernel 3\.10\.0-1160\.el7 is installed, not booted, and has the fix/,
  ],
  [
    'unknown, and a fixed kernel beside it',
    host(...EL, { 'kernel.installed': known(['kernel 3.10.0-1160.el7 x86_64'], '') }),
    /^unknown: .*kernel 3\.10\.0-1160\.el7 is installed, not booted.*a reboot into it would settle it$/,
  ],
  [
    'khugepaged does not run: no package matters',
    host('3.10.0-1127.el7.x86_64', EL[1], {
      'khugepaged.running': known(false, ''),
      'thp.enabled': known('never', ''),
      'kernel.installed': known(['kernel 3.10.0-1160.el7 x86_64'], ''),
    }),
    /^not-affected/,
  ],
];

for (const [what, readings, expected] of CASES) void test(what, () => assert.match(inWords(readings), expected));

function lookup(readings: Readings, asked?: readonly string[]): ReturnType<ReturnType<typeof createPackageLookups>> {
  return createPackageLookups(
    FIXES,
    asked === undefined ? undefined : new Set(asked),
  )((id) => readings.get(id) ?? unreadable('not-collected', ''));
}

void test('the packages are asked for only where an answer that somebody reads can change', () => {
  const stock = readRecording(readFileSync('policies/hosts/debian-12.probe'));
  assert.equal(lookup(stock, [K1]).isNeeded, false, 'a current Debian has the fix');
  assert.deepEqual(
    lookup(stock).inChangelog.map(({ fix }) => fix),
    ['nfs-kcompactd-deadlock', 'nfs-release-folio-recovery', 'throttled-delayed-dequeue'],
    'and those that nothing decides are looked for where everything is asked',
  );
  assert.equal(lookup(host(...EL), [K1]).isNeeded, true);
  assert.ok(lookup(host(...EL), [K1]).inChangelog.some(({ fix }) => fix === 'khugepaged-trylock'));
  assert.equal(lookup(host(...EL), ['thp.enabled']).isNeeded, false, 'no rule reads it');
  assert.equal(lookup(stock, ['kernel.installed']).isNeeded, true, 'a rule reads the packages themselves');
  const missing = lookup(host('3.10.0-1127.el7.x86_64', EL[1]), [K1]);
  assert.equal(missing.isNeeded, true, 'the next boot may bring it');
  assert.ok(
    !missing.inChangelog.some(({ fix }) => fix === 'khugepaged-trylock'),
    'and no changelog decides what a vendor table has',
  );
  assert.deepEqual(
    lookup(
      host('4.9.103', '#1 SMP', {
        'uname.release': unreadable('denied', ''),
        'proc.version': unreadable('denied', ''),
      }),
      [K1],
    ),
    { isNeeded: false, inChangelog: [] },
    'nobody knows which package to look at',
  );
});
