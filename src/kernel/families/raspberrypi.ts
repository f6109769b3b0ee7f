import type { Family } from './family.js';
import {
  HARD_LOCKUP_KNOBS,
  HUNG_TASK_KNOBS,
  LOCKUP_SWITCHES,
  NMI_KNOBS,
  ON_EVERY_MACHINE,
  RCU_PARAMETERS,
  SINCE_4_9,
  SOFT_LOCKUP_KNOBS,
} from './knobs.js';

/** CONFIG_SOFTLOCKUP_DETECTOR is not set and there is no hard one, so that nothing tells of a lockup; hung tasks are seen. */
export const RASPBERRY_PI: Family = {
  id: 'raspberrypi',
  title: 'Raspberry Pi OS (-v7l+, -v8+, -v8-16k+)',
  releases: /^[56]\.\d+\.\d+-v(?:7l|8(?:-16k)?)\+$/,
  machines: ['aarch64', 'armv7l'],
  example: '6.1.66-v8+',
  has: [...HUNG_TASK_KNOBS, ...ON_EVERY_MACHINE, ...SINCE_4_9, ...RCU_PARAMETERS],
  lacks: [
    ...LOCKUP_SWITCHES,
    ...SOFT_LOCKUP_KNOBS,
    ...HARD_LOCKUP_KNOBS,
    ...NMI_KNOBS,
    'sysctl.kernel.soft_watchdog',
    'sysctl.kernel.softlockup_sys_info',
    'sysctl.kernel.hardlockup_sys_info',
    'sysctl.debug.panic_on_rcu_stall',
  ],
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.panic_on_oops': 0,
    'sysctl.kernel.panic': 0,
  },
  sources: [
    'the configuration of 5.10.17-v7l+ as installed (nyrahul/linux-kernel-configs at 76bbb048ef55, looked at on 2026-11-28)',
    'arch/arm64/configs/bcm2711_defconfig (raspberrypi/linux at 007cc4bcbb8e) and bcm2712_defconfig (at fed509012360): CONFIG_DETECT_HUNG_TASK=y and neither lockup detector, which lib/Kconfig.debug leaves out by default',
    'kernel/sysctl.c and kernel/Makefile, Debian linux 6.1.176-1: the NMI knobs are of x86, kernel/watchdog.c of CONFIG_LOCKUP_DETECTOR',
  ],
};
