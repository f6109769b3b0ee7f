import type { FactDefinition, Sample } from '../definition.js';
import { bool, int } from '../parse.js';
import { IN_RHEL_6, INT_MAX, kernelDoc, KERNEL_PARAMETERS, SEEN_IN_6_1, sysctl } from '../sysctl.js';

const SYSCTL_PAGE = 'https://docs.kernel.org/admin-guide/sysctl/kernel.html';
const WATCHDOG_C = 'kernel/watchdog.c, Debian linux 6.1.192-2';
/** Where RHEL 7 has one switch for both detectors. */
const RHEL_7_WATCHDOG = 'kernel/watchdog.c 957-1049 and kernel/sysctl.c 872-914, RHEL 3.10.0-1062';

/** proc_watchdog_common() and proc_watchdog_cpumask() take watchdog_mutex to read too: these are asked for late. */
const locked = 'locked' as const;

const stallSamples: readonly Sample[] = [
  { text: '21\n', known: 21 },
  { text: '60\n', known: 60 },
  { text: 'N\n', otherwise: 'malformed' },
];

/** Soft lockups (a CPU that does not schedule), hard lockups (one that takes no interrupt), RCU stalls. */
export const LOCKUP: readonly FactDefinition[] = [
  sysctl({
    name: 'kernel.softlockup_panic',
    title: 'Panic on a soft lockup',
    range: [0, INT_MAX],
    since: IN_RHEL_6,
    boot: 'softlockup_panic=',
    sources: [kernelDoc('softlockup_panic'), WATCHDOG_C, 'Linux commit e700f5d1560798aacf0e56fdcc70ee2c20bf56ec'],
    samples: ['0', '1'],
    note: '0 never. 0 or 1 up to 6.19; in 7.0 (inferred from `git describe` of the commit) it becomes a count of thresholds.',
  }),
  sysctl({
    name: 'kernel.softlockup_all_cpu_backtrace',
    title: 'Backtraces of all CPUs on a soft lockup',
    range: [0, 1],
    since: 'in Red Hat’s 2.6.32-548 and 3.10.0-239 (RHEL 6.7, 7.2), not in 3.10.0-229.el7',
    sources: [kernelDoc('softlockup_all_cpu_backtrace')],
    samples: ['0'],
  }),
  sysctl({
    name: 'kernel.softlockup_sys_info',
    title: 'What else is dumped on a soft lockup',
    range: 'text',
    since: 'later than 6.12 (exact version not found)',
    sources: [SYSCTL_PAGE],
    samples: [''],
  }),
  sysctl({
    name: 'kernel.hardlockup_panic',
    title: 'Panic on a hard lockup',
    range: [0, 1],
    since: 'in Red Hat’s 2.6.32-616 and 3.10.0-403 (RHEL 6.8, 7.3), not in 3.10.0-229.el7',
    boot: 'nmi_watchdog=panic',
    sources: [kernelDoc('hardlockup_panic'), WATCHDOG_C],
    samples: ['0', '1'],
  }),
  sysctl({
    name: 'kernel.hardlockup_all_cpu_backtrace',
    title: 'Backtraces of all CPUs on a hard lockup',
    range: [0, 1],
    since: 'in Red Hat’s 2.6.32-616 and 3.10.0-403 (RHEL 6.8, 7.3), not in 3.10.0-229.el7',
    sources: [kernelDoc('hardlockup_all_cpu_backtrace')],
    samples: ['0'],
  }),
  sysctl({
    name: 'kernel.hardlockup_sys_info',
    title: 'What else is dumped on a hard lockup',
    range: 'text',
    since: 'later than 6.12 (exact version not found)',
    sources: [SYSCTL_PAGE],
    samples: [''],
  }),
  sysctl({
    name: 'kernel.watchdog',
    title: 'Lockup detectors on: the soft one, the hard one, or both',
    range: [0, 1],
    since: IN_RHEL_6,
    boot: 'nowatchdog',
    sources: [kernelDoc('watchdog'), WATCHDOG_C],
    samples: ['1', '0'],
    section: locked,
  }),
  sysctl({
    name: 'kernel.soft_watchdog',
    title: 'Soft lockup detector on',
    range: [0, 1],
    since:
      'between 3.16 and 4.4 (not in a listing of Ubuntu’s 3.16.0-77, in one of 4.4.0-72); never in RHEL 6, and in RHEL 7 it stands inside #if 0',
    boot: 'nosoftlockup',
    sources: [kernelDoc('soft_watchdog'), WATCHDOG_C, RHEL_7_WATCHDOG],
    samples: ['1', '0'],
    note: 'A kernel without it has one switch for both detectors, `kernel.watchdog`; there the soft one is never off alone.',
    section: locked,
  }),
  sysctl({
    name: 'kernel.nmi_watchdog',
    title: 'Hard lockup detector on',
    range: [0, 1],
    since: IN_RHEL_6,
    boot: 'nmi_watchdog=',
    sources: [kernelDoc('nmi_watchdog'), WATCHDOG_C, RHEL_7_WATCHDOG, 'arch/x86/kernel/kvm.c 551, RHEL 3.10.0-1062'],
    samples: ['0', '1'],
    note: 'Off by default in a KVM guest on x86, and with newer kernels in a guest of Hyper-V. Mode 0444 where the kernel has no hard lockup detector. Where `kernel.soft_watchdog` is missing (RHEL 6 and 7), 1 says that either of the two detectors runs.',
    section: locked,
  }),
  sysctl({
    name: 'kernel.watchdog_thresh',
    title: 'Hard lockup threshold; the soft one is twice that (RHEL 6: the soft one)',
    range: [0, 60],
    unit: 's',
    since: IN_RHEL_6,
    boot: 'watchdog_thresh=',
    sources: [kernelDoc('watchdog_thresh'), WATCHDOG_C],
    samples: ['10', '0', '60'],
    note: '0 switches both detectors off, but not on RHEL 6, where it is the soft threshold itself and 60 at boot.',
    section: locked,
  }),
  sysctl({
    name: 'kernel.watchdog_cpumask',
    title: 'CPUs that are watched for lockups',
    range: 'text',
    since: 'in Red Hat’s 3.10.0-403 (RHEL 7.3), not in 3.10.0-229.el7',
    sources: [kernelDoc('watchdog_cpumask')],
    samples: ['0-1', '0-3,8-11', ''],
    section: locked,
  }),
  sysctl({
    name: 'kernel.panic_on_rcu_stall',
    title: 'Panic on an RCU stall',
    range: [0, 1],
    since: 'between 4.5 and 4.9 (not in 4.4.230, in 4.9.319)',
    sources: [kernelDoc('panic_on_rcu_stall')],
    samples: ['0', '1'],
    note: 'RHEL 7 has it as `debug.panic_on_rcu_stall`.',
  }),
  sysctl({
    name: 'debug.panic_on_rcu_stall',
    title: 'Panic on an RCU stall, where RHEL 7 has the knob',
    range: [0, 1],
    since: 'RHEL 7 alone, from a build after 3.10.0-514 and up to 3.10.0-1062 on',
    sources: [
      'kernel/sysctl.c 1821-1831 (debug_table) and kernel/rcutree.c 883, RHEL 3.10.0-1062',
      'a listing of sysctl -a of 3.10.0-1160.15.2.el7',
    ],
    samples: ['0', '1'],
    note: 'The kernel’s documentation calls it `kernel.panic_on_rcu_stall`; in RHEL 7 its row came into the table of /proc/sys/debug.',
  }),
  sysctl({
    name: 'kernel.max_rcu_stall_to_panic',
    title: 'How many RCU stalls make a panic',
    range: [0, INT_MAX],
    unit: 'count',
    since: 'between 5.6 and 5.15 (not in 5.5, in 5.15.200)',
    sources: [kernelDoc('max_rcu_stall_to_panic'), 'kernel/rcu/tree_stall.h, Debian linux 6.1.192-2'],
    samples: ['0', '5'],
    note: '0 at boot, although only 1 and more can be written. Stalls count even while `panic_on_rcu_stall` is 0.',
  }),
  {
    id: 'module.rcupdate.rcu_cpu_stall_timeout',
    title: 'How long an RCU grace period may last before it is a stall',
    type: { kind: 'int', min: 0, max: INT_MAX },
    unit: 's',
    since: SEEN_IN_6_1,
    bootParameter: 'rcupdate.rcu_cpu_stall_timeout=',
    sources: ['https://docs.kernel.org/RCU/stallwarn.html', KERNEL_PARAMETERS],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout'] },
    parse: int(0, INT_MAX),
    samples: stallSamples,
    note: 'The kernel uses 3 s for less and 300 s for more (CONFIG_RCU_CPU_STALL_TIMEOUT).',
  },
  {
    id: 'module.rcupdate.rcu_cpu_stall_suppress',
    title: 'RCU stalls are not looked for',
    type: { kind: 'bool' },
    since: SEEN_IN_6_1,
    bootParameter: 'rcupdate.rcu_cpu_stall_suppress=',
    sources: ['https://docs.kernel.org/RCU/stallwarn.html', KERNEL_PARAMETERS],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress'] },
    parse: bool,
    samples: [
      { text: '0\n', known: false },
      { text: '1\n', known: true },
    ],
  },
];
