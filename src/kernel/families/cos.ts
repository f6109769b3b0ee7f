import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9 } from './knobs.js';

/** The kernel itself panics on hung tasks, hard lockups and oopses, and restarts at once. */
export const COS: Family = {
  id: 'cos',
  title: 'Container-Optimized OS (5.4, 5.10 and 6.1)',
  releases: /^(?:5\.4|5\.10|6\.1)\.\d+\+$/,
  osId: 'cos',
  example: '6.1.85+',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES],
  lacks: [...KSM_FILES, 'sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 1,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': -1,
  },
  sources: [
    'the configurations of 5.4.144+, 5.10.90+ and 6.1.85+ as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28); what its sysctl.d sets was not found; its /etc is an overlay that writes to /tmp (mount, seen in a public listing), so that what is set there does not outlive a boot',
    'Ubuntu 16.04 and Debian 12, for what the base has',
  ],
};
