import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, LIMITS } from './knobs.js';

/** Red Hat Enterprise Linux 7 and those who rebuild it: 3.10.0, with what was backported by 7.3 (3.10.0-514). */
export const EL7: Family = {
  id: 'el7',
  title: 'RHEL 7 (3.10.0-514 and later)',
  releases: /^3\.10\.0-(?:5[1-9]\d|[6-9]\d\d|1\d{3})(?:\.\d+)*\.el7[._]/,
  example: '3.10.0-1160.el7.x86_64',
  has: [
    ...EVERYWHERE,
    'module.rcupdate.rcu_cpu_stall_timeout',
    'module.rcupdate.rcu_cpu_stall_suppress',
    'module.kernel.panic',
    'module.kernel.panic_on_warn',
    'module.kernel.pause_on_oops',
    'module.kernel.crash_kexec_post_notifiers',
    'kexec.crash_loaded',
    'kexec.loaded',
    'kexec.crash_size',
    'sysctl.kernel.panic_on_stackoverflow',
  ],
  lacks: [
    ...AFTER_6_12,
    ...LIMITS,
    ...KEXEC_LIMITS,
    'sysctl.kernel.soft_watchdog',
    'sysctl.kernel.panic_on_rcu_stall',
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.hung_task_check_interval_secs',
    'sysctl.kernel.hung_task_all_cpu_backtrace',
    'sysctl.kernel.oops_all_cpu_backtrace',
    'sysctl.kernel.panic_print',
    'sysctl.kernel.split_lock_mitigate',
    'sysctl.vm.watermark_scale_factor',
    'sysctl.vm.watermark_boost_factor',
    'sysctl.vm.compaction_proactiveness',
    'sysctl.vm.compact_unevictable_allowed',
  ],
  means: {
    'sysctl.kernel.watchdog': 'one switch for both lockup detectors; the soft one is never off alone',
    'sysctl.kernel.nmi_watchdog':
      'the same switch: 1 says that either detector runs, and in a virtual machine the hard one may not',
    'sysctl.debug.panic_on_rcu_stall':
      'what other kernels have as kernel.panic_on_rcu_stall, from a build before 3.10.0-1062 on',
  },
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
    'module.rcupdate.rcu_cpu_stall_timeout': 60,
  },
  sources: [
    'the configurations of 3.10.0-1062 (dcui/RHEL77) and of 3.10.0-1160.59.1 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'kernel/sysctl.c, kernel/watchdog.c, kernel/rcupdate.c, kernel/panic.c and kernel/ksysfs.c, RHEL 3.10.0-1062 (dcui/RHEL77)',
    'listings of sysctl -a of 3.10.0-862.el7 and 3.10.0-1160.15.2.el7',
  ],
};
