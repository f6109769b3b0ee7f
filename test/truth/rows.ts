import type { Trigger } from '../../src/kernel/outcome/index.js';
import { DEBIAN_KERNEL_NAMES, TESTED_KERNEL, type DebianKernel } from '../support/debian-kernels.js';

/** By their names in sysctl(8). */
type Knobs = Readonly<Record<string, number>>;

/** One machine to which one thing happens. What comes of it is not here: kernward predicts that, and the machine shows it. */
export interface Row {
  readonly kernel: DebianKernel;
  readonly trigger: Trigger;
  readonly set?: Knobs;
  /** More of the kernel's command line. */
  readonly boot?: string;
  /** Of what the rows start from (`STARTS_WITH`), values that are left to the command line or the kernel, which makes them this. */
  readonly keeps?: Knobs;
  /** So many at once: tasks, oopses, warnings. */
  readonly times?: number;
  /** Went wrong before the prediction. */
  readonly before?: 'oops' | 'warn';
  readonly has?: 'crash kernel' | 'hardware watchdog';
  /** One of the few that every run of the tests looks at. */
  readonly isTelling?: true;
}

const HUNG = { 'kernel.hung_task_panic': 1, 'kernel.panic': 2 } as const;
const SOFT = { 'kernel.softlockup_panic': 1, 'kernel.panic': 1 } as const;

/** What each of the other kernels is asked. */
const EACH_KERNEL: readonly Omit<Row, 'kernel'>[] = [
  { trigger: 'hung_task', set: { 'kernel.hung_task_panic': 0, 'kernel.panic': 5 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 5 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 0 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': -1 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.tainted': 128 } },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 1, 'kernel.panic': 1 } },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 0, 'kernel.panic': 1 } },
  { trigger: 'soft_lockup', set: SOFT },
  { trigger: 'soft_lockup', set: { 'kernel.softlockup_panic': 0 } },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 1, 'kernel.panic': 1 } },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 0, 'kernel.panic': 5 } },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': 0 }, has: 'crash kernel' },
];

/** What the kernel that the tests boot is asked besides: every setting that an outcome is made from. */
const TESTED: readonly Omit<Row, 'kernel'>[] = [
  // The detector of hung tasks: what switches it off, how long it takes, what it counts.
  { trigger: 'hung_task', set: { 'kernel.hung_task_panic': 0, 'kernel.panic': 5 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 5 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_warnings': 0 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': -1 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 0 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.tainted': 128 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.tainted': 512 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_check_count': 0 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_check_count': 1 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_check_count': 1000 } },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_timeout_secs': 0 }, isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.hung_task_timeout_secs': 10 } },
  {
    trigger: 'hung_task',
    set: { ...HUNG, 'kernel.hung_task_timeout_secs': 8, 'kernel.hung_task_check_interval_secs': 1 },
  },
  { trigger: 'hung_task', set: { 'kernel.hung_task_panic': 0, 'kernel.hung_task_warnings': 0 } },
  { trigger: 'hung_task', set: { 'kernel.hung_task_panic': 0, 'kernel.hung_task_warnings': -1 } },
  { trigger: 'hung_task', set: { 'kernel.hung_task_panic': 0, 'kernel.panic': 1 }, times: 3 },
  { trigger: 'hung_task', set: HUNG, times: 3 },
  { trigger: 'hung_task', set: HUNG, before: 'oops' },
  { trigger: 'hung_task', set: HUNG, before: 'warn' },
  { trigger: 'hung_task', boot: 'hung_task_panic=1 panic=1' },
  {
    trigger: 'hung_task',
    boot: 'sysctl.kernel.hung_task_panic=1 sysctl.kernel.hung_task_timeout_secs=6 panic=-1',
    keeps: { 'kernel.hung_task_timeout_secs': 6 },
  },
  // What a panic leads to.
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 0 }, has: 'crash kernel', isTelling: true },
  { trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 5 }, has: 'crash kernel' },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': -1 }, has: 'crash kernel' },
  {
    trigger: 'warn',
    set: { 'kernel.panic_on_warn': 1 },
    boot: 'crash_kexec_post_notifiers panic=1',
    has: 'crash kernel',
  },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': 3 } },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': 10 } },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': -1 } },
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 1, 'kernel.panic': 0 } },
  // Warnings, oopses and their limits.
  { trigger: 'warn', set: { 'kernel.panic_on_warn': 0, 'kernel.panic': 1 } },
  { trigger: 'warn', set: { 'kernel.warn_limit': 1, 'kernel.panic': 1 } },
  { trigger: 'warn', set: { 'kernel.warn_limit': 2, 'kernel.panic': 1 } },
  { trigger: 'warn', set: { 'kernel.warn_limit': 2, 'kernel.panic': 1 }, before: 'warn' },
  { trigger: 'warn', boot: 'panic_on_warn=1 panic=1' },
  { trigger: 'warn', boot: 'panic_on_taint=0x200 panic=1' },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 0, 'kernel.panic': 1 }, isTelling: true },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 1, 'kernel.panic': 1 }, isTelling: true },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 1, 'kernel.panic': 0 } },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 0, 'kernel.panic': 1 }, has: 'crash kernel' },
  { trigger: 'oops', set: { 'kernel.panic_on_oops': 1, 'kernel.panic': 0 }, has: 'crash kernel' },
  { trigger: 'oops', set: { 'kernel.oops_limit': 1, 'kernel.panic': 1 } },
  { trigger: 'oops', set: { 'kernel.oops_limit': 2, 'kernel.panic': 1 } },
  { trigger: 'oops', set: { 'kernel.oops_limit': 2, 'kernel.panic': 1 }, before: 'oops' },
  { trigger: 'oops', boot: 'oops=panic panic=1' },
  { trigger: 'oops', boot: 'panic_on_taint=0x80 panic=1' },
  // Lockups and stalls.
  { trigger: 'soft_lockup', set: { 'kernel.softlockup_panic': 0 } },
  { trigger: 'soft_lockup', set: SOFT, isTelling: true },
  { trigger: 'soft_lockup', set: { ...SOFT, 'kernel.watchdog_thresh': 0 } },
  { trigger: 'soft_lockup', set: { ...SOFT, 'kernel.watchdog_thresh': 5 } },
  { trigger: 'soft_lockup', set: { ...SOFT, 'kernel.soft_watchdog': 0 } },
  { trigger: 'soft_lockup', set: { ...SOFT, 'kernel.watchdog': 0 } },
  { trigger: 'soft_lockup', set: { ...SOFT, 'kernel.panic': 0 }, has: 'crash kernel' },
  { trigger: 'soft_lockup', boot: 'softlockup_panic=1 panic=1' },
  { trigger: 'soft_lockup', set: SOFT, boot: 'nosoftlockup' },
  { trigger: 'soft_lockup', set: SOFT, boot: 'nowatchdog' },
  { trigger: 'soft_lockup', boot: 'panic_on_taint=0x4000 panic=1' },
  { trigger: 'hard_lockup', set: { 'kernel.hardlockup_panic': 1, 'kernel.panic': 1 } },
  { trigger: 'rcu_stall', set: { 'kernel.panic_on_rcu_stall': 1, 'kernel.panic': 1, 'kernel.watchdog': 0 } },
  { trigger: 'rcu_stall', set: { 'kernel.panic_on_rcu_stall': 0, 'kernel.watchdog': 0 } },
  {
    trigger: 'rcu_stall',
    set: { 'kernel.panic_on_rcu_stall': 1, 'kernel.panic': 1, 'kernel.watchdog': 0 },
    boot: 'rcupdate.rcu_cpu_stall_suppress=1',
  },
  // Out of memory.
  { trigger: 'oom', set: { 'vm.panic_on_oom': 0, 'kernel.panic': 5 }, isTelling: true },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 1, 'kernel.panic': 1 }, isTelling: true },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 1, 'kernel.panic': 0 } },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 2, 'kernel.panic': 1 } },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 0, 'vm.oom_kill_allocating_task': 1 } },
  { trigger: 'oom', set: { 'vm.panic_on_oom': 1, 'kernel.panic': 0 }, has: 'crash kernel' },
];

/** From 6.19 on hung_task_panic is a number of tasks. */
const COUNTING: readonly Row[] = [1, 2, 3].map((times) => ({
  kernel: 'linux-image-cloud-amd64/trixie-backports',
  trigger: 'hung_task',
  set: { ...HUNG, 'kernel.hung_task_panic': 3 },
  ...(times === 1 ? {} : { times }),
}));

/** The kernels for virtual machines have no driver of a watchdog that QEMU emulates. */
const WITH_WATCHDOG: readonly Row[] = [
  { kernel: 'linux-image-amd64', trigger: 'hung_task', set: { ...HUNG, 'kernel.panic': 0 }, has: 'hardware watchdog' },
  {
    kernel: 'linux-image-amd64',
    trigger: 'warn',
    set: { 'kernel.panic_on_warn': 1, 'kernel.panic': 1 },
    has: 'hardware watchdog',
  },
];

const ROWS_OF_OTHERS = DEBIAN_KERNEL_NAMES.filter((kernel) => kernel !== TESTED_KERNEL).flatMap((kernel) =>
  EACH_KERNEL.map((row): Row => ({ kernel, ...row })),
);

/** Every machine of docs/truth.md. */
export const ROWS: readonly Row[] = [
  ...TESTED.map((row): Row => ({ kernel: TESTED_KERNEL, ...row })),
  ...ROWS_OF_OTHERS,
  ...COUNTING,
  ...WITH_WATCHDOG,
];

/** `kernel.panic=5, crash kernel`: what the machine was when it happened. */
export function settingsText({ set = {}, boot, before, has }: Row): string {
  return [
    ...(boot === undefined ? [] : [`boot: ${boot}`]),
    ...Object.entries(set).map(([knob, value]) => `${knob}=${value}`),
    ...(has === undefined ? [] : [has]),
    ...(before === undefined ? [] : [`after ${before === 'oops' ? 'an oops' : 'a warning'}`]),
  ].join(', ');
}

export function triggerText({ trigger, times = 1 }: Row): string {
  return times === 1 ? trigger : `${times} x ${trigger}`;
}

/** One row's name, and no other's. */
export function rowName(row: Row): string {
  return `${row.kernel}: ${triggerText(row)}, ${settingsText(row)}`;
}
