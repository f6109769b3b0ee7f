/** What of a machine decides what its kernel starts with, where it is known. */
export interface BootHost {
  /** `uname -m`. */
  readonly machine?: string | undefined;
  /** `uname -r` of the next kernel, or of the one that runs where it is not known which is next. */
  readonly release?: string | undefined;
  /** `uname -r` and `uname -v` of the kernel that runs. */
  readonly running?: string | undefined;
  readonly version?: string | undefined;
  /** The system is of SUSE, or made from one of theirs. */
  readonly isSuse?: boolean | undefined;
  /** Less memory than what a kernel wants to start with transparent huge pages (`SMALL_MACHINE`). */
  readonly isSmall?: boolean | undefined;
  /** Why nothing is known of its boot, where it boots no kernel of its own, or may not. */
  readonly noKernel?: string | undefined;
}

/** LXC, Incus, systemd-nspawn, Docker: /proc/sys/kernel, /proc/cmdline and /sys show the kernel that runs the host; pid_namespaces(7), lxc(7). */
export const IN_CONTAINER = "this is a container, which boots no kernel: its kernel is the host's";

/** In bytes. hugepage_init() in mm/huge_memory.c, Debian linux 6.1.192-2. */
export const SMALL_MACHINE = 512 * 1024 ** 2;
