import { DEBIAN_11 } from './debian-11.js';
import { DEBIAN_12 } from './debian-12.js';
import { DEBIAN_13 } from './debian-13.js';
import { DEBIAN_7_2 } from './debian-7.2.js';
import { EL7 } from './el7.js';
import { EL9 } from './el9.js';
import type { Family, UnreadFamily } from './family.js';
import { UBUNTU_16_04 } from './ubuntu-16.04.js';
import { UBUNTU_18_04 } from './ubuntu-18.04.js';

/** A family is one file beside this one, and its line here. */
export const FAMILIES: readonly Family[] = [
  EL7,
  EL9,
  UBUNTU_16_04,
  UBUNTU_18_04,
  DEBIAN_11,
  DEBIAN_12,
  DEBIAN_13,
  DEBIAN_7_2,
];

const NOT_READ = 'no tree of it was read and no listing of a machine was found';

/** Looked for and not found: they stand in the page, so that nobody takes silence for knowledge. */
export const UNREAD: readonly UnreadFamily[] = [
  'RHEL 6',
  'RHEL 8',
  'RHEL 10',
  'Ubuntu 20.04, 22.04 and 24.04',
  'Debian 10',
  'SLES 12 and 15',
  'Amazon Linux 2 and 2023',
  'Oracle UEK',
  'Alpine',
  'Raspberry Pi OS',
  'Bottlerocket',
  'Container-Optimized OS',
  'Flatcar',
].map((title) => ({ title, why: NOT_READ }));

/** The family whose kernels are called so. */
export function familyOf(release: string): Family | undefined {
  return FAMILIES.find(({ releases }) => releases.test(release));
}
