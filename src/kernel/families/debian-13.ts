import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, KSM_FILES, LIMITS, NOT_IN_DEBIAN, SINCE_5_10 } from './knobs.js';

export const DEBIAN_13: Family = {
  id: 'debian-13',
  title: 'Debian 13 (6.12)',
  releases: /^6\.12\.\d+\+deb1[23](?:\.\d+)?-(?:cloud-|rt-)?(?:amd64|arm64)$/,
  example: '6.12.117+deb13-amd64',
  has: [
    ...EVERYWHERE,
    ...SINCE_5_10,
    ...KSM_FILES,
    ...LIMITS,
    ...KEXEC_LIMITS,
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.split_lock_mitigate',
  ],
  lacks: [...AFTER_6_12, ...NOT_IN_DEBIAN],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configuration for amd64 (a13xp0p0v/kernel-hardening-checker at 0b9aebf81814)',
    'linux-image-6.12.117+deb13-cloud-amd64 and -rt-amd64, 6.12.117-1, booted and read',
  ],
};
