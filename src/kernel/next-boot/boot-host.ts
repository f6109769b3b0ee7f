/** What of a machine decides what its kernel starts with, where it is known. */
export interface BootHost {
  /** `uname -m`. */
  readonly machine?: string | undefined;
  /** `uname -r` of the next kernel, or of the one that runs where it is not known which is next. */
  readonly release?: string | undefined;
  /** `uname -r` and `uname -v` of the kernel that runs. */
  readonly running?: string | undefined;
  readonly version?: string | undefined;
  /** In bytes. */
  readonly memory?: number | undefined;
}
