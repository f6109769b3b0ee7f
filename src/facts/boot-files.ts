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
/** What the package of a kernel of SUSE brings, by `uname -r`, or by a star. */
export const KERNEL_SYSCTLS = {
  modules: (release: string) => `/usr/lib/modules/${release}/sysctl.conf`,
  boot: (release: string) => `/boot/sysctl.conf-${release}`,
} as const;

export const TMPFILES_DIRECTORIES = [
  '/etc/tmpfiles.d',
  '/run/tmpfiles.d',
  '/usr/local/lib/tmpfiles.d',
  '/usr/lib/tmpfiles.d',
] as const;

/** modprobe.d(5); /lib is another directory only where it is no link. */
export const MODPROBE_DIRECTORIES = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
] as const;

/** The module, and the name of its parameter, of a file below /sys. */
export const MODULE_PARAMETER = /^\/sys\/module\/([A-Za-z0-9_]{1,64})\/parameters\/([A-Za-z0-9_]{1,64})$/;

/** Of sysfsutils. */
export const SYSFS_CONF = '/etc/sysfs.conf';
export const SYSFS_DIRECTORY = '/etc/sysfs.d';

export const TUNED_ACTIVE = '/etc/tuned/active_profile';
/** Who chose the active one: `auto`, tuned itself, which then chooses anew at each start; or `manual`. */
export const TUNED_MODE = '/etc/tuned/profile_mode';
/** One more profile, after the active ones. */
export const TUNED_LAST = '/etc/tuned/post_loaded_profile';
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
/** Where the partitions of firmware and boot loader are mounted, for systemd-boot. */
export const ESP_MOUNTS = ['/boot', '/efi', '/boot/efi'] as const;
export const ENTRY_DIRECTORIES = ESP_MOUNTS.map((mount) => `${mount}/loader/entries`);
export const LOADER_CONFS = ESP_MOUNTS.map((mount) => `${mount}/loader/loader.conf`);
/** What systemd-boot and systemd-stub leave and read in the firmware; systemd-boot(7), systemd-stub(7), https://systemd.io/BOOT_LOADER_INTERFACE/. */
export const EFI_VARIABLES = [
  'LoaderEntries',
  'LoaderEntryDefault',
  'LoaderEntryOneShot',
  'LoaderEntryPreferred',
  'LoaderEntrySysFail',
  'StubInfo',
] as const;
export const EFI_DIRECTORY = '/sys/firmware/efi/efivars';
export const LOADER_GUID = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
/** extlinux and syslinux, and U-Boot, which reads the same file. */
export const EXTLINUX_DIRECTORIES = ['/boot/extlinux', '/boot/syslinux'] as const;
export const EXTLINUX_CONFS = [
  '/boot/extlinux/extlinux.conf',
  '/boot/syslinux/syslinux.cfg',
  '/boot/syslinux/extlinux.conf',
  '/boot/extlinux.conf',
] as const;
export const GRUB_CFGS = ['/boot/grub/grub.cfg', '/boot/grub2/grub.cfg'] as const;
/** What grub.cfg reads beside itself, where it lies there: 41_custom.in of GRUB, 01_users.in of Fedora. */
export const GRUB_READ = ['custom.cfg', 'user.cfg'] as const;
export const GRUB_ENVS = ['/boot/grub/grubenv', '/boot/grub2/grubenv'] as const;

/**
 * By which an update says that it takes the place of what is there: at shutdown (ostree-finalize-staged.service; the same of
 * bootc's composefs), or in a boot of its own (systemd.offline-updates(7)).
 */
export const STAGED = ['/run/ostree/staged-deployment', '/run/composefs/staged-deployment', '/system-update'] as const;

export const RC_LOCALS = ['/etc/rc.local', '/etc/rc.d/rc.local'] as const;
/** Configuration of other boot loaders, of which it is seen that it is there. */
export const OTHER_LOADERS = [
  '/etc/zipl.conf',
  '/etc/lilo.conf',
  '/boot/limine.conf',
  '/boot/refind_linux.conf',
] as const;

/** udev(7); /lib is another directory only where it is no link. */
export const UDEV_DIRECTORIES = [
  '/etc/udev/rules.d',
  '/run/udev/rules.d',
  '/usr/local/lib/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
] as const;

/** What starts scripts beside systemd's units: init scripts, cron (`@reboot`, and from time to time), cloud-init (`bootcmd`). */
export const LATER_DIRECTORIES = ['/etc/rc3.d', '/etc/rc5.d', '/etc/cron.d', '/etc/cloud/cloud.cfg.d'] as const;
export const LATER_FILES = ['/etc/crontab', '/etc/cloud/cloud.cfg'] as const;

export const UNIT_DIRECTORY = '/etc/systemd/system';
/** Those of packages. */
export const PACKAGED_UNITS = [
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
] as const;
