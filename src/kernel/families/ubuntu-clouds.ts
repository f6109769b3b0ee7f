import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9, SINCE_5_10 } from './knobs.js';

/*
 * Ubuntu's kernels for one cloud each are packages of their own, with a configuration of their own.
 */

const INSTALLED = 'as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)';

const NO_PANICS = {
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.hardlockup_panic': 0,
  'sysctl.kernel.panic_on_oops': 0,
  'sysctl.kernel.panic': 0,
};

export const UBUNTU_AWS: Family = {
  id: 'ubuntu-aws',
  title: 'Ubuntu for AWS (5.4 to 5.11)',
  releases: /^5\.(?:4|8|11)\.0-\d{4}-aws$/,
  example: '5.4.0-1060-aws',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: NO_PANICS,
  sources: [
    `the configurations of 5.4.0-1060-aws and 5.11.0-1022-aws ${INSTALLED}`,
    'Ubuntu 20.04 and 22.04, for what the base has',
  ],
};

export const UBUNTU_AZURE: Family = {
  id: 'ubuntu-azure',
  title: 'Ubuntu for Azure (5.15)',
  releases: /^5\.15\.0-\d{4}-azure$/,
  example: '5.15.0-1051-azure',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: NO_PANICS,
  sources: [`the configuration of 5.15.0-1051-azure ${INSTALLED}`, 'Ubuntu 22.04, for what the base has'],
};

/** Of all of Ubuntu's kernels that were read the only one that panics on lockups and oopses; nothing in it restarts the machine. */
export const UBUNTU_GCP: Family = {
  id: 'ubuntu-gcp',
  title: 'Ubuntu for Google Cloud (5.11 to 6.5)',
  releases: /^(?:5\.1[1359]|6\.[25])\.0-\d{4}-gcp$/,
  example: '6.5.0-1014-gcp',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 1,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    `the configurations of 5.11.0-1026-gcp and 6.5.0-1014-gcp ${INSTALLED}, which say the same; what lies between is inferred`,
    'Ubuntu 22.04 and Debian 12, for what the base has',
  ],
};
