import type { LaterWriter } from '../later-writers.js';

export type Tool =
  | 'the kernel'
  | 'the kernel command line'
  | 'modprobe.d'
  | 'sysctl.d'
  | 'tmpfiles.d'
  | 'sysfsutils'
  | 'tuned'
  | LaterWriter['tool'];

/** One thing that sets a setting at boot, or that would. */
export interface BootStep {
  readonly tool: Tool;
  readonly value: string;
  /** `/etc/sysctl.d/99-local.conf:3`. */
  readonly place: string;
  /** The kernel does not take it, and what was set before stays. */
  readonly isRefused?: true;
  /** It stands there and is never written: the same tool takes another in its place. */
  readonly isOverruled?: true;
  /** The kernel says it whatever is written. */
  readonly isFixed?: true;
}

/** What a setting will be after the next boot. */
export interface Prediction {
  /** In the order in which they come. */
  readonly steps: readonly BootStep[];
  /** undefined: not known, by `doubt`. */
  readonly winner: BootStep | undefined;
  readonly doubt?: string;
  /** Whose part of the boot that is. */
  readonly doubtBy?: Tool;
  /** Files set it, and nothing that was read says anything else. */
  readonly isByFile: boolean;
}
