import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_LIMITS, KSM_FILES, LIMITS, SINCE_5_10, SINCE_6_1 } from './knobs.js';

export const EL10: Family = {
  id: 'el10',
  title: 'RHEL 10',
  releases: /^6\.12\.0-\d+(?:\.\d+)*\.el10(?:_\d+)?\.x86_64$/,
  example: '6.12.0-124.45.1.el10_1.x86_64',
  // What kernel.org's 6.12 has, as Debian 13's shows.
  has: [...EVERYWHERE, ...SINCE_5_10, ...SINCE_6_1, ...LIMITS, ...KEXEC_LIMITS, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configurations of 6.12.0-55.40.1.el10_0 (AlmaLinux) and 6.12.0-144.el10 (CentOS Stream) (a13xp0p0v/kernel-hardening-checker at 0b9aebf81814, looked at on 2026-11-28)',
    'Debian 13, for what the base has',
  ],
};
