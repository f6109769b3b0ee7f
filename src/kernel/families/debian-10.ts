import type { Family } from './family.js';
import {
  AFTER_5_5,
  AFTER_6_12,
  EVERYWHERE,
  KEXEC_FILES,
  KEXEC_LIMITS,
  KSM_FILES,
  NOT_IN_DEBIAN,
  RCU_PARAMETERS,
  SINCE_4_4,
  SINCE_4_9,
} from './knobs.js';

export const DEBIAN_10: Family = {
  id: 'debian-10',
  title: 'Debian 10 (4.19)',
  releases: /^4\.19\.0-\d{1,2}-(?:cloud-)?amd64$/,
  example: '4.19.0-26-cloud-amd64',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES, ...KSM_FILES],
  lacks: [
    ...AFTER_6_12,
    ...AFTER_5_5,
    ...KEXEC_LIMITS,
    ...NOT_IN_DEBIAN.filter((id) => id !== 'sysctl.kernel.hyperv_record_panic_msg'),
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configurations of 4.19.0-16-cloud-amd64 and 4.19.0-26-cloud-amd64 as installed (nyrahul/linux-kernel-configs at 76bbb048ef55) and of 4.19.249 for amd64 (a13xp0p0v/kernel-hardening-checker at 0b9aebf81814), looked at on 2026-11-28',
  ],
};
