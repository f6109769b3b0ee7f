import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, KSM_FILES, SINCE_5_10 } from './knobs.js';

export const UBUNTU_22_04: Family = {
  id: 'ubuntu-22.04',
  title: 'Ubuntu 22.04 (5.15)',
  releases: /^5\.15\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '5.15.0-144-generic',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES, 'sysctl.kernel.max_rcu_stall_to_panic'],
  lacks: [
    ...AFTER_6_12,
    ...KEXEC_LIMITS,
    'sysctl.kernel.split_lock_mitigate',
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.panic_on_stackoverflow',
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'kernel/sysctl.c, Ubuntu linux 5.15.0-185.195',
    'the configuration of 5.15.0-144-generic as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'usr/lib/linux/RELEASE/config in the packages linux-buildinfo-RELEASE for amd64 of 5.15.0-199-lowlatency and of the last generic one (looked at on 2026-11-28)',
  ],
};
