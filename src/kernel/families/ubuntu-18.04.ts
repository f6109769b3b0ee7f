import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_FILES, KEXEC_LIMITS, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9 } from './knobs.js';

export const UBUNTU_18_04: Family = {
  id: 'ubuntu-18.04',
  title: 'Ubuntu 18.04 (4.15)',
  releases: /^4\.15\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '4.15.0-42-generic',
  // What both 4.4 and Debian's 5.10 have, kernel.org's 4.15 has too.
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES],
  lacks: [
    ...AFTER_6_12,
    ...KEXEC_LIMITS,
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.hung_task_check_interval_secs',
    'sysctl.kernel.hung_task_all_cpu_backtrace',
    'sysctl.kernel.oops_all_cpu_backtrace',
    'sysctl.kernel.panic_print',
    'sysctl.kernel.split_lock_mitigate',
    'sysctl.vm.watermark_boost_factor',
    'sysctl.vm.compaction_proactiveness',
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'kernel/sysctl.c, Ubuntu linux 4.15.0-42',
    'the configuration of 4.15.0-163-generic as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
  ],
};
