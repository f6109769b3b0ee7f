import type { Family } from './family.js';
import { EVERYWHERE, KEXEC_FILES, KSM_FILES, RCU_PARAMETERS, SINCE_4_4, SINCE_4_9, SINCE_5_10 } from './knobs.js';

/*
 * Service packs of which no configuration was read. What two of SUSE's kernels before and after them are both built with is taken
 * for theirs; what they boot with is not said.
 */

const NEIGHBOURS =
  'inferred: CONFIG_DETECT_HUNG_TASK, both lockup detectors, CONFIG_KEXEC, CONFIG_KEXEC_FILE and CONFIG_KSM are set in';

export const SLES_15: Family = {
  id: 'sles-15',
  title: 'SLES 15 to 15 SP2 (4.12.14 and 5.3.18)',
  releases:
    /^(?:4\.12\.14-(?:2[35]|150|19[57]|150000\.150|150100\.19[57])|5\.3\.18-(?:2[24]|150200\.24))(?:\.\d+)*-default$/,
  example: '4.12.14-197.108-default',
  has: [...EVERYWHERE, ...SINCE_4_4, ...SINCE_4_9, ...RCU_PARAMETERS, ...KEXEC_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  sources: [
    `${NEIGHBOURS} 4.12.14-122.54 (SLES 12 SP5) and 5.3.18-59.24 (SLES 15 SP3)`,
    'Ubuntu 16.04 and Debian 11, for what the base has',
  ],
};

export const SLES_15_SP4: Family = {
  id: 'sles-15-sp4',
  title: 'SLES 15 SP4 to SP7 (5.14.21 and 6.4.0)',
  releases: /^(?:5\.14\.21-150[45]00|6\.4\.0-150[67]00)(?:\.\d+)+-default$/,
  example: '6.4.0-150600.23.73-default',
  has: [...EVERYWHERE, ...SINCE_5_10, ...KSM_FILES],
  lacks: ['sysctl.debug.panic_on_rcu_stall'],
  sources: [
    `${NEIGHBOURS} 5.3.18-59.24 (SLES 15 SP3) and 6.12.0-160000 (SLES 16.0)`,
    'Debian 11 and 12, for what the base has',
  ],
};
