import type { Family } from './family.js';
import { EVERYWHERE, LIMITS, SINCE_5_10, SINCE_6_1 } from './knobs.js';

export const ORACLE_UEK8: Family = {
  id: 'oracle-uek8',
  title: 'Oracle UEK 8 (6.12)',
  releases: /^6\.12\.0-\d+(?:\.\d+)*\.el(?:9|10)uek\.x86_64$/,
  example: '6.12.0-1.23.3.2.el9uek.x86_64',
  has: [...EVERYWHERE, ...SINCE_5_10, ...SINCE_6_1, ...LIMITS],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'uek-rpm/ol10/config-x86_64 (oracle/linux-uek at 02b35a6da5d4, looked at on 2026-11-28); lib/Kconfig.debug says what follows from it',
    'Debian 13, for what the base has',
  ],
};
