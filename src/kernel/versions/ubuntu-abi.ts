import { compareNumbers, comparing, type VersionScheme } from './order.js';

/** A kernel package of Ubuntu: `4.15.0-24.26` is upload 26 of the binary interface 24 on 4.15.0. */
export interface UbuntuVersion {
  readonly base: string;
  readonly abi: number;
  /** `undefined` where only the release is known: `uname -r` ends at the binary interface. */
  readonly upload: number | undefined;
  /** `16.04.1` in `4.15.0-24.26~16.04.1`: the same source, rebuilt for an older Ubuntu. */
  readonly rebuiltFor: string | undefined;
}

const SHAPE = /^(\d{1,4}\.\d{1,6}\.\d{1,6})-(\d{1,6})(?:\.(\d{1,6})(?:~(\d{2}\.\d{2}(?:\.\d{1,4})?))?)?$/;

export function parseUbuntu(text: string): UbuntuVersion | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, base, abi, upload, rebuiltFor] = match;
  if (base === undefined || abi === undefined) return undefined;
  return { base, abi: Number(abi), upload: upload === undefined ? undefined : Number(upload), rebuiltFor };
}

/**
 * Compares the source, not the package: a rebuild (`~16.04.1`) has the source of what it rebuilds, where dpkg would
 * call it older. Two bases are two kernels and not comparable, nor is an upload with a release of the same binary
 * interface whose upload is not known.
 */
export const compareUbuntu = comparing(parseUbuntu, (a, b) => {
  if (a.base !== b.base) return undefined;
  if (a.abi !== b.abi) return compareNumbers([a.abi], [b.abi]);
  if (a.upload === undefined || b.upload === undefined) return a.upload === b.upload ? 0 : undefined;
  return compareNumbers([a.upload], [b.upload]);
});

export const UBUNTU: VersionScheme<UbuntuVersion> = { parse: parseUbuntu, compare: compareUbuntu };
