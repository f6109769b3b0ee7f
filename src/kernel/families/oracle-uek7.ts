import type { Family } from './family.js';
import { EVERYWHERE, KSM_FILES, SINCE_5_10 } from './knobs.js';

export const ORACLE_UEK7: Family = {
  id: 'oracle-uek7',
  title: 'Oracle UEK 7 (5.15)',
  releases: /^5\.15\.0-\d+(?:\.\d+)*\.el[89]uek\.x86_64$/,
  example: '5.15.0-103.114.4.el8uek.x86_64',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES, 'sysctl.kernel.max_rcu_stall_to_panic'],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configurations of 5.15.0-6.80.3.1.el8uek and 5.15.0-103.114.4.el8uek as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'Ubuntu 22.04 and Debian 12, for what the base has',
  ],
};
