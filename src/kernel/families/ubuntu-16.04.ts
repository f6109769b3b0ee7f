import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, RCU_PARAMETERS, SINCE_4_4 } from './knobs.js';

export const UBUNTU_16_04: Family = {
  id: 'ubuntu-16.04',
  title: 'Ubuntu 16.04 (4.4)',
  releases: /^4\.4\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '4.4.0-187-generic',
  has: [...EVERYWHERE, ...SINCE_4_4, ...RCU_PARAMETERS],
  lacks: [
    ...AFTER_6_12,
    ...KEXEC_LIMITS,
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.panic_on_rcu_stall',
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.panic_on_stackoverflow',
    'sysctl.kernel.hung_task_check_interval_secs',
    'sysctl.kernel.hung_task_all_cpu_backtrace',
    'sysctl.kernel.oops_all_cpu_backtrace',
    'sysctl.kernel.panic_print',
    'sysctl.kernel.split_lock_mitigate',
    'sysctl.vm.watermark_scale_factor',
    'sysctl.vm.watermark_boost_factor',
    'sysctl.vm.compaction_proactiveness',
  ],
  sources: ['a listing of sysctl -a of 4.4.0-72-generic (#93-Ubuntu)', 'kernel/sysctl.c, Ubuntu linux 4.4.0-187'],
};
