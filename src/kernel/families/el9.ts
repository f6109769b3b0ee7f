import type { Family } from './family.js';
import { EVERYWHERE, KSM_FILES, SINCE_5_10 } from './knobs.js';

export const EL9: Family = {
  id: 'el9',
  title: 'RHEL 9',
  releases: /^5\.14\.0-\d+(?:\.\d+)*\.el9(?:_\d+)?\.x86_64$/,
  example: '5.14.0-427.18.1.el9_4.x86_64',
  // 5.14 lies between Debian's 5.10 and 6.1, which have what is here.
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES, 'sysctl.kernel.max_rcu_stall_to_panic'],
  lacks: [
    'sysctl.debug.panic_on_rcu_stall',
    'sysctl.kernel.panic_on_stackoverflow',
    'sysctl.kernel.panic_sys_info',
    'sysctl.kernel.kernel_sys_info',
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'listings of `sysctl -a | grep -i panic` of 5.14.0-427.18.1.el9_4 (Rocky Linux 9), which name no other',
    'SOURCES/kernel-x86_64-rhel.config and -rt-rhel.config (openela-main/kernel, branch el9 at 734d02e)',
    'the configurations of 5.14.0-70.13.1, -284.11.1 and -362.18.1 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
  ],
};
