import type { FactId } from '../../model/reading.js';

/*
 * What lies between two trees that both have a knob has it too: kernel.org takes no sysctl away and gives it back later. So a
 * vendor's kernel needs its configuration read, and its version placed; a list of a family names both.
 */

/** CONFIG_DETECT_HUNG_TASK (kernel/hung_task.c). */
export const HUNG_TASK_KNOBS: readonly FactId[] = [
  'sysctl.kernel.hung_task_panic',
  'sysctl.kernel.hung_task_timeout_secs',
  'sysctl.kernel.hung_task_check_count',
  'sysctl.kernel.hung_task_warnings',
];

/** CONFIG_LOCKUP_DETECTOR, which either detector selects (kernel/watchdog.c). */
export const LOCKUP_SWITCHES: readonly FactId[] = [
  'sysctl.kernel.watchdog',
  'sysctl.kernel.nmi_watchdog',
  'sysctl.kernel.watchdog_thresh',
  'sysctl.kernel.watchdog_cpumask',
];

/** CONFIG_SOFTLOCKUP_DETECTOR, which a hard lockup detector that uses performance counters selects. */
export const SOFT_LOCKUP_KNOBS: readonly FactId[] = [
  'sysctl.kernel.softlockup_panic',
  'sysctl.kernel.softlockup_all_cpu_backtrace',
];

/** CONFIG_HARDLOCKUP_DETECTOR. */
export const HARD_LOCKUP_KNOBS: readonly FactId[] = [
  'sysctl.kernel.hardlockup_panic',
  'sysctl.kernel.hardlockup_all_cpu_backtrace',
];

/** CONFIG_X86 (kernel/sysctl.c). */
export const NMI_KNOBS: readonly FactId[] = [
  'sysctl.kernel.panic_on_io_nmi',
  'sysctl.kernel.panic_on_unrecovered_nmi',
  'sysctl.kernel.unknown_nmi_panic',
];

/** What every kernel that was read has, on every machine. */
export const ON_EVERY_MACHINE: readonly FactId[] = [
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
  'sysctl.kernel.panic_on_warn',
  'sysctl.kernel.tainted',
  'sysctl.kernel.dmesg_restrict',
  'sysctl.kernel.ftrace_dump_on_oops',
  'sysctl.kernel.traceoff_on_warning',
  'sysctl.kernel.sysrq',
  'sysctl.vm.panic_on_oom',
  'sysctl.vm.oom_kill_allocating_task',
  'sysctl.vm.oom_dump_tasks',
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.min_free_kbytes',
  'sysctl.vm.extfrag_threshold',
];

/** What every tree and listing of x86-64 has that was read, from RHEL 7 and Ubuntu's 4.4 to 7.3, where it is configured. */
export const EVERYWHERE: readonly FactId[] = [
  ...HUNG_TASK_KNOBS,
  ...SOFT_LOCKUP_KNOBS,
  ...HARD_LOCKUP_KNOBS,
  ...LOCKUP_SWITCHES,
  ...NMI_KNOBS,
  ...ON_EVERY_MACHINE,
  'sysctl.kernel.kexec_load_disabled',
];

/** In the listing of Ubuntu's 4.4 and in every later one. */
export const SINCE_4_4: readonly FactId[] = ['sysctl.kernel.soft_watchdog', 'sysctl.vm.compact_unevictable_allowed'];

/** In 4.9 (kernel/sysctl.c), in the listing of RHEL 8.0 and in every later one. */
export const SINCE_4_9: readonly FactId[] = ['sysctl.kernel.panic_on_rcu_stall', 'sysctl.vm.watermark_scale_factor'];

/** In RHEL 6's tree of 2014 already (kernel/ksysfs.c), where CONFIG_KEXEC or CONFIG_KEXEC_FILE is set. */
export const KEXEC_FILES: readonly FactId[] = ['kexec.crash_loaded', 'kexec.loaded', 'kexec.crash_size'];

/** Parameters of RCU's stall detector: in RHEL 7's 3.10 (kernel/rcupdate.c) and in Debian's 5.10, with CONFIG_RCU_STALL_COMMON. */
export const RCU_PARAMETERS: readonly FactId[] = [
  'module.rcupdate.rcu_cpu_stall_timeout',
  'module.rcupdate.rcu_cpu_stall_suppress',
];

const PANIC_PARAMETERS: readonly FactId[] = [
  'module.kernel.panic',
  'module.kernel.panic_on_warn',
  'module.kernel.panic_print',
  'module.kernel.pause_on_oops',
  'module.kernel.crash_kexec_post_notifiers',
];

export const KSM_FILES: readonly FactId[] = ['ksm.run', 'ksm.max_page_sharing'];

/** What kernel.org's 5.10 has beside the older ones, whatever its configuration, and 5.4 partly lacks. */
export const BESIDE_SINCE_5_10: readonly FactId[] = [
  'sysctl.kernel.panic_print',
  'sysctl.kernel.oops_all_cpu_backtrace',
  'sysctl.vm.watermark_boost_factor',
  'sysctl.vm.compaction_proactiveness',
  ...PANIC_PARAMETERS,
];

/** The same, with CONFIG_DETECT_HUNG_TASK. */
export const HUNG_TASK_SINCE_5_10: readonly FactId[] = [
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.hung_task_all_cpu_backtrace',
];

/** What all of Debian's kernels from 5.10 on have that were booted, and older ones may lack. */
export const SINCE_5_10: readonly FactId[] = [
  ...SINCE_4_4,
  ...SINCE_4_9,
  ...HUNG_TASK_SINCE_5_10,
  ...BESIDE_SINCE_5_10,
  ...RCU_PARAMETERS,
  ...KEXEC_FILES,
];

/** In Debian 12's 6.1 and later ones. */
export const SINCE_6_1: readonly FactId[] = [
  'sysctl.kernel.max_rcu_stall_to_panic',
  'sysctl.kernel.split_lock_mitigate',
];

/** Knobs of the years after 6.12. */
export const AFTER_6_12: readonly FactId[] = [
  'sysctl.kernel.hung_task_detect_count',
  'sysctl.kernel.hung_task_sys_info',
  'sysctl.kernel.softlockup_sys_info',
  'sysctl.kernel.hardlockup_sys_info',
  'sysctl.kernel.panic_sys_info',
  'sysctl.kernel.kernel_sys_info',
];

/** Neither in 4.19 nor in 5.5 (kernel/sysctl.c, kernel/hung_task.c); stable series take no new sysctl of this kind. */
export const AFTER_5_5: readonly FactId[] = [
  'sysctl.kernel.hung_task_all_cpu_backtrace',
  'sysctl.kernel.oops_all_cpu_backtrace',
  'sysctl.kernel.max_rcu_stall_to_panic',
  'sysctl.kernel.split_lock_mitigate',
  'sysctl.vm.compaction_proactiveness',
];

/** Limits and counts of oopses and warnings: they came into stable series while those lived, so that a family may have both. */
export const LIMITS: readonly FactId[] = [
  'sysctl.kernel.oops_limit',
  'sysctl.kernel.warn_limit',
  'kernel.oops_count',
  'kernel.warn_count',
];

export const KEXEC_LIMITS: readonly FactId[] = [
  'sysctl.kernel.kexec_load_limit_panic',
  'sysctl.kernel.kexec_load_limit_reboot',
];

/** What none of Debian's kernels has that were booted. */
export const NOT_IN_DEBIAN: readonly FactId[] = [
  'sysctl.debug.panic_on_rcu_stall',
  'sysctl.kernel.panic_on_stackoverflow',
  'sysctl.kernel.hyperv_record_panic_msg',
];
