import type { Family } from './family.js';
import { EVERYWHERE, KSM_FILES, LIMITS, SINCE_5_10, SINCE_6_1 } from './knobs.js';

/** Restarts by itself after a panic: CONFIG_PANIC_TIMEOUT=90, which is 0 in 15 SP3. */
export const SLES_16: Family = {
  id: 'sles-16',
  title: 'SLES 16.0 (6.12.0-160000)',
  releases: /^6\.12\.0-160000\.\d+(?:\.\d+)*-default$/,
  example: '6.12.0-160000.8-default',
  has: [...EVERYWHERE, ...SINCE_5_10, ...SINCE_6_1, ...LIMITS, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 1,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 90,
  },
  sources: [
    'the configurations of kernel-default 6.12.0-160000.8.1 and two builds before it, of openSUSE Leap 16.0, which has the kernel of SLES 16.0 (oracle/kconfigs, branch gh-pages at fa0a490 and its history, looked at on 2026-11-28)',
    'what it boots with as hung_task_timeout_secs is not said: CONFIG_DEFAULT_HUNG_TASK_TIMEOUT is 480, and the sysctl.conf that comes with SUSE’s kernels, and says 0 in those before it, was not seen of this one',
    'Debian 13, for what the base has',
  ],
};
