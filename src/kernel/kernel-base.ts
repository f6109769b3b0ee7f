/** What `uname -r` says of a kernel before its first vendor mark: enough to place the few claims that depend on it. */
export interface KernelBase {
  /** x, y, z of the leading `x.y[.z[.w]]`; z is 0 where it is not written, w (a stable 2.6.z.w) is not kept. */
  readonly version: readonly [number, number, number];
  /** Everything after it, e.g. `-187-generic`, `-1160.119.1.el7.x86_64`, or nothing. */
  readonly suffix: string;
  /** The release number of a RHEL 7 kernel (`3.10.0-1160.119.1.el7` → 1160), rebuilds of the same source included. */
  readonly el7?: number;
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
  const el7 = /^-(?<number>\d{1,6})(?:\.\d+)*\.el7(?:[._]|$)/.exec(suffix)?.groups?.['number'];
  const version = [Number(parts['x']), Number(parts['y']), Number(parts['z'] ?? 0)] as const;
  return el7 === undefined || version.join('.') !== '3.10.0'
    ? { version, suffix }
    : { version, suffix, el7: Number(el7) };
}

/**
 * Is the upstream base `x.y.z` at or above? A vendor's tree at or above a mainline version holds what that version
 * held.
 */
export function baseAtLeast(base: KernelBase, x: number, y: number, z = 0): boolean {
  const [bx, by, bz] = base.version;
  return bx !== x ? bx > x : by !== y ? by > y : bz >= z;
}
