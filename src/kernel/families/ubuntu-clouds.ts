import type { FactId } from '../../model/reading.js';
import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9, SINCE_5_10 } from './knobs.js';

/*
 * Ubuntu's kernels for one cloud each are packages of their own, with a configuration of their own. Those of AWS, Azure and Oracle
 * boot as the generic ones do; those of Google Cloud panic.
 */

const SINCE_5_4: readonly FactId[] = [
  ...EVERYWHERE,
  ...SINCE_4_4,
  ...SINCE_4_9,
  ...RCU_PARAMETERS,
  ...KEXEC_FILES,
  ...KSM_FILES,
];
const SINCE_5_11: readonly FactId[] = [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES];
const LACKS: readonly FactId[] = ['sysctl.debug.panic_on_rcu_stall'];

const NO_PANICS = {
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.hardlockup_panic': 0,
  'sysctl.kernel.panic_on_oops': 0,
  'sysctl.kernel.panic': 0,
  'module.rcupdate.rcu_cpu_stall_timeout': 60,
};
const PANICS = {
  ...NO_PANICS,
  'sysctl.kernel.softlockup_panic': 1,
  'sysctl.kernel.hardlockup_panic': 1,
  'sysctl.kernel.panic_on_oops': 1,
};

function configurations(releases: string): readonly string[] {
  return [
    `usr/lib/linux/RELEASE/config in the package linux-buildinfo-RELEASE for amd64, the last of each series in focal-, jammy- and noble-updates (looked at on 2026-11-28): ${releases}`,
    'Ubuntu 20.04 and 22.04 and Debian 12 and 13, for what the base has',
  ];
}

export const UBUNTU_CLOUDS_5_4: Family = {
  id: 'ubuntu-clouds-5.4',
  title: 'Ubuntu for AWS, Azure and Oracle (5.4 and 5.8)',
  releases: /^5\.[48]\.0-\d{4}-(?:aws|azure|oracle)$/,
  example: '5.4.0-1146-aws',
  has: SINCE_5_4,
  lacks: LACKS,
  boots: NO_PANICS,
  sources: configurations(
    '5.4.0-1146-aws, -1151-azure, -1144-oracle, 5.8.0-1042-aws, -1043-azure, -1038-oracle; 5.4.0-1060-aws as installed (nyrahul/linux-kernel-configs at 76bbb048ef55)',
  ),
};

export const UBUNTU_CLOUDS: Family = {
  id: 'ubuntu-clouds',
  title: 'Ubuntu for AWS, Azure and Oracle (5.11 to 7.0)',
  releases: /^(?:5\.1[1359]|6\.(?:2|5|8|11|14|17)|7\.0)\.0-\d{4}-(?:aws|azure|oracle)$/,
  example: '6.8.0-1070-aws',
  has: SINCE_5_11,
  lacks: LACKS,
  boots: NO_PANICS,
  sources: configurations(
    'of aws 5.11.0-1028, 5.13.0-1031, 5.15.0-1121, 5.19.0-1029, 6.2.0-1018, 6.5.0-1024, 6.8.0-1070, 6.11.0-1014, 6.14.0-1018, 6.17.0-1020, 7.0.0-1018, of azure and oracle the same series (of oracle no 6.11)',
  ),
};

export const UBUNTU_GCP_5_4: Family = {
  id: 'ubuntu-gcp-5.4',
  title: 'Ubuntu for Google Cloud (5.4 and 5.8)',
  releases: /^5\.[48]\.0-\d{4}-gcp$/,
  example: '5.4.0-1149-gcp',
  has: SINCE_5_4,
  lacks: LACKS,
  boots: PANICS,
  sources: configurations('5.4.0-1149-gcp and 5.8.0-1039-gcp'),
};

export const UBUNTU_GCP: Family = {
  id: 'ubuntu-gcp',
  title: 'Ubuntu for Google Cloud (5.11 to 6.17)',
  releases: /^(?:5\.1[1359]|6\.(?:2|5|8|11|14|17))\.0-\d{4}-gcp$/,
  example: '6.8.0-1074-gcp',
  has: SINCE_5_11,
  lacks: LACKS,
  boots: PANICS,
  sources: configurations(
    '5.11.0-1029-gcp, 5.13.0-1033, 5.15.0-1122, 5.19.0-1030, 6.2.0-1021, 6.5.0-1025, 6.8.0-1074, 6.11.0-1017, 6.14.0-1021 and 6.17.0-1022',
  ),
};

/** CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC became a number with 7.0, and is 0 here: a y of before was not carried over. */
export const UBUNTU_GCP_7_0: Family = {
  id: 'ubuntu-gcp-7.0',
  title: 'Ubuntu for Google Cloud (7.0)',
  releases: /^7\.0\.0-\d{4}-gcp$/,
  example: '7.0.0-1018-gcp',
  has: SINCE_5_11,
  lacks: LACKS,
  boots: { ...PANICS, 'sysctl.kernel.softlockup_panic': 0 },
  sources: configurations('7.0.0-1018-gcp: CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC=0'),
};
