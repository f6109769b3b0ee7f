import { compareDeb } from '../src/kernel/versions/dpkg.js';

// What Debian 12 answers to the second look, for simulated hosts.

/**
 * Which of the fixes the changelog of Debian 12's kernel names, in which version, and its line: what the second look itself found in
 * changelog.Debian.gz of linux 6.1.187-1. A test asks it again.
 */
const NAMED: readonly (readonly [fix: string, version: string, line: string])[] = [
  ['compaction-fast-find-stall', '6.1.11-1', '- Revert "mm/compaction: fix set skip in fast_find_migrateblock"'],
  [
    'compaction-killed-task',
    '5.2.7-1',
    '- mm: compaction: avoid 100% CPU usage during compaction when a task is killed',
  ],
  ['ext4-xattr-mbcache', '6.1.4-1', '- ext4: fix deadlock due to mbcache entry corruption'],
  ['fib6-nlmsg-size-loop', '6.1.148-1', '- ipv6: prevent infinite loop in rt6_nlmsg_size()'],
  [
    'fib6-select-path',
    '6.1.128-1',
    '- ipv6: Fix soft lockups in fib6_select_path under high next hop churn (CVE-2024-56703)',
  ],
  ['fib6-select-path-detached', '6.1.176-1', '- ipv6: fix possible infinite loop in fib6_select_path()'],
  ['fuse-readahead-reclaim', '6.1.162-1', '- fuse: fix readahead reclaim deadlock (CVE-2025-68821)'],
  ['hugetlb-mprotect-soft-lockup', '6.1.158-1', '- mm: hugetlb: avoid soft lockup when mprotect to large memory area'],
  [
    'io-uring-fsfreeze-deadlock',
    '6.1.119-1',
    '- io_uring/rw: fix missing NOWAIT check for O_DIRECT start write (CVE-2024-53052)',
  ],
  ['jbd2-checkpoint-soft-lockup', '6.1.153-1', '- jbd2: prevent softlockup in jbd2_log_do_checkpoint()'],
  [
    'kvm-apic-timer-lockup',
    '6.1.162-1',
    '- [x86] KVM: x86: Fix VM hard lockup after prolonged inactivity with periodic HV timer (CVE-2025-71104)',
  ],
  [
    'kvm-mmu-seq-sign-extension',
    '6.1.52-1',
    '- [x86] KVM: x86/mmu: Fix an sign-extension bug with mmu_seq that hangs vCPUs',
  ],
  ['md-bitmap-resync-soft-lockup', '6.1.94-1', '- md: fix resync softlockup when bitmap size is less than array size'],
  ['memcg-oom-slow-kill', '6.1.147-1', '- memcg: always call cond_resched() after fn()'],
  ['memcg-oom-soft-lockup', '6.1.133-1', '- memcg: fix soft lockup in the OOM process (CVE-2024-57977)'],
  ['memcg-reclaim-soft-lockup', '5.8.14-1', '- mm: memcg: fix memcg reclaim soft lockup'],
  ['nfsd-shutdown-callback-hang', '6.1.129-1', '- NFSD: fix hang in nfsd4_shutdown_callback (Closes: #1071562)'],
  ['raid10-flush-soft-lockup', '6.1.85-1', '- md/raid10: prevent soft lockup while flush writes'],
  ['raid5-retry-aligned-read', '6.1.176-1', '- md/raid5: fix soft lockup in retry_aligned_read() (CVE-2026-46051)'],
  [
    'raid5d-waits-for-itself',
    '6.1.94-1',
    '- md/raid5: fix deadlock that raid5d() wait for itself to clear MD_SB_CHANGE_PENDING',
  ],
  ['sbitmap-wakeup-race', '6.1.82-1', '- blk-mq: fix IO hang from sbitmap wakeup race'],
  [
    'throttle-direct-reclaim',
    '6.1.124-1',
    '- mm: vmscan: account for free pages to prevent infinite Loop in throttle_direct_reclaim()',
  ],
  ['vmcore-read-second-loop', '6.1.128-1', '- fs/proc: fix softlockup in __read_vmcore (part 2)'],
  ['vmcore-read-soft-lockup', '6.1.128-1', '- fs/proc: fix softlockup in __read_vmcore (part 2)'],
  ['writeback-inode-switch', '6.1.158-1', '- writeback: Avoid softlockup when switching many inodes'],
  [
    'writeback-inode-switch-use-after-free',
    '6.1.180-1',
    '- writeback: Fix use after free in inode_switch_wbs_work_fn()',
  ],
  [
    'writeback-list-lock-contention',
    '6.1.180-1',
    '- writeback: Avoid contention on wb->list_lock when switching inodes',
  ],
];

/** How many lines that changelog has. */
const LINES = 58_688;

/** What a script asks for that is one of the second look. */
function askedOf(script: string): { readonly nonce: string; readonly fixes: readonly string[] } | undefined {
  const asked = /^kw='kernward \d+ (?<nonce>[0-9a-f]{32}) packages (?<wanted>[^']*)'/.exec(script)?.groups;
  if (asked === undefined) return undefined;
  const words = (asked['wanted'] ?? '').split(' ').filter((word) => word !== '');
  return { nonce: asked['nonce'] ?? '', fixes: words.map((word) => word.split(':', 1)[0] ?? '') };
}

/**
 * @param release as `uname -r` says it, such as 6.1.0-22-amd64
 * @param version of its package, such as 6.1.94-1
 * @returns undefined where the script is another
 */
export function answerPackages(script: Buffer, release: string, version: string): Buffer | undefined {
  // The question is in the first line; all known fixes together take some 3 KB.
  const asked = askedOf(script.toString('latin1', 0, 16_384));
  if (asked === undefined) return undefined;
  const { nonce, fixes } = asked;
  const searched = fixes.map((fix) => {
    const found = NAMED.find(([id, since]) => id === fix && compareDeb(version, since) !== -1);
    return found === undefined ? `silent ${fix}` : `found ${fix} ${found[2]} [linux (${found[1]})]`;
  });
  const lines = [
    `kw ${nonce} begin installed`,
    `dpkg install ok installed linux-image-${release} ${version}`,
    `dpkg install ok installed linux-image-amd64 ${version}`,
    `kw ${nonce} errors`,
    '',
    `kw ${nonce} end installed 0`,
    `kw ${nonce} begin changelog`,
    ...(fixes.length === 0 ? ['none asked'] : [`package linux ${version}`, ...searched, `read ${LINES} cut`]),
    `kw ${nonce} errors`,
    '',
    `kw ${nonce} end changelog 0`,
  ];
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
