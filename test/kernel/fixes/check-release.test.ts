import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRelease } from '../../../src/kernel/fixes/check-release.js';
import { shippedFixes } from '../../support/shipped-fixes.js';

const FIXES = shippedFixes();
function stateOf(release: string, fix: string, osRelease?: string): string {
  return checkRelease(release, osRelease, FIXES).find(({ id }) => id === fix)?.state ?? 'no row';
}

void test('one row for each fix, in their order, each with a reason', () => {
  const rows = checkRelease('4.9.103', undefined, FIXES);
  assert.deepEqual(
    rows.map(({ id }) => id),
    FIXES.map(({ fix }) => fix),
  );
  for (const { reason, state, evidence, id } of rows)
    assert.ok(reason.length > 10 && (state === 'unknown') === (evidence.length === 0), id);
});

const SHOWN: readonly (readonly [string, string])[] = [
  ['4.9.103', 'missing'],
  ['4.9.104', 'fixed'],
  ['3.10.0-1127.el7.x86_64', 'missing'],
  ['3.10.0-1160.el7.x86_64', 'fixed'],
  ['4.4.0-187-generic', 'missing'],
  ['4.9.104-somebody', 'unknown'],
  ['3.10.0-1127.19.1.el7.x86_64', 'unknown'],
];
for (const [release, state] of SHOWN)
  void test(`fix check ${release}: khugepaged-trylock is ${state}`, () =>
    assert.equal(stateOf(release, 'khugepaged-trylock'), state));

void test('os-release decides between releases that look alike, quoted or not', () => {
  assert.equal(stateOf('4.14.37-1-lts', 'khugepaged-trylock', 'NAME="Arch Linux"\nID=arch\n'), 'fixed');
  assert.equal(stateOf('4.14.37-1-lts', 'khugepaged-trylock', 'ID="alpine"\n'), 'unknown');
  assert.equal(stateOf('4.14.37-1-lts', 'khugepaged-trylock', 'ID_LIKE=arch\nVERSION_ID=3.8\n'), 'unknown');
  assert.equal(stateOf('4.14.37-1-lts', 'khugepaged-trylock'), 'unknown');
});

/** The first version of each series of the evidence, the one before it, and what lies outside; vendors' packages too. */
const ROWS: readonly (readonly [string, string, string])[] = [
  ['sched-clock-overflow', '3.1.4', 'missing'],
  ['sched-clock-overflow', '3.1.5', 'fixed'],
  ['sched-clock-overflow', '3.0.13', 'fixed'],
  ['sched-clock-overflow', '2.6.32.49', 'missing'],
  ['sched-clock-overflow', '2.6.32.50', 'fixed'],
  ['sched-clock-overflow', '3.2', 'fixed'],
  ['sched-clock-overflow', '3.2-rc1', 'unknown'],
  ['sched-clock-overflow', '2.6.27', 'not-affected'],
  ['sched-clock-overflow', '2.6.27.5', 'unknown'],
  ['sched-clock-overflow', '2.6.32-220.el6.x86_64', 'missing'],
  ['sched-clock-overflow', '2.6.32-220.4.1.el6.x86_64', 'missing'],
  ['sched-clock-overflow', '2.6.32-220.4.2.el6.x86_64', 'fixed'],
  ['sched-clock-overflow', '2.6.32-131.21.1.el6.x86_64', 'unknown'],
  ['sched-clock-overflow', '2.6.18-274.el5', 'missing'],
  ['sched-clock-overflow', '2.6.18-274.7.1.el5', 'fixed'],
  ['sched-clock-overflow', '2.6.18-238.19.1.el5', 'missing'],
  ['sched-clock-overflow', '2.6.18-238.28.1.el5PAE', 'fixed'],
  ['sched-clock-overflow', '2.6.18-194.el5', 'unknown'],
  ['sched-clock-overflow', '2.6.18-308.el5', 'unknown'],
  ['update-blocked-averages', '4.14.92', 'missing'],
  ['update-blocked-averages', '4.14.93', 'fixed'],
  ['update-blocked-averages', '4.19.15', 'fixed'],
  ['update-blocked-averages', '4.20.1', 'missing'],
  ['update-blocked-averages', '5.0', 'fixed'],
  ['update-blocked-averages', '5.0-rc1', 'unknown'],
  ['update-blocked-averages', '4.12', 'not-affected'],
  ['update-blocked-averages', '4.4.150', 'unknown'],
  ['update-blocked-averages', '4.4.0-169-generic', 'unknown'],
  ['update-blocked-averages', '4.4.0-171-generic', 'fixed'],
  ['ksm-max-page-sharing', '4.9.337', 'missing'],
  ['ksm-max-page-sharing', '4.13', 'fixed'],
  ['ksm-max-page-sharing', '3.10.0-514.el7.x86_64', 'fixed'],
  ['ksm-max-page-sharing', '3.10.0-327.el7.x86_64', 'unknown'],
  ['ksm-max-page-sharing', '4.4.0-187-generic', 'fixed'],
  ['memcg-reclaim-soft-lockup', '5.8.10', 'missing'],
  ['memcg-reclaim-soft-lockup', '5.8.11', 'fixed'],
  ['memcg-reclaim-soft-lockup', '5.4.68', 'fixed'],
  ['memcg-reclaim-soft-lockup', '5.9', 'fixed'],
  ['memcg-reclaim-soft-lockup', '5.4.0-54-generic', 'missing'],
  ['memcg-reclaim-soft-lockup', '5.4.0-56-generic', 'fixed'],
  ['memcg-reclaim-soft-lockup', '4.18.0-305.el8.x86_64', 'unknown'],
  ['thp-migration-entry-wait', '5.4.128', 'missing'],
  ['thp-migration-entry-wait', '5.4.129', 'fixed'],
  ['thp-migration-entry-wait', '5.10.40', 'unknown'],
  ['thp-migration-entry-wait', '5.12', 'missing'],
  ['compaction-killed-task', '5.2.6', 'missing'],
  ['compaction-killed-task', '5.2.7', 'fixed'],
  ['compaction-killed-task', '5.1.21', 'unknown'],
  ['ext4-xattr-mbcache', '6.1.3', 'missing'],
  ['ext4-xattr-mbcache', '5.15.87', 'fixed'],
  ['ext4-xattr-mbcache', '5.10.160', 'unknown'],
  ['ext4-xattr-mbcache', '5.14.0-250.el9.x86_64', 'missing'],
  ['ext4-xattr-mbcache', '5.14.0-251.el9.x86_64', 'fixed'],
  ['ext4-xattr-mbcache', '5.14.0-284.11.1.el9_2.x86_64', 'fixed'],
  ['ext4-xattr-mbcache', '5.14.0-162.6.1.el9_1.x86_64', 'unknown'],
  ['sbitmap-wakeup-race', '6.7.3-arch1-1', 'unknown'],
  ['sbitmap-wakeup-race', '6.7.4-arch1-1', 'fixed'],
  ['sbitmap-wakeup-race', '4.19.306', 'missing'],
  ['sbitmap-wakeup-race', '4.14.336', 'unknown'],
  ['sbitmap-wakeup-race', '6.8.0-31-generic', 'unknown'],
  ['sbitmap-wakeup-race', '6.5.13', 'unknown'],
  ['memcg-oom-soft-lockup', '3.5', 'not-affected'],
  ['memcg-oom-soft-lockup', '3.2.102', 'not-affected'],
  ['memcg-oom-soft-lockup', '3.6-rc1', 'unknown'],
  ['memcg-oom-soft-lockup', '6.12.12', 'missing'],
  ['memcg-oom-soft-lockup', '6.12.13', 'fixed'],
  ['memcg-oom-soft-lockup', '5.15.0-139-generic', 'missing'],
  ['memcg-oom-soft-lockup', '6.12.0-55.9.1.el10_0.x86_64', 'unknown'],
  ['memcg-oom-soft-lockup', '5.15.0-139-lowlatency', 'unknown'],
  ['throttle-direct-reclaim', '4.7.10', 'not-affected'],
  ['throttle-direct-reclaim', '6.12.9', 'fixed'],
  ['throttle-direct-reclaim', '3.10.0-1160.el7.x86_64', 'unknown'],
  ['jbd2-checkpoint-soft-lockup', '6.17-rc2', 'missing'],
  ['jbd2-checkpoint-soft-lockup', '6.17-rc3', 'fixed'],
  ['jbd2-checkpoint-soft-lockup', '6.16.4', 'fixed'],
  ['raid10-flush-soft-lockup', '4.14.321', 'missing'],
  ['raid10-flush-soft-lockup', '4.14.322', 'fixed'],
  ['nfs-kcompactd-deadlock', '6.2', 'not-affected'],
  ['nfs-kcompactd-deadlock', '6.1.55', 'not-affected'],
  ['nfs-kcompactd-deadlock', '6.1.0-13-amd64', 'unknown'],
  ['nfs-kcompactd-deadlock', '5.14.0-427.el9.x86_64', 'unknown'],
  ['nfs-kcompactd-deadlock', '6.6.82', 'missing'],
  ['kvm-apic-timer-lockup', '4.14.44', 'not-affected'],
  ['kvm-apic-timer-lockup', '4.14.45', 'unknown'],
  ['kvm-apic-timer-lockup', '4.16.12', 'not-affected'],
  ['kvm-apic-timer-lockup', '4.15.18', 'not-affected'],
  ['kvm-apic-timer-lockup', '4.17', 'missing'],
  ['kvm-apic-timer-lockup', '6.18.3', 'fixed'],
  ['fib6-select-path', '4.14.336', 'not-affected'],
  ['fib6-select-path', '6.11.11', 'fixed'],
  ['fib6-select-path', '5.15.100', 'unknown'],
  ['writeback-inode-switch', '6.17.3', 'missing'],
  ['writeback-inode-switch', '6.17.4', 'fixed'],
  ['writeback-inode-switch', '6.18', 'fixed'],
];
for (const [fix, release, state] of ROWS)
  void test(`${fix} in ${release}: ${state}`, () => assert.equal(stateOf(release, fix), state));

void test('the rows speak of every shipped fix but the founding one', () => {
  assert.deepEqual(
    FIXES.map(({ fix }) => fix).filter((fix) => !ROWS.some(([id]) => id === fix)),
    ['khugepaged-trylock'],
  );
});

function reasonOf(release: string, fix: string): string {
  return checkRelease(release, undefined, FIXES).find(({ id }) => id === fix)?.reason ?? 'no row';
}

void test('what is known of a series and does not place a package is said in a whole sentence', () => {
  assert.equal(
    reasonOf('2.6.32-504.8.1.el6.x86_64', 'sched-clock-overflow'),
    "2.6.32-220.4.2.el6 has the fix, and nothing known tells whether the Red Hat family's 2.6.32-504.8.1.el6 has it too",
  );
  assert.match(
    reasonOf('3.10.0-1127.19.1.el7.x86_64', 'khugepaged-trylock'),
    /^3\.10\.0-1127\.el7 lacks the fix and 3\.10\.0-1160\.el7 has it, and nothing known tells which of them /,
  );
});
