import type { Family } from './family.js';
import {
  AFTER_5_5,
  AFTER_6_12,
  EVERYWHERE,
  KEXEC_FILES,
  KEXEC_LIMITS,
  KSM_FILES,
  RCU_PARAMETERS,
  SINCE_4_4,
  SINCE_4_9,
} from './knobs.js';

export const UBUNTU_20_04: Family = {
  id: 'ubuntu-20.04',
  title: 'Ubuntu 20.04 (5.4)',
  releases: /^5\.4\.0-\d{1,3}-(?:generic|lowlatency)$/,
  example: '5.4.0-204-generic',
  has: [
    ...EVERYWHERE,
    ...SINCE_4_4,
    ...SINCE_4_9,
    ...RCU_PARAMETERS,
    ...KEXEC_FILES,
    ...KSM_FILES,
    'sysctl.kernel.hung_task_check_interval_secs',
    'sysctl.kernel.panic_print',
    'sysctl.vm.watermark_boost_factor',
  ],
  lacks: [...AFTER_6_12, ...AFTER_5_5, ...KEXEC_LIMITS, 'sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'kernel/sysctl.c, Ubuntu linux 5.4.0-216.236',
    'the configurations of 5.4.0-26-generic (a13xp0p0v/kernel-hardening-checker at 0b9aebf81814) and 5.4.0-204-generic as installed (nyrahul/linux-kernel-configs at 76bbb048ef55), looked at on 2026-11-28',
    'usr/lib/linux/RELEASE/config in the packages linux-buildinfo-RELEASE for amd64 of 5.4.0-216-lowlatency and of the last generic one (looked at on 2026-11-28)',
  ],
};
