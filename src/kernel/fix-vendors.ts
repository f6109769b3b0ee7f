import type { Kernel, Told } from './release.js';
import { TABLE_VENDORS, type KnownFix, type TableVendor, type VendorEntry } from './fix-schema.js';
import { compareDeb } from './versions/dpkg.js';
import type { Order } from './versions/order.js';
import { compareRhel, parseRhel } from './versions/rhel-kernel.js';
import { compareRpm } from './versions/rpm.js';
import { compareUbuntu, parseUbuntu } from './versions/ubuntu-abi.js';

/** What a vendor's table says of a package. */
export type TableAnswer =
  | { readonly state: 'fixed' | 'missing'; readonly reason: string; readonly knownFrom: string }
  | { readonly state: 'undecided'; readonly reason: string }
  | { readonly state: 'no-entry' };

interface Table {
  /** `running` against a version of the table. */
  readonly compare: (running: string, listed: string) => Order;
  readonly parses: (version: string) => boolean;
}

/** A backport or a rebuild for another release of Debian has the source of what it rebuilds. */
const debianSource = (version: string): string => version.replace(/~(?:bpo|deb)\d+[+u]\d+$/, '');

/** A listed version without an upload (`4.4.0-187`) stands for every upload of that binary interface. */
const compareUbuntuListed = (running: string, listed: string): Order => {
  const parsed = parseUbuntu(running);
  return parsed !== undefined && parseUbuntu(listed)?.upload === undefined ? compareUbuntu(`${parsed.base}-${parsed.abi}`, listed) : compareUbuntu(running, listed);
};

const sameAsItself = (compare: (a: string, b: string) => Order) => (version: string) => compare(version, version) === 0;

export const VENDOR_TABLES: Record<TableVendor, Table> = {
  debian: { compare: (running, listed) => compareDeb(debianSource(running), listed), parses: sameAsItself(compareDeb) },
  ubuntu: { compare: compareUbuntuListed, parses: sameAsItself(compareUbuntu) },
  rhel: { compare: compareRhel, parses: sameAsItself(compareRhel) },
  photon: { compare: compareRpm, parses: sameAsItself(compareRpm) },
  alibaba: { compare: compareRpm, parses: sameAsItself(compareRpm) },
};

const isAtOrAbove = (order: Order): boolean => order === 0 || order === 1;
const isAtOrBelow = (order: Order): boolean => order === 0 || order === -1;

/** The flavours of Ubuntu's packages `linux` and `linux-hwe-*`; every other flavour has a package and numbers of its own. */
const UBUNTU_LINUX = new Set(['generic', 'lowlatency', 'generic-lpae', 'generic-64k', 'server', 'virtual', 'lowlatency-64k']);

const judgeEntry = (entry: VendorEntry, running: Told, table: Table, label: string): TableAnswer => {
  const against = (listed: string | undefined): Order => (listed === undefined ? undefined : table.compare(running.value, listed));
  const { knownFrom } = entry;
  const name = `${label} ${running.value}`;
  if (isAtOrAbove(against(entry.fixed))) return { state: 'fixed', reason: `${name} is at or above ${entry.fixed}, which has the fix`, knownFrom };
  if (entry.lacks?.includes(running.value) === true) return { state: 'missing', reason: `${name} is known to lack the fix`, knownFrom };
  if (isAtOrBelow(against(entry.lacksUpTo))) return { state: 'missing', reason: `${name} is at or below ${entry.lacksUpTo}, which lacks the fix`, knownFrom };
  if (entry.never === true) return { state: 'missing', reason: `${name} is of the ${entry.series} series of ${label}, which never got the fix`, knownFrom };
  const isCovered = entry.from === undefined || isAtOrAbove(against(entry.from));
  if (entry.earlierLack === true && isCovered && against(entry.fixed) === -1) return { state: 'missing', reason: `${name} is below ${entry.fixed}, the first with the fix`, knownFrom };
  const placed = [entry.lacksUpTo === undefined ? '' : `${entry.lacksUpTo} lacks the fix`, entry.fixed === undefined ? '' : `${entry.fixed} has it`].filter(Boolean).join(' and ');
  return { state: 'undecided', reason: placed === '' ? `${name} is not placed by what is known` : `${placed}, and nothing known places ${name} with either` };
};

const entriesFor = (fix: KnownFix, vendor: TableVendor, kernel: Kernel): readonly VendorEntry[] => {
  const el = vendor === 'rhel' && kernel.package !== undefined ? parseRhel(kernel.package.value)?.el : undefined;
  return (fix.vendors?.[vendor] ?? []).filter((entry) => entry.series === kernel.series && entry.el === el);
};

/** Looks the running package up in what the entry knows of its vendor. */
export const vendorAnswer = (fix: KnownFix, kernel: Kernel): TableAnswer => {
  const vendor = TABLE_VENDORS.find((id) => id === kernel.vendor.id);
  const running = kernel.package;
  if (vendor === undefined || running === undefined) return { state: 'no-entry' };
  const entries = entriesFor(fix, vendor, kernel);
  if (entries.length === 0) return { state: 'no-entry' };
  if (vendor === 'ubuntu' && !UBUNTU_LINUX.has(kernel.flavour ?? '')) {
    return { state: 'undecided', reason: `Ubuntu's ${kernel.flavour} kernel is a package of its own, and the numbers known are those of linux` };
  }
  const answers = entries.map((entry) => judgeEntry(entry, running, VENDOR_TABLES[vendor], kernel.vendor.label));
  return answers.find(({ state }) => state === 'fixed') ?? answers.find(({ state }) => state === 'missing') ?? answers[0] ?? { state: 'no-entry' };
};
