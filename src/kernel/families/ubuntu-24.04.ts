import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KSM_FILES, LIMITS, SINCE_5_10, SINCE_6_1 } from './knobs.js';

export const UBUNTU_24_04: Family = {
  id: 'ubuntu-24.04',
  title: 'Ubuntu 24.04 (6.8)',
  releases: /^6\.8\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '6.8.0-52-generic',
  // 6.8 lies between Debian's 6.1 and 6.12, which have what is here, and limits came into 6.1 from a newer one.
  has: [...EVERYWHERE, ...SINCE_5_10, ...SINCE_6_1, ...LIMITS, ...KSM_FILES],
  lacks: [...AFTER_6_12, 'sysctl.debug.panic_on_rcu_stall', 'sysctl.kernel.panic_on_stackoverflow'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configurations of 6.8.0-38-generic and 6.8.0-52-generic as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'Debian 12 and 13, for what the base has',
    'usr/lib/linux/RELEASE/config in the packages linux-buildinfo-RELEASE for amd64 of 6.8.0-149-lowlatency and of the last generic one (looked at on 2026-11-28)',
  ],
};
