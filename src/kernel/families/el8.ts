import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9 } from './knobs.js';

/** The two lockup detectors have switches of their own again, unlike in RHEL 7. */
export const EL8: Family = {
  id: 'el8',
  title: 'RHEL 8',
  releases: /^4\.18\.0-\d+(?:\.\d+)*\.el8(?:_\d+)?\.x86_64$/,
  example: '4.18.0-553.el8_10.x86_64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'a listing of sysctl -a of 4.18.0-80.11.2.el8_0 (jds2001/coreos-sosreport-master1 at d840961b8dfd, sos_commands/kernel/sysctl_-a)',
    'SOURCES/kernel-x86_64.config (openela-main/kernel, branch el8 at a314257)',
    'the configurations of 4.18.0-147.57.1, -305, -348, -372.9.1, -425.10.1 and -553 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
  ],
};
