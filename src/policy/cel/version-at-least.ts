import { DPKG } from '../../kernel/versions/dpkg.js';
import type { Order } from '../../kernel/versions/order.js';
import { RPM } from '../../kernel/versions/rpm.js';
import { UPSTREAM } from '../../kernel/versions/upstream.js';

interface Scheme {
  readonly isVersion: (text: string) => boolean;
  readonly compare: (a: string, b: string) => Order;
}

function inQuotes(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function dashesIn(text: string): number {
  return text.split('-').length - 1;
}

/**
 * The revision of dpkg begins at the last dash: `5.10.0-9-amd64`, which is a release of a kernel and no version of a
 * package, would be the newer one beside `5.10.0-10`.
 */
function compareDpkg(a: string, b: string): Order {
  const most = Math.max(dashesIn(a), dashesIn(b));
  return most > 1 && dashesIn(a) !== dashesIn(b) ? undefined : DPKG.compare(a, b);
}

/** rpm orders any word, letters below digits: a text without a leading number is no version that a rule may mean. */
function isRpmVersion(text: string): boolean {
  return /^\d/.test(text) && RPM.parse(text) !== undefined;
}

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['dpkg', { isVersion: (text) => DPKG.parse(text) !== undefined, compare: compareDpkg }],
  ['rpm', { isVersion: isRpmVersion, compare: RPM.compare }],
  ['upstream', { isVersion: (text) => UPSTREAM.parse(text) !== undefined, compare: UPSTREAM.compare }],
]);

const SCHEMES_IN_WORDS = [...SCHEMES.keys()].map((name) => `"${name}"`).join(', ');

const HOW_IT_IS_WRITTEN: ReadonlyMap<string, string> = new Map([
  ['dpkg', 'as deb-version(7) has it: "5.10.0-10", it begins with a digit'],
  ['rpm', '"9", "10.0", "5.14.0-427.el9": it begins with a digit'],
  ['upstream', 'as kernel.org has it: "6.1", "6.1.55", "6.17-rc3", and nothing behind it'],
]);

interface Mistake {
  readonly message: string;
  readonly help?: string;
}

/** What is wrong with a scheme that is written in an expression; undefined where nothing is. */
export function mistakeOfScheme(scheme: string): Mistake | undefined {
  if (SCHEMES.has(scheme)) return undefined;
  return {
    message: `there is no scheme called ${inQuotes(scheme)} to compare versions by`,
    help: `there are ${SCHEMES_IN_WORDS}`,
  };
}

/** What is wrong with a version as its scheme has it; undefined where nothing is, or the scheme is none. */
export function mistakeOfVersion(version: string, scheme: string): Mistake | undefined {
  const known = SCHEMES.get(scheme);
  if (known === undefined || known.isVersion(version)) return undefined;
  return {
    message: `${inQuotes(version)} is no version as ${scheme} has them`,
    help: HOW_IT_IS_WRITTEN.get(scheme) ?? '',
  };
}

/**
 * Whether the first version is the second or a newer one.
 *
 * @returns why there is no answer, where one of them is no version of that scheme
 */
export function versionAtLeast(version: string, wanted: string, scheme: string): boolean | { readonly why: string } {
  const mistake = mistakeOfScheme(scheme) ?? mistakeOfVersion(version, scheme) ?? mistakeOfVersion(wanted, scheme);
  const order = SCHEMES.get(scheme)?.compare(version, wanted);
  return mistake !== undefined || order === undefined
    ? { why: mistake?.message ?? `${inQuotes(version)} and ${inQuotes(wanted)} have another number of dashes` }
    : order >= 0;
}
