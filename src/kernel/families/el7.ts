import type { FactId } from '../../model/reading.js';
import type { Family } from './family.js';
import {
  AFTER_5_5,
  AFTER_6_12,
  EVERYWHERE,
  HARD_LOCKUP_KNOBS,
  HUNG_TASK_KNOBS,
  KEXEC_FILES,
  KEXEC_LIMITS,
  LIMITS,
  NMI_KNOBS,
  RCU_PARAMETERS,
} from './knobs.js';

/** What RHEL 7 has from its first kernel on. */
const HAS: readonly FactId[] = [
  ...NMI_KNOBS,
  ...RCU_PARAMETERS,
  ...KEXEC_FILES,
  'sysctl.kernel.softlockup_panic',
  'sysctl.kernel.watchdog',
  'sysctl.kernel.nmi_watchdog',
  'sysctl.kernel.watchdog_thresh',
  'sysctl.kernel.panic',
  'sysctl.kernel.panic_on_oops',
  'sysctl.kernel.panic_on_stackoverflow',
  'sysctl.kernel.tainted',
  'sysctl.kernel.dmesg_restrict',
  'sysctl.kernel.ftrace_dump_on_oops',
  'sysctl.kernel.sysrq',
  'sysctl.vm.panic_on_oom',
  'sysctl.vm.oom_kill_allocating_task',
  'sysctl.vm.oom_dump_tasks',
  'sysctl.vm.overcommit_memory',
  'sysctl.vm.min_free_kbytes',
  'sysctl.vm.extfrag_threshold',
  'module.kernel.panic',
  'module.kernel.pause_on_oops',
];

/** With 7.1: -173 brought kexec_load_disabled and -206 panic_on_warn, by the changelog of kernel.spec. */
const SINCE_229: readonly FactId[] = [
  ...HUNG_TASK_KNOBS,
  'sysctl.kernel.kexec_load_disabled',
  'sysctl.kernel.panic_on_warn',
  'module.kernel.panic_on_warn',
];

/** With 7.2: -239, by the same changelog. */
const SINCE_327: readonly FactId[] = ['sysctl.kernel.softlockup_all_cpu_backtrace'];

/** What no kernel of RHEL 7 has. */
const LACKS: readonly FactId[] = [
  ...AFTER_6_12,
  ...AFTER_5_5,
  ...LIMITS,
  ...KEXEC_LIMITS,
  'sysctl.kernel.soft_watchdog',
  'sysctl.kernel.panic_on_rcu_stall',
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.panic_print',
  'sysctl.vm.watermark_scale_factor',
  'sysctl.vm.watermark_boost_factor',
  'sysctl.vm.compact_unevictable_allowed',
];

/** With 7.3: -403, by the same changelog. */
const SINCE_514: readonly FactId[] = [...HARD_LOCKUP_KNOBS, 'sysctl.kernel.watchdog_cpumask'];

const SWITCHES: Readonly<Record<FactId, string>> = {
  'sysctl.kernel.watchdog': 'one switch for both lockup detectors; the soft one is never off alone',
  'sysctl.kernel.nmi_watchdog':
    'the same switch: 1 says that either detector runs, and in a virtual machine the hard one may not',
};

const REPORTS_USED_UP = { 'sysctl.kernel.hung_task_warnings': 'at 0 a hung task is neither reported nor panicked on' };

const BOOTS: Readonly<Record<FactId, number>> = {
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.panic_on_oops': 1,
  'sysctl.kernel.panic': 0,
  'module.rcupdate.rcu_cpu_stall_timeout': 60,
};

const READ =
  'kernel/sysctl.c, kernel/watchdog.c, kernel/hung_task.c, kernel/rcupdate.c, kernel/panic.c and kernel/ksysfs.c';
const HARD_LOCKUPS = 'a hard lockup panics unless nmi_watchdog=nopanic, and no sysctl shows it';

/** CONFIG_DETECT_HUNG_TASK is not set: the first kernel of RHEL 7 does not look for hung tasks. */
export const EL7_0: Family = {
  id: 'el7.0',
  title: 'RHEL 7.0 (3.10.0-123)',
  releases: /^3\.10\.0-123(?:\.\d+)*\.el7\.x86_64$/,
  example: '3.10.0-123.20.1.el7.x86_64',
  has: HAS,
  lacks: [
    ...LACKS,
    ...SINCE_229,
    ...SINCE_327,
    ...SINCE_514,
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.traceoff_on_warning',
    'module.kernel.crash_kexec_post_notifiers',
  ],
  means: SWITCHES,
  boots: BOOTS,
  sources: [
    `configs/kernel-3.10.0-x86_64.config and ${READ} of 3.10.0-123 to -123.20.1 (spacex/kernel-centos7, its tags, looked at on 2026-11-28): "# CONFIG_DETECT_HUNG_TASK is not set"; ${HARD_LOCKUPS}`,
  ],
};

export const EL7_1: Family = {
  id: 'el7.1',
  title: 'RHEL 7.1 (3.10.0-229)',
  releases: /^3\.10\.0-229(?:\.\d+)*\.el7\.x86_64$/,
  example: '3.10.0-229.14.1.el7.x86_64',
  has: [...HAS, ...SINCE_229],
  lacks: [
    ...LACKS,
    ...SINCE_327,
    ...SINCE_514,
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.traceoff_on_warning',
    'module.kernel.crash_kexec_post_notifiers',
  ],
  means: { ...SWITCHES, ...REPORTS_USED_UP },
  boots: { ...BOOTS, 'sysctl.kernel.hung_task_panic': 0 },
  sources: [
    `configs/kernel-3.10.0-x86_64.config and ${READ} of 3.10.0-229 to -229.14.1 (spacex/kernel-centos7, its tags, looked at on 2026-11-28): ${HARD_LOCKUPS}`,
  ],
};

/** No tree of it was read: what -229 has, and what came before -327 and after it by the changelog. */
export const EL7_2: Family = {
  id: 'el7.2',
  title: 'RHEL 7.2 (3.10.0-327)',
  releases: /^3\.10\.0-327(?:\.\d+)*\.el7\.x86_64$/,
  example: '3.10.0-327.36.3.el7.x86_64',
  has: [...HAS, ...SINCE_229, ...SINCE_327],
  lacks: [...LACKS, ...SINCE_514],
  means: { ...SWITCHES, ...REPORTS_USED_UP },
  boots: { ...BOOTS, 'sysctl.kernel.hung_task_panic': 0 },
  sources: [
    'SOURCES/kernel-3.10.0-x86_64.config of 3.10.0-327.3.1 and -327.36.3 (clearos/kernel, branch c7, looked at on 2026-11-28)',
    'the changelogs of kernel.spec of -327.36.3 and -514 there: softlockup_all_cpu_backtrace since -239, hardlockup_panic, watchdog_cpumask and a soft_watchdog that is left out since -403, and nothing about hung_task_warnings',
    'RHEL 7.1 and 7.7, for what came before and stayed',
  ],
};

/** Red Hat Enterprise Linux 7 and those who rebuild it: 3.10.0, with what was backported by 7.3 (3.10.0-514). */
export const EL7: Family = {
  id: 'el7',
  title: 'RHEL 7 (3.10.0-514 and later)',
  releases: /^3\.10\.0-(?:5[1-9]\d|[6-9]\d\d|1\d{3})(?:\.\d+)*\.el7\.x86_64$/,
  example: '3.10.0-1160.el7.x86_64',
  has: [
    ...EVERYWHERE,
    ...RCU_PARAMETERS,
    ...KEXEC_FILES,
    'module.kernel.panic',
    'module.kernel.panic_on_warn',
    'module.kernel.pause_on_oops',
    'module.kernel.crash_kexec_post_notifiers',
    'sysctl.kernel.panic_on_stackoverflow',
  ],
  lacks: LACKS,
  means: {
    ...SWITCHES,
    'sysctl.kernel.hung_task_warnings':
      'in 7.3 (-514) a hung task is neither reported nor panicked on at 0; from 7.7 (-1062) on it panics all the same',
    'sysctl.debug.panic_on_rcu_stall':
      'what other kernels have as kernel.panic_on_rcu_stall, from a build before 3.10.0-1062 on',
  },
  boots: { ...BOOTS, 'sysctl.kernel.hung_task_panic': 0, 'sysctl.kernel.hardlockup_panic': 1 },
  sources: [
    'the configurations of 3.10.0-514 and -693 (clearos/kernel, branch c7, looked at on 2026-11-28), of 3.10.0-1062 (dcui/RHEL77) and of 3.10.0-1127, -1160.59.1 and -1160.102.1 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55)',
    'kernel/sysctl.c, kernel/watchdog.c, kernel/rcupdate.c, kernel/panic.c and kernel/ksysfs.c, RHEL 3.10.0-1062 (dcui/RHEL77)',
    'listings of sysctl -a of 3.10.0-862.el7 and 3.10.0-1160.15.2.el7',
  ],
};
