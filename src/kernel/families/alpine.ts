import type { Family } from './family.js';
import {
  BESIDE_SINCE_5_10,
  HARD_LOCKUP_KNOBS,
  HUNG_TASK_KNOBS,
  HUNG_TASK_SINCE_5_10,
  LOCKUP_SWITCHES,
  NMI_KNOBS,
  ON_EVERY_MACHINE,
  RCU_PARAMETERS,
  SINCE_4_4,
  SINCE_4_9,
  SINCE_6_1,
  SOFT_LOCKUP_KNOBS,
} from './knobs.js';

/** CONFIG_DETECT_HUNG_TASK is not set, so that nothing tells of a hung task; both lockup detectors are built in. */
export const ALPINE: Family = {
  id: 'alpine',
  title: 'Alpine (lts of 6.1, 6.6 and 6.12, virt of 6.6 and 6.12)',
  releases: /^6\.(?:1\.\d+-\d+-lts|(?:6|12)\.\d+-\d+-(?:lts|virt))$/,
  // Arch's linux-lts is called 6.12.38-1-lts.
  osId: 'alpine',
  example: '6.6.35-0-virt',
  has: [
    ...LOCKUP_SWITCHES,
    ...SOFT_LOCKUP_KNOBS,
    ...HARD_LOCKUP_KNOBS,
    ...NMI_KNOBS,
    ...ON_EVERY_MACHINE,
    ...SINCE_4_4,
    ...SINCE_4_9,
    ...BESIDE_SINCE_5_10,
    ...SINCE_6_1,
    ...RCU_PARAMETERS,
  ],
  lacks: [
    ...HUNG_TASK_KNOBS,
    ...HUNG_TASK_SINCE_5_10,
    'sysctl.kernel.hung_task_detect_count',
    'sysctl.kernel.hung_task_sys_info',
    'sysctl.debug.panic_on_rcu_stall',
  ],
  boots: {
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'main/linux-lts/lts.x86_64.config of 6.1.54 (alpinelinux/aports at cf6b5586a1b5), and it and virt.x86_64.config of 6.6.35 (at 67791f4e9880), looked at on 2026-11-28: "# CONFIG_DETECT_HUNG_TASK is not set", CONFIG_HARDLOCKUP_DETECTOR=y',
    'the same two of 6.12.19 (at 2579bd1520cf, where APKBUILD says pkgver=6.12.19)',
    'lib/Kconfig.debug, Debian linux 6.1.176-1: what these minimal configurations leave to its defaults',
  ],
};
