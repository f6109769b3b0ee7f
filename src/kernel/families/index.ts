import { ALPINE } from './alpine.js';
import { AMAZON_2, AMAZON_2_5_15 } from './amazon-2.js';
import { AMAZON_2023 } from './amazon-2023.js';
import { BOTTLEROCKET_5_10, BOTTLEROCKET_5_15, BOTTLEROCKET_6_1 } from './bottlerocket.js';
import { COS } from './cos.js';
import { DEBIAN_10 } from './debian-10.js';
import { DEBIAN_11 } from './debian-11.js';
import { DEBIAN_12 } from './debian-12.js';
import { DEBIAN_13 } from './debian-13.js';
import { DEBIAN_7_2 } from './debian-7.2.js';
import { EL10 } from './el10.js';
import { EL6, EL6_7, EL6_8 } from './el6.js';
import { EL7, EL7_0, EL7_1, EL7_2 } from './el7.js';
import { EL8 } from './el8.js';
import { EL9 } from './el9.js';
import type { Family, UnreadFamily } from './family.js';
import { FLATCAR } from './flatcar.js';
import { ORACLE_UEK5, ORACLE_UEK6, ORACLE_UEK_NEXT } from './oracle-uek.js';
import { ORACLE_UEK7 } from './oracle-uek7.js';
import { ORACLE_UEK8 } from './oracle-uek8.js';
import { RASPBERRY_PI } from './raspberrypi.js';
import { SLES_12_SP5 } from './sles-12-sp5.js';
import { SLES_15_SP3 } from './sles-15-sp3.js';
import { SLES_15, SLES_15_SP4 } from './sles-15.js';
import { SLES_16 } from './sles-16.js';
import { UBUNTU_16_04 } from './ubuntu-16.04.js';
import { UBUNTU_18_04 } from './ubuntu-18.04.js';
import { UBUNTU_20_04 } from './ubuntu-20.04.js';
import { UBUNTU_22_04 } from './ubuntu-22.04.js';
import { UBUNTU_24_04 } from './ubuntu-24.04.js';
import { UBUNTU_CLOUDS, UBUNTU_CLOUDS_5_4, UBUNTU_GCP, UBUNTU_GCP_5_4, UBUNTU_GCP_7_0 } from './ubuntu-clouds.js';
import { UBUNTU_HWE, UBUNTU_HWE_5_8 } from './ubuntu-hwe.js';

/** A family is one file beside this one, and its line here. */
export const FAMILIES: readonly Family[] = [
  EL6,
  EL6_7,
  EL6_8,
  EL7_0,
  EL7_1,
  EL7_2,
  EL7,
  EL8,
  EL9,
  EL10,
  UBUNTU_16_04,
  UBUNTU_18_04,
  UBUNTU_20_04,
  UBUNTU_22_04,
  UBUNTU_24_04,
  UBUNTU_HWE_5_8,
  UBUNTU_HWE,
  UBUNTU_CLOUDS_5_4,
  UBUNTU_CLOUDS,
  UBUNTU_GCP_5_4,
  UBUNTU_GCP,
  UBUNTU_GCP_7_0,
  DEBIAN_10,
  DEBIAN_11,
  DEBIAN_12,
  DEBIAN_13,
  DEBIAN_7_2,
  SLES_12_SP5,
  SLES_15,
  SLES_15_SP3,
  SLES_15_SP4,
  SLES_16,
  AMAZON_2,
  AMAZON_2_5_15,
  AMAZON_2023,
  ORACLE_UEK5,
  ORACLE_UEK6,
  ORACLE_UEK7,
  ORACLE_UEK8,
  ORACLE_UEK_NEXT,
  ALPINE,
  RASPBERRY_PI,
  BOTTLEROCKET_5_10,
  BOTTLEROCKET_5_15,
  BOTTLEROCKET_6_1,
  COS,
  FLATCAR,
];

/** Looked for and not found: they stand in the page, so that nobody takes silence for knowledge. */
export const UNREAD: readonly UnreadFamily[] = [
  {
    title: 'RHEL 6.0 (2.6.32-71)',
    why: 'its tree was found (spacex/kernel-centos6): the lockup detectors are those of before perf, with kernel.softlockup_thresh, which no fact reads',
  },
  {
    title: 'SLES 12 to 12 SP4',
    why: 'SUSE/kernel-source, openSUSE/kernel-source and SUSE/kernel are too large to be had whole; of the thirty copies of config/x86_64/default that are stored none could be placed at one of them, and no listing of sysctl -a of 4.4 or 4.12.14 is public there',
  },
  {
    title: 'Amazon Linux 2023 (6.12 and later)',
    why: 'no configuration was found: Amazon’s tree is too large to be had whole, Bottlerocket’s 6.12 has only its additions, and a summary of a sysctl -a of 6.12.73 names too few knobs',
  },
  {
    title: 'Oracle UEK 4 and older',
    why: 'the configuration of 4.1.12-124 is public (oracle/kconfigs); which knobs Oracle’s 4.1 has was not read, and kernel.org’s 4.1 is older than every tree that was',
  },
  {
    title: 'Alpine (virt of 6.1, 5.15 and older, linux-rpi)',
    why: 'alpinelinux/aports is too large to be had whole, and of what is stored file by file none was found with an APKBUILD of one of them beside it',
  },
  {
    title: 'Raspberry Pi OS (+rpt)',
    why: 'RPi-Distro/linux-packaging puts its configuration together from Debian’s and its own: debian/config/featureset-rpi/config (at 0a19a0321711) has CONFIG_DETECT_HUNG_TASK=y, and whether Debian’s soft lockup detector stays in was not seen in an installed one',
  },
  { title: 'Bottlerocket (5.4 and older, 6.12)', why: 'Amazon’s configuration of that day was not found' },
];

/**
 * The family whose kernels are called so.
 *
 * @param osId `ID` of os-release; the families that a release alone does not tell need it
 */
export function familyOf(release: string, osId?: string): Family | undefined {
  return FAMILIES.find(
    (family) => family.releases.test(release) && (family.osId === undefined || family.osId === osId),
  );
}
