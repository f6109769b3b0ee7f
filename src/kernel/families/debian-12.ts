import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, KSM_FILES, NOT_IN_DEBIAN, SINCE_5_10 } from './knobs.js';

export const DEBIAN_12: Family = {
  id: 'debian-12',
  title: 'Debian 12 (6.1)',
  releases: /^6\.1\.0-\d{1,3}-(?:cloud-|rt-)?(?:amd64|arm64)$/,
  example: '6.1.0-50-amd64',
  has: [
    ...EVERYWHERE,
    ...SINCE_5_10,
    ...KSM_FILES,
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.split_lock_mitigate',
  ],
  lacks: [...AFTER_6_12, ...KEXEC_LIMITS, ...NOT_IN_DEBIAN, 'thp.shrink_underused'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configuration of 6.1.0-18-cloud-amd64 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55)',

    'linux-image-6.1.0-50-cloud-amd64 and -rt-amd64, 6.1.176-1, and linux-image-6.1.0-56-amd64, 6.1.192-2, booted and read',
  ],
};
