import type { FactId } from '../../model/reading.js';

/**
 * What is known of the knobs of a family of kernels: which sysctls and sysfs files its kernels have, and which they lack. As far
 * as a source proves it: of whatever is in neither list nothing is claimed.
 */
export interface Family {
  readonly id: string;
  readonly title: string;
  /** `uname -r` of its kernels. */
  readonly releases: RegExp;
  /** A release of it that exists, for the page and the tests. */
  readonly example: string;
  readonly has: readonly FactId[];
  readonly lacks: readonly FactId[];
  /** What a knob means here that it does not mean elsewhere. */
  readonly means?: Readonly<Record<FactId, string>>;
  readonly sources: readonly string[];
}

/** A family of which nobody read a tree or a listing: nothing is claimed, and a host's own files are all there is. */
export interface UnreadFamily {
  readonly title: string;
  readonly why: string;
}
