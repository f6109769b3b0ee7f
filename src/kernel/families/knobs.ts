import type { FactId } from '../../model/reading.js';

/** What every tree and listing that was read has, from RHEL 7 and Ubuntu's 4.4 to 7.3. */
export const EVERYWHERE: readonly FactId[] = [
  'sysctl.kernel.hung_task_panic',
  'sysctl.kernel.hung_task_timeout_secs',
  'sysctl.kernel.hung_task_check_count',
  'sysctl.kernel.hung_task_warnings',
  'sysctl.kernel.softlockup_panic',
  'sysctl.kernel.softlockup_all_cpu_backtrace',
  'sysctl.kernel.hardlockup_panic',
  'sysctl.kernel.hardlockup_all_cpu_backtrace',
  'sysctl.kernel.watchdog',
  'sysctl.kernel.nmi_watchdog',
  'sysctl.kernel.watchdog_thresh',
  'sysctl.kernel.watchdog_cpumask',
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
  'sysctl.kernel.panic_on_warn',
  'sysctl.kernel.panic_on_io_nmi',
  'sysctl.kernel.panic_on_unrecovered_nmi',
  'sysctl.kernel.unknown_nmi_panic',
  'sysctl.kernel.tainted',
  'sysctl.kernel.dmesg_restrict',
  'sysctl.kernel.ftrace_dump_on_oops',
  'sysctl.kernel.traceoff_on_warning',
  'sysctl.kernel.sysrq',
  'sysctl.kernel.kexec_load_disabled',
  'sysctl.vm.panic_on_oom',
  'sysctl.vm.oom_kill_allocating_task',
  'sysctl.vm.oom_dump_tasks',
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.min_free_kbytes',
  'sysctl.vm.extfrag_threshold',
];

/** What all of Debian's kernels from 5.10 on have that were booted, and older ones may lack. */
export const SINCE_5_10: readonly FactId[] = [
  'sysctl.kernel.soft_watchdog',
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.hung_task_all_cpu_backtrace',
  'sysctl.kernel.panic_on_rcu_stall',
  'sysctl.kernel.panic_print',
  'sysctl.kernel.oops_all_cpu_backtrace',
  'sysctl.vm.watermark_scale_factor',
  'sysctl.vm.watermark_boost_factor',
  'sysctl.vm.compaction_proactiveness',
  'sysctl.vm.compact_unevictable_allowed',
  'module.rcupdate.rcu_cpu_stall_timeout',
  'module.rcupdate.rcu_cpu_stall_suppress',
  'module.kernel.panic',
  'module.kernel.panic_on_warn',
  'module.kernel.panic_print',
  'module.kernel.pause_on_oops',
  'module.kernel.crash_kexec_post_notifiers',
  'kexec.crash_loaded',
  'kexec.loaded',
  'kexec.crash_size',
  'ksm.run',
  'ksm.max_page_sharing',
];

/** Knobs of the years after 6.12. */
export const AFTER_6_12: readonly FactId[] = [
  'sysctl.kernel.hung_task_detect_count',
  'sysctl.kernel.hung_task_sys_info',
  'sysctl.kernel.softlockup_sys_info',
  'sysctl.kernel.hardlockup_sys_info',
  'sysctl.kernel.panic_sys_info',
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
