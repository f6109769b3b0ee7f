import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, KSM_FILES, NOT_IN_DEBIAN, SINCE_5_10 } from './knobs.js';

export const DEBIAN_11: Family = {
  id: 'debian-11',
  title: 'Debian 11 (5.10)',
  releases: /^5\.10\.0-\d{1,3}-(?:cloud-|rt-)?(?:amd64|arm64)$/,
  example: '5.10.0-32-amd64',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: [
    ...AFTER_6_12,
    ...KEXEC_LIMITS,
    ...NOT_IN_DEBIAN,
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.split_lock_mitigate',
    'thp.shrink_underused',
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configuration of 5.10.0-28-cloud-amd64 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55)',
    'linux-image-5.10.0-32-cloud-amd64 and -rt-amd64, 5.10.223-1, booted and read',
  ],
};
