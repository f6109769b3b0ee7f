/** What the probe tells of the files that a boot reads: the value of `next_boot.files`. */

export const SYSTEMD: readonly string[] = ['systemd', 'program systemd-sysctl'];

export const CONFIG: readonly string[] = [
  'file /boot/config-6.1.0-50-amd64',
  '/boot/config-6.1.0-50-amd64:10:# CONFIG_PANIC_ON_OOPS is not set',
  '/boot/config-6.1.0-50-amd64:11:CONFIG_PANIC_TIMEOUT=0',
  '/boot/config-6.1.0-50-amd64:12:CONFIG_DEFAULT_HUNG_TASK_TIMEOUT=120',
  '/boot/config-6.1.0-50-amd64:13:# CONFIG_BOOTPARAM_HUNG_TASK_PANIC is not set',
  '/boot/config-6.1.0-50-amd64:14:CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS=y',
  '/boot/config-6.1.0-50-amd64:15:# CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC is not set',
  '/boot/config-6.1.0-50-amd64:16:# CONFIG_BOOTPARAM_HARDLOCKUP_PANIC is not set',
  '/boot/config-6.1.0-50-amd64:17:CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6',
];

export const GRUB: readonly string[] = ['file /etc/default/grub', '/etc/default/grub:2:GRUB_CMDLINE_LINUX_DEFAULT='];

export const DEBIAN: readonly string[] = [...SYSTEMD, ...CONFIG, ...GRUB];

export function file(path: string, ...lines: readonly string[]): readonly string[] {
  return [`file ${path}`, ...lines.map((line, index) => `${path}:${index + 1}:${line}`)];
}

export function bls(name: string, options: string): readonly string[] {
  return file(`/boot/loader/entries/${name}.conf`, `options ${options}`);
}
