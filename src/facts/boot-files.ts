/** What the probe reads of what a boot applies: one list for the script, and for what is made of its answer. */

/** Where files of sysctl.d stand, the first before the others; /lib is another directory only where it is no link. */
export const SYSCTL_DIRECTORIES = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
] as const;
export const SYSCTL_CONF = '/etc/sysctl.conf';

export const TMPFILES_DIRECTORIES = [
  '/etc/tmpfiles.d',
  '/run/tmpfiles.d',
  '/usr/local/lib/tmpfiles.d',
  '/usr/lib/tmpfiles.d',
] as const;

/** Of sysfsutils. */
export const SYSFS_CONF = '/etc/sysfs.conf';
export const SYSFS_DIRECTORY = '/etc/sysfs.d';

export const TUNED_ACTIVE = '/etc/tuned/active_profile';
export const TUNED_MAIN = '/etc/tuned/tuned-main.conf';
/** Where the profiles of tuned stand, the first before the others; those below profiles/ are of tuned 2.23 and later. */
export const TUNED_DIRECTORIES = [
  '/etc/tuned/profiles',
  '/etc/tuned',
  '/usr/lib/tuned/profiles',
  '/usr/lib/tuned',
] as const;

export const GRUB_DEFAULTS = '/etc/default/grub';
export const GRUB_DEFAULTS_DIRECTORY = '/etc/default/grub.d';
export const KERNEL_CMDLINE = '/etc/kernel/cmdline';
export const BOOT_ENTRIES = '/boot/loader/entries';
export const GRUB_CFGS = ['/boot/grub/grub.cfg', '/boot/grub2/grub.cfg'] as const;
export const GRUB_ENVS = ['/boot/grub/grubenv', '/boot/grub2/grubenv'] as const;

export const RC_LOCALS = ['/etc/rc.local', '/etc/rc.d/rc.local'] as const;
export const UNIT_DIRECTORY = '/etc/systemd/system';
