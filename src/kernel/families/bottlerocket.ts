import { AMAZON_2, AMAZON_2_5_15 } from './amazon-2.js';
import { AMAZON_2023 } from './amazon-2023.js';
import type { Family } from './family.js';

/** Amazon's kernels under a bare number, with a few options changed; the number alone is nobody's. */
const OF_AMAZON =
  'packages/release/release-sysctl.conf (bottlerocket-os/bottlerocket-core-kit at a10182f974ab): kernel.panic = 10, kernel.panic_on_oops = 1';

export const BOTTLEROCKET_5_10: Family = {
  id: 'bottlerocket-5.10',
  title: 'Bottlerocket (5.10)',
  releases: /^5\.10\.\d+$/,
  osId: 'bottlerocket',
  example: '5.10.230',
  has: AMAZON_2.has,
  lacks: AMAZON_2.lacks,
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 10,
  },
  sources: [
    'packages/kernel-5.10 (bottlerocket-os/bottlerocket-kernel-kit at 2f501629a988, looked at on 2026-11-28): Amazon’s kernel 5.10.230-223.885.amzn2 and config-bottlerocket, which changes nothing about lockups, hung tasks or panics',
    OF_AMAZON,
    'Amazon Linux 2 (4.14, 5.4 and 5.10), for the knobs',
  ],
};

export const BOTTLEROCKET_5_15: Family = {
  id: 'bottlerocket-5.15',
  title: 'Bottlerocket (5.15.120 and later)',
  // Up to 1.13 (5.15.102) it panicked on hung tasks and lockups; bottlerocket-os/bottlerocket#3091 of May 2023 took that back, and
  // kernel.org's 5.15.120 is of July.
  releases: /^5\.15\.(?:1[2-9]\d|2\d\d)$/,
  osId: 'bottlerocket',
  example: '5.15.173',
  has: AMAZON_2_5_15.has,
  lacks: AMAZON_2_5_15.lacks,
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.hardlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 10,
  },
  sources: [
    'packages/kernel-5.15 (bottlerocket-os/bottlerocket-kernel-kit at 2f501629a988, looked at on 2026-11-28): Amazon’s kernel 5.15.173-118.169.amzn2 and config-bottlerocket, which takes back the three panics that Amazon’s boots with; a release of before that change boots with them',
    OF_AMAZON,
    'Amazon Linux 2 (5.15), for the knobs',
  ],
};

export const BOTTLEROCKET_6_1: Family = {
  id: 'bottlerocket-6.1',
  title: 'Bottlerocket (6.1)',
  releases: /^6\.1\.\d+$/,
  osId: 'bottlerocket',
  example: '6.1.119',
  has: AMAZON_2023.has,
  lacks: AMAZON_2023.lacks,
  ...(AMAZON_2023.means === undefined ? {} : { means: AMAZON_2023.means }),
  boots: {
    'sysctl.kernel.hung_task_panic': 0,
    'sysctl.kernel.softlockup_panic': 0,
    'sysctl.kernel.panic_on_oops': 1,
    'sysctl.kernel.panic': 10,
  },
  ...(AMAZON_2023.always === undefined ? {} : { always: AMAZON_2023.always }),
  sources: [
    'packages/kernel-6.1 (bottlerocket-os/bottlerocket-kernel-kit at 2f501629a988, looked at on 2026-11-28): Amazon’s kernel 6.1.119-129.201.amzn2023 and config-bottlerocket, which changes nothing about lockups, hung tasks or panics',
    OF_AMAZON,
    'Amazon Linux 2023 (6.1), for the knobs',
  ],
};
