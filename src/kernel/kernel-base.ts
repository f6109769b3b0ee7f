/** What `uname -r` says of a kernel before its first vendor mark: enough to place the few claims that depend on it. */
export interface KernelBase {
  /** x, y, z of the leading `x.y[.z[.w]]`; z is 0 where it is not written, w (a stable 2.6.z.w) is not kept. */
  readonly version: readonly [number, number, number];
  /** Everything after it, e.g. `-187-generic`, `-1160.119.1.el7.x86_64`, or nothing. */
  readonly suffix: string;
  /** The release number of a RHEL 7 kernel (`3.10.0-1160.119.1.el7` → 1160), rebuilds of the same source included. */
  readonly el7?: number;
  /** The release number of a RHEL 6 kernel (`2.6.32-504.16.2.el6` → 504). */
  readonly el6?: number;
}

/**
 * @param release `uname -r`, e.g. `6.1.0-51-amd64`
 * @returns undefined where it does not start with two numbers; never throws
 */
export function kernelBase(release: string): KernelBase | undefined {
  const parts = /^(?<x>\d{1,4})\.(?<y>\d{1,4})(?:\.(?<z>\d{1,6})(?:\.\d{1,6})?)?(?<suffix>(?:[^\d.].*)?)$/s.exec(
    release,
  )?.groups;
  if (parts === undefined) return undefined;
  const suffix = parts['suffix'] ?? '';
  const version = [Number(parts['x']), Number(parts['y']), Number(parts['z'] ?? 0)] as const;
  const { major, number } = /^-(?<number>\d{1,6})(?:\.\d+)*\.el(?<major>[67])(?:[._]|$)/.exec(suffix)?.groups ?? {};
  if (major === '7' && version.join('.') === '3.10.0') return { version, suffix, el7: Number(number) };
  if (major === '6' && version.join('.') === '2.6.32') return { version, suffix, el6: Number(number) };
  return { version, suffix };
}

/** A RHEL 6 kernel of 6.1 or later: 2.6.32-131 to -754, of which seven trees and the last one were read. */
export function isReadRhel6(base: KernelBase | undefined): boolean {
  return base?.el6 !== undefined && base.el6 >= 131 && base.el6 <= 754;
}

/**
 * Is the upstream base `x.y.z` at or above? A vendor's tree at or above a mainline version holds what that version
 * held.
 */
export function baseAtLeast(base: KernelBase, x: number, y: number, z = 0): boolean {
  const [bx, by, bz] = base.version;
  return bx !== x ? bx > x : by !== y ? by > y : bz >= z;
}
