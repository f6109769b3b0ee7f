import type { FactId } from '../../model/reading.js';
import type { Family } from './family.js';
import {
  AFTER_5_5,
  AFTER_6_12,
  HARD_LOCKUP_KNOBS,
  HUNG_TASK_KNOBS,
  KEXEC_FILES,
  KEXEC_LIMITS,
  LIMITS,
  NMI_KNOBS,
  RCU_PARAMETERS,
} from './knobs.js';

const HAS: readonly FactId[] = [
  ...HUNG_TASK_KNOBS,
  ...NMI_KNOBS,
  ...KEXEC_FILES,
  'sysctl.kernel.softlockup_panic',
  'sysctl.kernel.watchdog',
  'sysctl.kernel.nmi_watchdog',
  'sysctl.kernel.watchdog_thresh',
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
  'sysctl.kernel.tainted',
  'sysctl.kernel.dmesg_restrict',
  'sysctl.kernel.ftrace_dump_on_oops',
  'sysctl.kernel.sysrq',
  'sysctl.kernel.kexec_load_disabled',
  'sysctl.vm.panic_on_oom',
  'sysctl.vm.oom_kill_allocating_task',
  'sysctl.vm.oom_dump_tasks',
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.min_free_kbytes',
  'sysctl.vm.extfrag_threshold',
  'module.kernel.panic',
  'module.kernel.pause_on_oops',
];

const LACKS: readonly FactId[] = [
  ...AFTER_6_12,
  ...AFTER_5_5,
  ...LIMITS,
  ...KEXEC_LIMITS,
  ...RCU_PARAMETERS,
  'sysctl.kernel.soft_watchdog',
  'sysctl.kernel.watchdog_cpumask',
  'sysctl.kernel.panic_on_rcu_stall',
  'sysctl.debug.panic_on_rcu_stall',
  'sysctl.kernel.traceoff_on_warning',
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.panic_print',
  'sysctl.vm.watermark_scale_factor',
  'sysctl.vm.watermark_boost_factor',
  'sysctl.vm.compact_unevictable_allowed',
  'module.kernel.crash_kexec_post_notifiers',
];

/** They came with 6.7: panic_on_warn with -532, the backtraces of all CPUs with -548, by the changelog of kernel.spec. */
const SINCE_573: readonly FactId[] = [
  'sysctl.kernel.panic_on_warn',
  'sysctl.kernel.softlockup_all_cpu_backtrace',
  'module.kernel.panic_on_warn',
];

const MEANS: Readonly<Record<FactId, string>> = {
  'sysctl.kernel.watchdog': 'one switch for both lockup detectors, the same variable as kernel.nmi_watchdog',
  'sysctl.kernel.nmi_watchdog': 'the same switch: 1 says that either detector may run',
  'sysctl.kernel.watchdog_thresh':
    'the soft lockup threshold itself, in seconds, not half of it; 60 at boot. A hard lockup is one of 60 s whatever this says (arch/x86/kernel/apic/hw_nmi.c)',
  'sysctl.kernel.panic': 'below 0 the machine stands still: only what is above 0 restarts it',
};

const REPORTS_USED_UP = { 'sysctl.kernel.hung_task_warnings': 'at 0 a hung task is neither reported nor panicked on' };

const BOOTS: Readonly<Record<FactId, number>> = {
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.watchdog_thresh': 60,
  'sysctl.kernel.panic_on_oops': 1,
  'sysctl.kernel.panic': 0,
};

const READ =
  'kernel/sysctl.c, kernel/watchdog.c, kernel/hung_task.c, kernel/panic.c and kernel/ksysfs.c, and config-generic, config-generic-rhel and config-x86_64-generic-rhel: no RCU stall detector, "int panic_on_oops = 1", and a hard lockup panics unless nmi_watchdog=nopanic';

/** Red Hat Enterprise Linux 6.1 to 6.6. 6.0 (-71) had the lockup detectors of before, and is another kernel here. */
export const EL6: Family = {
  id: 'el6',
  title: 'RHEL 6.1 to 6.6 (2.6.32-131 to -504)',
  releases: /^2\.6\.32-(?:131|220|279|358|431|504)(?:\.\d+)*\.el6\.x86_64$/,
  example: '2.6.32-504.16.2.el6.x86_64',
  has: HAS,
  lacks: [...LACKS, ...HARD_LOCKUP_KNOBS, ...SINCE_573],
  means: { ...MEANS, ...REPORTS_USED_UP },
  boots: BOOTS,
  sources: [
    `${READ}, of 2.6.32-131.0.15, -220, -279, -358, -431 and -504 (spacex/kernel-centos6, its tags, looked at on 2026-11-28)`,
    'kernel/rcutree.c of 2.6.32-431 and -504.16.2 (ziozzang/rhel6-kernel-src at 67d24d490a67)',
  ],
};

export const EL6_7: Family = {
  id: 'el6.7',
  title: 'RHEL 6.7 (2.6.32-573)',
  releases: /^2\.6\.32-573(?:\.\d+)*\.el6\.x86_64$/,
  example: '2.6.32-573.3.1.el6.x86_64',
  has: [...HAS, ...SINCE_573],
  lacks: [...LACKS, ...HARD_LOCKUP_KNOBS],
  means: { ...MEANS, ...REPORTS_USED_UP },
  boots: BOOTS,
  sources: [`${READ}, of 2.6.32-573.3.1 (spacex/kernel-centos6, that tag, looked at on 2026-11-28)`],
};

export const EL6_8: Family = {
  id: 'el6.8',
  title: 'RHEL 6.8 to 6.10 (2.6.32-642 to -754)',
  releases: /^2\.6\.32-(?:642|696|754)(?:\.\d+)*\.el6\.x86_64$/,
  example: '2.6.32-754.25.1.el6.x86_64',
  has: [...HAS, ...SINCE_573, ...HARD_LOCKUP_KNOBS],
  lacks: LACKS,
  means: {
    ...MEANS,
    'sysctl.kernel.hung_task_warnings':
      'before -685, and so in 6.8, a hung task is neither reported nor panicked on at 0; from 6.9 on it panics all the same',
  },
  boots: { ...BOOTS, 'sysctl.kernel.hardlockup_panic': 1 },
  sources: [
    `${READ}, of 2.6.32-754.25.1 (eurolinux-enterprise-linux-sources/kernel, that tag, looked at on 2026-11-28)`,
    'the changelog of its kernel.spec: hardlockup_panic and hardlockup_all_cpu_backtrace since -616, "allow hung_task_panic when hung_task_warnings is 0" since -685',
  ],
};
