import type { Family } from './family.js';
import {
  EVERYWHERE,
  KEXEC_FILES,
  KSM_FILES,
  LIMITS,
  RCU_PARAMETERS,
  SINCE_4_4,
  SINCE_4_9,
  SINCE_5_10,
  SINCE_6_1,
} from './knobs.js';

/** Like those of UEK 7 and 8: a hard lockup and an oops panic, and nothing restarts the machine. */
const BOOTS = {
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.hardlockup_panic': 1,
  'sysctl.kernel.panic_on_oops': 1,
  'sysctl.kernel.panic': 0,
};

const KCONFIGS = 'oracle/kconfigs, branch gh-pages at fa0a490 and its history, looked at on 2026-11-28';

export const ORACLE_UEK5: Family = {
  id: 'oracle-uek5',
  title: 'Oracle UEK 5 (4.14)',
  releases: /^4\.14\.35-\d+(?:\.\d+)*\.el7uek\.x86_64$/,
  example: '4.14.35-2047.543.3.1.el7uek.x86_64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: BOOTS,
  sources: [
    `the configurations of 4.14.35-2047.534.3 to -2047.543.3.1 (${KCONFIGS})`,
    'Ubuntu 16.04 and Debian 11, for what the base has',
  ],
};

export const ORACLE_UEK6: Family = {
  id: 'oracle-uek6',
  title: 'Oracle UEK 6 (5.4)',
  releases: /^5\.4\.17-\d+(?:\.\d+)*\.el[78]uek\.x86_64$/,
  example: '5.4.17-2136.351.3.3.el8uek.x86_64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: BOOTS,
  sources: [
    `the configurations of 5.4.17-2136.329.3.1 to -2136.351.3.3, of el7uek and el8uek (${KCONFIGS})`,
    'Ubuntu 16.04 and Debian 11, for what the base has',
  ],
};

export const ORACLE_UEK_NEXT: Family = {
  id: 'oracle-uek-next',
  title: 'Oracle UEK-next (6.9 to 6.17)',
  releases: /^6\.(?:9|1[0-7])\.0-\d+\.el(?:9|10)ueknext\.x86_64$/,
  example: '6.17.0-0.el10ueknext.x86_64',
  has: [...EVERYWHERE, ...SINCE_5_10, ...SINCE_6_1, ...LIMITS, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: BOOTS,
  sources: [
    `the configurations of 6.9.0-2 to 6.17.0-0, of el9ueknext and el10ueknext (${KCONFIGS})`,
    'Debian 12 and 13 and Debian’s 7.2, for what the base has',
  ],
};
