import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9 } from './knobs.js';

/** Four series for one system. That of 5.15 boots with every panic on, the others with none. */
export const AMAZON_2: Family = {
  id: 'amazon-2',
  title: 'Amazon Linux 2 (4.14, 5.4 and 5.10)',
  releases: /^(?:4\.14|5\.4|5\.10)\.\d+-\d+(?:\.\d+)*\.amzn2\.x86_64$/,
  example: '5.10.75-79.358.amzn2.x86_64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configurations of 4.14.252-195.483, 5.4.226-129.415 and 5.10.75-79.358 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'Ubuntu 16.04 and Debian 11, for what the base has',
  ],
};

export const AMAZON_2_5_15: Family = {
  id: 'amazon-2-5.15',
  title: 'Amazon Linux 2 (5.15)',
  releases: /^5\.15\.\d+-\d+(?:\.\d+)*\.amzn2\.x86_64$/,
  example: '5.15.86-53.137.amzn2.x86_64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall', 'ksm.run', 'ksm.max_page_sharing'],
  boots: {
    'sysctl.kernel.hung_task_panic': 1,
    'sysctl.kernel.softlockup_panic': 1,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configuration of 5.15.86-53.137.amzn2 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'Ubuntu 16.04 and Debian 12, for what the base has',
  ],
};
