import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9 } from './knobs.js';

export const SLES_15_SP3: Family = {
  id: 'sles-15-sp3',
  title: 'SLES 15 SP3 (5.3.18)',
  releases: /^5\.3\.18-(?:150300\.)?59\.\d+(?:\.\d+)?-default$/,
  example: '5.3.18-59.24-default',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.hung_task_timeout_secs': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    '`sysctl/defaults` of openSUSE/kernel-source at 4b8473de3c47, which the kernel’s package brings as /boot/sysctl.conf-RELEASE and a boot applies: hung_task_timeout_secs = 0 (bnc#552820); CONFIG_DEFAULT_HUNG_TASK_TIMEOUT is 480; `sysctl --system` of 5.14.21-150400.24.100-default, a service pack later, lists the same',
    'the configuration of 5.3.18-59.24-default as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'Ubuntu 16.04 and Debian 11, for what the base has',
  ],
};
