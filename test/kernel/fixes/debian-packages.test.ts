import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixStatus } from '../../../src/kernel/fixes/status.js';
import { identifyKernel } from '../../../src/kernel/release.js';
import { shippedFixes } from '../../support/shipped-fixes.js';

const FIXES = new Map(shippedFixes().map((fix) => [fix.fix, fix]));

/** What Debian's packages of each entry are: the one before the bug, the first with it, the last without the fix, the first with it. */
const ROWS: readonly (readonly [fix: string, release: string, version: string, state: string])[] = [
  ['jbd2-checkpoint-soft-lockup', '5.10.0-35-amd64', '5.10.237-1', 'missing'],
  ['jbd2-checkpoint-soft-lockup', '5.10.0-36-amd64', '5.10.244-1', 'fixed'],
  ['memcg-oom-soft-lockup', '5.10.0-34-amd64', '5.10.234-1', 'missing'],
  ['memcg-oom-soft-lockup', '5.10.0-35-amd64', '5.10.237-1', 'fixed'],
  ['throttle-direct-reclaim', '5.10.0-33-amd64', '5.10.226-1', 'missing'],
  ['throttle-direct-reclaim', '5.10.0-34-amd64', '5.10.234-1', 'fixed'],
  ['sbitmap-wakeup-race', '5.10.0-28-amd64', '5.10.209-2', 'missing'],
  ['sbitmap-wakeup-race', '5.10.0-29-amd64', '5.10.216-1', 'fixed'],
  ['raid10-flush-soft-lockup', '5.10.0-24-amd64', '5.10.179-5', 'missing'],
  ['raid10-flush-soft-lockup', '5.10.0-25-amd64', '5.10.191-1', 'fixed'],
  ['kvm-apic-timer-lockup', '5.10.0-37-amd64', '5.10.247-1', 'missing'],
  ['kvm-apic-timer-lockup', '5.10.0-38-amd64', '5.10.249-1', 'fixed'],
  ['ext4-xattr-mbcache', '5.10.0-21-amd64', '5.10.162-1', 'missing'],
  ['ext4-xattr-mbcache', '5.10.0-22-amd64', '5.10.178-1', 'fixed'],
  ['thp-migration-entry-wait', '5.10.0-8-amd64', '5.10.46-5', 'missing'],
  ['thp-migration-entry-wait', '5.10.0-9-amd64', '5.10.70-1', 'fixed'],
  ['writeback-list-lock-contention', '6.1.0-49-amd64', '6.1.176-1', 'missing'],
  ['writeback-list-lock-contention', '6.1.0-50-amd64', '6.1.180-1', 'fixed'],
  ['writeback-list-lock-contention', '6.12.94+deb13-amd64', '6.12.94-1', 'fixed'],
  ['writeback-inode-switch-use-after-free', '6.1.0-50-amd64', '6.1.180-1', 'fixed'],
  ['writeback-inode-switch-use-after-free', '6.12.57+deb13-amd64', '6.12.57-1', 'not-affected'],
  ['kvm-mmu-seq-sign-extension', '6.1.0-11-amd64', '6.1.38-4', 'missing'],
  ['kvm-mmu-seq-sign-extension', '6.1.0-12-amd64', '6.1.52-1', 'fixed'],
  ['throttled-delayed-dequeue', '6.12.33+deb13-amd64', '6.12.33-1', 'not-affected'],
  ['throttled-delayed-dequeue', '6.12.48+deb13-amd64', '6.12.48-1', 'missing'],
  ['throttled-delayed-dequeue', '6.12.57+deb13-amd64', '6.12.57-1', 'fixed'],
  ['io-uring-fsfreeze-deadlock', '5.10.0-33-amd64', '5.10.226-1', 'missing'],
  ['io-uring-fsfreeze-deadlock', '6.1.0-28-amd64', '6.1.119-1', 'fixed'],
  ['nfsd-shutdown-callback-hang', '5.10.0-30-amd64', '5.10.218-1', 'not-affected'],
  ['nfsd-shutdown-callback-hang', '5.10.0-31-amd64', '5.10.221-1', 'missing'],
  ['nfsd-shutdown-callback-hang', '5.10.0-35-amd64', '5.10.237-1', 'fixed'],
  ['nfsd-shutdown-callback-hang', '6.1.0-31-amd64', '6.1.128-1', 'missing'],
  ['nfsd-shutdown-callback-hang', '6.1.0-32-amd64', '6.1.129-1', 'fixed'],
  ['fuse-readahead-reclaim', '6.1.0-40-amd64', '6.1.153-1', 'not-affected'],
  ['fuse-readahead-reclaim', '6.1.0-41-amd64', '6.1.158-1', 'missing'],
  ['fuse-readahead-reclaim', '6.1.0-43-amd64', '6.1.162-1', 'fixed'],
  ['fuse-readahead-reclaim', '6.12.63+deb13-amd64', '6.12.63-1', 'missing'],
  ['vmcore-read-soft-lockup', '6.1.0-21-amd64', '6.1.90-1', 'missing'],
  ['vmcore-read-soft-lockup', '6.1.0-23-amd64', '6.1.99-1', 'fixed'],
  ['vmcore-read-second-loop', '6.1.0-28-amd64', '6.1.119-1', 'missing'],
  ['vmcore-read-second-loop', '6.1.0-31-amd64', '6.1.128-1', 'fixed'],
  ['fib6-nlmsg-size-loop', '6.1.0-30-amd64', '6.1.124-1', 'not-affected'],
  ['fib6-nlmsg-size-loop', '6.1.0-37-amd64', '6.1.140-1', 'missing'],
  ['fib6-nlmsg-size-loop', '6.1.0-38-amd64', '6.1.147-1', 'missing'],
  ['fib6-nlmsg-size-loop', '6.1.0-39-amd64', '6.1.148-1', 'fixed'],
  ['fib6-select-path-detached', '6.1.0-30-amd64', '6.1.124-1', 'not-affected'],
  ['fib6-select-path-detached', '6.1.0-39-amd64', '6.1.148-1', 'missing'],
  ['fib6-select-path-detached', '6.1.0-49-amd64', '6.1.176-1', 'fixed'],
  ['raid5d-waits-for-itself', '5.10.0-19-amd64', '5.10.149-2', 'not-affected'],
  ['raid5d-waits-for-itself', '5.10.0-20-amd64', '5.10.158-2', 'missing'],
  ['raid5d-waits-for-itself', '5.10.0-30-amd64', '5.10.218-1', 'missing'],
  ['raid5d-waits-for-itself', '5.10.0-31-amd64', '5.10.221-1', 'fixed'],
  ['raid5d-waits-for-itself', '6.1.0-22-amd64', '6.1.94-1', 'fixed'],
  ['raid5-retry-aligned-read', '5.10.0-41-amd64', '5.10.257-1', 'missing'],
  ['raid5-retry-aligned-read', '5.10.0-42-amd64', '5.10.259-1', 'fixed'],
  ['md-bitmap-resync-soft-lockup', '6.1.0-11-amd64', '6.1.38-4', 'not-affected'],
  ['md-bitmap-resync-soft-lockup', '6.1.0-12-amd64', '6.1.52-1', 'missing'],
  ['md-bitmap-resync-soft-lockup', '6.1.0-22-amd64', '6.1.94-1', 'fixed'],
  ['compaction-fast-find-stall', '6.1.0-2-amd64', '6.1.7-1', 'missing'],
  ['compaction-fast-find-stall', '6.1.0-3-amd64', '6.1.11-1', 'fixed'],
  ['hugetlb-mprotect-soft-lockup', '5.10.0-36-amd64', '5.10.244-1', 'missing'],
  ['hugetlb-mprotect-soft-lockup', '5.10.0-37-amd64', '5.10.247-1', 'fixed'],
  ['memcg-oom-slow-kill', '6.1.0-37-amd64', '6.1.140-1', 'missing'],
  ['memcg-oom-slow-kill', '6.1.0-38-amd64', '6.1.147-1', 'fixed'],
  ['nfs-release-folio-recovery', '6.12.63+deb13-amd64', '6.12.63-1', 'missing'],
  ['nfs-release-folio-recovery', '6.12.69+deb13-amd64', '6.12.69-1', 'fixed'],
];

function statusOf(fix: string, release: string, version: string): string {
  const kernel = identifyKernel({ release, version: `#1 SMP PREEMPT_DYNAMIC Debian ${version} (2026-01-01)` });
  const known = FIXES.get(fix);
  assert.ok(known !== undefined, `no fix is called ${fix}`);
  const status = fixStatus(known, { kernel });
  return status.state === 'unknown' ? `unknown: ${status.reason}` : status.state;
}

for (const [fix, release, version, state] of ROWS)
  void test(`${fix} in Debian's ${version}: ${state}`, () => assert.equal(statusOf(fix, release, version), state));

void test('a rebuild whose base has the bug is not taken for one from before the bug by its number', () => {
  // Below Debian's first upload with the bug, 6.1.158-1, and built from 6.1.158 all the same.
  assert.match(statusOf('fuse-readahead-reclaim', '6.1.0-41-amd64', '6.1.158-0.1'), /^unknown: /);
});
