import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derive } from '../../../src/kernel/derive-facts.js';
import { checkRelease } from '../../../src/kernel/fixes/check-release.js';
import { fixFacts, fixInputs } from '../../../src/kernel/fixes/facts.js';
import { absent, known, type FactId, type Reading } from '../../../src/model/reading.js';
import { shippedFix, shippedFixes } from '../../support/shipped-fixes.js';

const FIXES = shippedFixes();

function told(release: string, fix: string): string {
  const row = checkRelease(release, undefined, FIXES).find(({ id }) => id === fix);
  return `${row?.state}: ${row?.reason}`;
}

/** What is told of a fix that is there, where the fix was not the end of the matter. */
const ROWS: readonly (readonly [fix: string, release: string, told: RegExp])[] = [
  ['writeback-inode-switch', '6.12.53', /^missing: (?!.*list-lock)/],
  [
    'writeback-inode-switch',
    '6.12.60',
    /^fixed: .* is at or above 6\.12\.54, which has the fix; it was not enough: the fix of writeback-list-lock-contention is missing \(.*6\.12\.60 is below 6\.12\.94.*\)$/,
  ],
  [
    'writeback-inode-switch',
    '6.12.94',
    /^fixed: .*; it was not enough, and the kernel has the fix of writeback-list-lock-contention too; writeback-list-lock-contention brought writeback-inode-switch-use-after-free, and the kernel has the fix of that too$/,
  ],
  [
    'writeback-inode-switch',
    '6.18.10',
    /^fixed: .*; it was not enough, and the kernel has the fix of writeback-list-lock-contention too; writeback-list-lock-contention brought writeback-inode-switch-use-after-free, whose fix is missing \(.*below 6\.18\.25.*\)$/,
  ],
  [
    'writeback-list-lock-contention',
    '6.18.25',
    /^fixed: .*; it brought writeback-inode-switch-use-after-free, and the kernel has the fix of that too$/,
  ],
  [
    'fib6-select-path',
    '6.1.140',
    /^fixed: .*; it brought fib6-nlmsg-size-loop, whose fix is missing \(.*below 6\.1\.148.*\); it brought fib6-select-path-detached, whose fix is missing \(.*below 6\.1\.176.*\)$/,
  ],
  [
    'fib6-select-path',
    '6.1.150',
    /^fixed: .*; it brought fib6-nlmsg-size-loop, and the kernel has the fix of that too; it brought fib6-select-path-detached, whose fix is missing/,
  ],
  [
    'nfs-kcompactd-deadlock',
    '6.6.100',
    /^fixed: .*; it was not enough: the fix of nfs-release-folio-recovery is missing \(.*below 6\.6\.130.*\)$/,
  ],
  ['nfs-kcompactd-deadlock', '6.12.60', /^fixed: .*the fix of nfs-release-folio-recovery is missing/],
  ['vmcore-read-soft-lockup', '6.1.100', /^fixed: .*the fix of vmcore-read-second-loop is missing/],
  ['memcg-oom-soft-lockup', '6.1.135', /^fixed: .*the fix of memcg-oom-slow-kill is missing/],
  ['raid5d-waits-for-itself', '6.1.100', /^fixed: [^;]*$/],
];
for (const [fix, release, words] of ROWS)
  void test(`${fix} in ${release} is told with what came after it`, () => assert.match(told(release, fix), words));

void test('no fix of the catalogue is told as there without the state of every fix that came after it', () => {
  const followed = FIXES.filter(({ followUps }) => followUps !== undefined);
  assert.ok(followed.length >= 5);
  for (const release of ['6.1.100', '6.1.140', '6.6.130', '6.12.60', '6.17.13', '6.18.10', '7.1', '7.3']) {
    const rows = checkRelease(release, undefined, FIXES);
    for (const { fix, followUps = [] } of followed) {
      const row = rows.find(({ id }) => id === fix);
      if (row?.state !== 'fixed') continue;
      assert.deepEqual(
        row.followUps
          .filter(({ after }) => after === fix)
          .map(({ id }) => id)
          .sort(),
        followUps.map((one) => one.fix).sort(),
      );
      for (const { id, state } of row.followUps) {
        assert.equal(state, rows.find((one) => one.id === id)?.state, `${fix} in ${release}: ${id}`);
        assert.ok(row.reason.includes(id), `${row.reason} does not name ${id}`);
      }
    }
  }
});

function readings(
  release: string,
  version: string,
  more: Readonly<Record<string, Reading>> = {},
): Map<FactId, Reading> {
  return new Map<FactId, Reading>(
    Object.entries({
      'uname.release': known(release, ''),
      'uname.version': known(version, ''),
      'proc.version': known(`Linux version ${release} (b@h) (gcc) ${version}`, ''),
      'proc.version_signature': absent('x'),
      'kernel.livepatches': known([], ''),
      ...more,
    }),
  );
}
const DERIVED = fixFacts(FIXES);
function factOf(host: Map<FactId, Reading>, id: FactId): string {
  const reading = derive(host, DERIVED).get(id);
  return reading?.state === 'known'
    ? `${JSON.stringify(reading.value).replaceAll('"', '')}: ${reading.raw}`
    : 'not known';
}

void test('the fact of a host tells it too, beside its value', () => {
  const host = readings('6.1.0-40-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.158-1 (2025-11-09)');
  const said = factOf(host, 'fix.writeback_inode_switch');
  assert.match(said, /^fixed: Debian's 6\.1\.158-1 has the fix; it was not enough: the fix of writeback-list-lock/);
});

void test('a kernel that waits for a reboot is told with what comes after in that kernel', () => {
  const host = readings('6.1.0-21-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1 (2024-05-03)', {
    'kernel.installed': known(['linux-image-6.1.0-21-amd64 6.1.90-1', 'linux-image-6.1.0-28-amd64 6.1.119-1'], ''),
  });
  const said = factOf(host, 'fix.vmcore_read_soft_lockup');
  assert.match(
    said,
    /^fixed-not-booted: .*linux-image-6\.1\.0-28-amd64 6\.1\.119-1 is installed, not booted, and has the fix \(.*it was not enough: the fix of vmcore-read-second-loop is missing/,
  );
});

void test('a fact is computed anew where a fact that decides what came after it differs', () => {
  const first = shippedFix('nfs-kcompactd-deadlock');
  const after = {
    ...shippedFix('nfs-release-folio-recovery'),
    notAffected: [{ fact: 'thp.enabled', is: 'absent' as const, because: 'x' }],
  };
  assert.ok(fixInputs([first], [first, after]).includes('thp.enabled'));
});
