import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9, SINCE_5_10 } from './knobs.js';

/*
 * The kernels of later releases that Ubuntu offers for its long-term ones ("hardware enablement").
 */

const BOOTS = {
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.hardlockup_panic': 0,
  'sysctl.kernel.panic_on_oops': 0,
  'sysctl.kernel.panic': 0,
};

const CONFIGURATIONS =
  'usr/lib/linux/RELEASE/config in the package linux-buildinfo-RELEASE for amd64, the last of each series in focal-, jammy- and noble-updates (looked at on 2026-11-28):';

export const UBUNTU_HWE_5_8: Family = {
  id: 'ubuntu-hwe-5.8',
  title: 'Ubuntu, newer kernels for its long-term releases (5.8)',
  releases: /^5\.8\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '5.8.0-63-generic',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: BOOTS,
  sources: [`${CONFIGURATIONS} 5.8.0-63-generic and -63-lowlatency`, 'Ubuntu 20.04 and 22.04, for what the base has'],
};

export const UBUNTU_HWE: Family = {
  id: 'ubuntu-hwe',
  title: 'Ubuntu, newer kernels for its long-term releases (5.11 to 7.0)',
  releases: /^(?:5\.1[139]|6\.(?:2|5|11|14|17)|7\.0)\.0-\d{1,4}-(?:generic|lowlatency)$/,
  example: '6.17.0-42-generic',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: BOOTS,
  sources: [
    `${CONFIGURATIONS} 5.11.0-46, 5.13.0-52, 5.19.0-50, 6.2.0-39, 6.5.0-45, 6.11.0-29, 6.14.0-37, 6.17.0-42 and 7.0.0-44 of generic, and lowlatency up to 6.11`,
    'Ubuntu 22.04 and Debian 12 and 13, for what the base has',
  ],
};
