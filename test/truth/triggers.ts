import type { Trigger } from '../../src/kernel/outcome/index.js';
import type { Row } from './rows.js';

/** How something that goes wrong is brought about in a guest, and how its kernel speaks of it. */
interface Doing {
  /** Shell; what it needs first, before the clock runs. */
  readonly before?: string;
  readonly script: (row: Row) => string;
  /** So many seconds of the guest after it, at the latest, the kernel has done what it does about it. */
  readonly secs: (row: Row) => number;
  readonly report: RegExp;
  /** From its beginning to the report the machine does nothing but look at its clock. */
  readonly isSpinning?: true;
}

const MODULE = 'insmod /modules/trouble.ko 2>/dev/null || lsmod | grep -q trouble\n';
const PARAMETERS = '/sys/module/trouble/parameters';

/** What the rows start from, so that a kernel notices within seconds. */
export const STARTS_WITH = {
  'kernel.hung_task_timeout_secs': 5,
  'kernel.watchdog_thresh': 3,
} as const;

function valueOf(row: Row, name: keyof typeof STARTS_WITH): number {
  return row.set?.[name] ?? row.keeps?.[name] ?? STARTS_WITH[name];
}

function hungSecs(row: Row): number {
  return 3 * (valueOf(row, 'kernel.hung_task_timeout_secs') || STARTS_WITH['kernel.hung_task_timeout_secs']) + 2;
}

/** Soft after twice the threshold, which is looked at every 2/5 of it. */
function lockupSecs(row: Row): number {
  return Math.ceil(2.8 * (valueOf(row, 'kernel.watchdog_thresh') || STARTS_WITH['kernel.watchdog_thresh'])) + 2;
}
const STALL_SECS = 9;

/** What the log has once every task hangs: on a busy host that is seconds after they were started. */
export const HUNG = 'kernward: they hang';

export const TRIGGER_IN_GUEST: Readonly<Record<Trigger, Doing>> = {
  // They wait, uninterruptibly, to write to a file system that is frozen.
  hung_task: {
    before: 'mke2fs /dev/ram0 >/dev/null && mount -t ext4 /dev/ram0 /mnt && fsfreeze --freeze /mnt\n',
    script: ({ times = 1 }) => `for i in $(seq ${times}); do touch /mnt/$i & p="$p $!"; done
for i in $p; do while [ -d /proc/$i ] && ! grep -q '^State:.D' /proc/$i/status; do :; done; done
echo '${HUNG}' >/dev/kmsg`,
    secs: hungSecs,
    report: /blocked (?:in I\/O wait )?for more than \d+ seconds/,
  },
  oops: {
    before: MODULE,
    script: ({ times = 1 }) => `for i in $(seq ${times}); do sh -c 'echo 1 >${PARAMETERS}/oops'; done`,
    secs: () => 4,
    report: /Oops: /,
  },
  warn: {
    before: MODULE,
    script: ({ times = 1 }) => `for i in $(seq ${times}); do echo 1 >${PARAMETERS}/warn; done`,
    secs: () => 4,
    report: /WARNING: (?:CPU: |\S+:\d+ at )/,
  },
  soft_lockup: {
    before: MODULE,
    script: (row) => `echo ${lockupSecs(row)} >${PARAMETERS}/soft_lockup`,
    secs: (row) => lockupSecs(row) + 3,
    report: /BUG: soft lockup/,
    isSpinning: true,
  },
  hard_lockup: {
    before: MODULE,
    // Less than a soft lockup, of which the kernel would speak when the interrupts are back.
    script: (row) => `echo ${Math.floor(1.7 * valueOf(row, 'kernel.watchdog_thresh'))} >${PARAMETERS}/hard_lockup`,
    secs: (row) => 2 * valueOf(row, 'kernel.watchdog_thresh') + 3,
    report: /hard LOCKUP/,
    isSpinning: true,
  },
  rcu_stall: {
    before: `${MODULE}echo 3 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout\n`,
    script: () => `echo ${STALL_SECS} >${PARAMETERS}/rcu_stall`,
    secs: () => STALL_SECS + 3,
    report: /rcu: INFO: \S+ (?:self-)?detected (?:expedited )?stall/,
    isSpinning: true,
  },
  oom: {
    script: () => 'tail /dev/zero',
    secs: () => 60,
    report: /Out of memory(?: \(oom_kill_allocating_task\))?: Killed process/,
  },
};
