import type { Family } from './family.js';
import { EVERYWHERE, KSM_FILES, SINCE_5_10 } from './knobs.js';

export const FLATCAR: Family = {
  id: 'flatcar',
  title: 'Flatcar (5.10, 6.1 and 6.12)',
  releases: /^(?:5\.10|6\.1|6\.12)\.\d+-flatcar$/,
  example: '6.12.103-flatcar',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall', 'sysctl.kernel.panic_on_stackoverflow'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 1,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 60,
  },
  sources: [
    'the configurations of 5.10.84-flatcar and 6.1.96-flatcar as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'coreos-overlay/sys-kernel/coreos-modules/files/{commonconfig,amd64_defconfig}-6.12 for 6.12.103 (flatcar/scripts at ab6d76d957b8)',
    'Debian 11 to 13, for what the base has',
  ],
};
