import type { Family } from './family.js';
import {
  BESIDE_SINCE_5_10,
  HARD_LOCKUP_KNOBS,
  HUNG_TASK_KNOBS,
  HUNG_TASK_SINCE_5_10,
  KEXEC_FILES,
  KSM_FILES,
  LOCKUP_SWITCHES,
  NMI_KNOBS,
  ON_EVERY_MACHINE,
  RCU_PARAMETERS,
  SINCE_4_4,
  SINCE_4_9,
  SINCE_6_1,
  SOFT_LOCKUP_KNOBS,
} from './knobs.js';

/** CONFIG_HARDLOCKUP_DETECTOR is not set, so that nothing tells of a hard lockup. */
export const AMAZON_2023: Family = {
  id: 'amazon-2023',
  title: 'Amazon Linux 2023 (6.1)',
  releases: /^6\.1\.\d+-\d+(?:\.\d+)*\.amzn2023\.x86_64$/,
  example: '6.1.141-165.249.amzn2023.x86_64',
  has: [
    ...HUNG_TASK_KNOBS,
    ...HUNG_TASK_SINCE_5_10,
    ...LOCKUP_SWITCHES,
    ...SOFT_LOCKUP_KNOBS,
    ...NMI_KNOBS,
    ...ON_EVERY_MACHINE,
    ...SINCE_4_4,
    ...SINCE_4_9,
    ...BESIDE_SINCE_5_10,
    ...SINCE_6_1,
    ...RCU_PARAMETERS,
    ...KEXEC_FILES,
    'sysctl.kernel.kexec_load_disabled',
  ],
  lacks: [...HARD_LOCKUP_KNOBS, ...KSM_FILES, 'sysctl.debug.panic_on_rcu_stall'],
  means: {
    'sysctl.kernel.nmi_watchdog': 'always 0 and not writable: the kernel is built without a hard lockup detector',
  },
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  always: { 'sysctl.kernel.nmi_watchdog': 0 },
  sources: [
    'the configurations of 6.1.19-30.43 and 6.1.141-165.249 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'kernel/watchdog.c and include/linux/nmi.h, Debian linux 6.1.176-1',
  ],
};
