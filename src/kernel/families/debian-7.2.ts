import type { Family } from './family.js';
import { AFTER_6_12, EVERYWHERE, KEXEC_LIMITS, KSM_FILES, LIMITS, NOT_IN_DEBIAN, SINCE_5_10 } from './knobs.js';

/** Debian's unstable branch, and what of it is in the backports of 13. */
export const DEBIAN_7_2: Family = {
  id: 'debian-7.2',
  title: 'Debian backports and unstable (7.2, 7.3)',
  releases: /^7\.[23]\.\d+\+deb1[34]-(?:cloud-)?(?:amd64|arm64)$/,
  example: '7.2.13+deb14-amd64',
  has: [
    ...EVERYWHERE,
    ...SINCE_5_10,
    ...KSM_FILES,
    ...LIMITS,
    ...KEXEC_LIMITS,
    ...AFTER_6_12,
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.split_lock_mitigate',
  ],
  lacks: NOT_IN_DEBIAN,
  sources: ['7.2.13+deb14-cloud-amd64 (7.2.13-1) and 7.3.4+deb13-cloud-amd64 (7.3.4-1~bpo13+1), booted and read'],
};
