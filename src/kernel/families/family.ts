import type { FactId, Value } from '../../model/reading.js';

/**
 * What is known of the knobs of a family of kernels: which sysctls and sysfs files its kernels have, and which they lack. As far
 * as a source proves it: of whatever is in neither list nothing is claimed.
 */
export interface Family {
  readonly id: string;
  readonly title: string;
  /** `uname -r` of its kernels. */
  readonly releases: RegExp;
  /** `ID` of os-release, where the release alone does not tell the family: `6.1.119` may be anybody's. */
  readonly osId?: string;
  /** `uname -m` of the kernels that were read; x86_64 where it is not said. Of others nothing is claimed. */
  readonly machines?: readonly string[];
  /** A release of it that exists, for the page and the tests. */
  readonly example: string;
  readonly has: readonly FactId[];
  readonly lacks: readonly FactId[];
  /** What a knob means here that it does not mean elsewhere. */
  readonly means?: Readonly<Record<FactId, string>>;
  /** What its kernels boot with, by their configuration and the sysctl.d that comes with the system, unless somebody set it. */
  readonly boots?: Readonly<Record<FactId, number>>;
  /** What a knob that cannot be written always says. */
  readonly always?: Readonly<Record<FactId, Value>>;
  readonly sources: readonly string[];
}

/** A family of which nobody read a tree, a configuration or a listing: a host's own files are all there is. */
export interface UnreadFamily {
  readonly title: string;
  /** What was looked for. */
  readonly why: string;
}

const X86: readonly string[] = ['x86_64'];

/** The machines whose kernels of this family were read. */
export function machinesOf({ machines = X86 }: Family): readonly string[] {
  return machines;
}
