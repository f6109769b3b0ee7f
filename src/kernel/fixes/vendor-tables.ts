import { UNREAD_MACHINE, type Kernel, type ReportedRelease } from '../release.js';
import { TABLE_VENDORS, type KnownFix, type TableVendor, type VendorEntry } from './schema.js';
import { compareDeb } from '../versions/dpkg.js';
import type { Order } from '../versions/order.js';
import { compareRhel, parseRhel } from '../versions/rhel-kernel.js';
import { compareRpm } from '../versions/rpm.js';
import { compareUpstream } from '../versions/upstream.js';
import { compareUbuntu, parseUbuntu } from '../versions/ubuntu-abi.js';

/** What a vendor's table says of a package. */
export type TableAnswer =
  | { readonly state: 'fixed' | 'missing' | 'not-affected'; readonly reason: string; readonly knownFrom: string }
  | { readonly state: 'undecided'; readonly reason: string }
  | { readonly state: 'no-entry' };

interface Table {
  /** `running` against a version of the table. */
  readonly compare: (running: string, listed: string) => Order;
  readonly parses: (version: string) => boolean;
}

/** A backport or a rebuild for another release of Debian has the source of what it rebuilds. */
function debianSource(version: string): string {
  return version.replace(/~(?:bpo|deb)\d+[+u]\d+$/, '');
}

/** Of a listed version whose binary interface has that upload only, the upload need not be known to compare with it. */
function withoutUpload(running: string, listed: string): string {
  const parsed = parseUbuntu(listed);
  return parsed === undefined || parseUbuntu(running)?.upload !== undefined ? listed : `${parsed.base}-${parsed.abi}`;
}

function sameAsItself(compare: (a: string, b: string) => Order) {
  return (version: string) => compare(version, version) === 0;
}

export const VENDOR_TABLES: Record<TableVendor, Table> = {
  debian: { compare: (running, listed) => compareDeb(debianSource(running), listed), parses: sameAsItself(compareDeb) },
  ubuntu: { compare: compareUbuntu, parses: sameAsItself(compareUbuntu) },
  rhel: { compare: compareRhel, parses: sameAsItself(compareRhel) },
  photon: { compare: compareRpm, parses: sameAsItself(compareRpm) },
  alibaba: { compare: compareRpm, parses: sameAsItself(compareRpm) },
};

/**
 * The flavours of Ubuntu's packages `linux` and `linux-hwe-*`; every other flavour has a package and numbers of its
 * own.
 */
const UBUNTU_LINUX = new Set(['generic', 'generic-lpae', 'generic-64k', 'server', 'virtual']);

/**
 * Low latency was a flavour of `linux` up to 5.4 at least; later there is a package linux-lowlatency. linux-riscv is one too, and
 * calls its flavour generic: `linux-image-5.15.0-1008-generic - Linux kernel image for version 5.15.0 on RISC-V SMP`
 * (apt-cache search on Ubuntu 22.04). Its interfaces begin at 1000 in some series, as those of every package beside linux do; not in
 * 5.4 and 6.8, where only the machine tells (linux-riscv-headers-6.8.0-31 of 24.04).
 */
function isOfLinux({ flavour, series, machine, package: running }: Kernel): boolean {
  if (machine === 'riscv64' || (parseUbuntu(running?.value ?? '')?.abi ?? 0) >= 1000) return false;
  return (
    UBUNTU_LINUX.has(flavour ?? '') || (flavour === 'lowlatency' && (compareUpstream(series ?? '', '5.4') ?? 1) <= 0)
  );
}

/** Why the numbers of `linux` do not judge a kernel of Ubuntu; `undefined` where they do. */
function notOfLinux(kernel: Kernel): string | undefined {
  if (!isOfLinux(kernel))
    return `Ubuntu's ${kernel.release} is of a package of its own, and the numbers known are those of linux`;
  return kernel.machine === UNREAD_MACHINE
    ? `uname -m could not be read, and on riscv64 Ubuntu's ${kernel.release} is of a package of its own`
    : undefined;
}

/** Photon's linux-esx, linux-rt, linux-aws and linux-secure have specs of their own (SPECS/linux/linux-esx.spec in vmware/photon). */
function notOfPhotonLinux({ flavour, release }: Kernel): string | undefined {
  return flavour === undefined
    ? undefined
    : `Photon's ${release} is of linux-${flavour}, a package of its own, and the numbers known are those of linux`;
}

function judgeEntry(entry: VendorEntry, running: ReportedRelease, table: Table, label: string): TableAnswer {
  const against = (listed: string | undefined): Order => {
    if (listed === undefined) return undefined;
    return table.compare(running.value, entry.onlyUpload === true ? withoutUpload(running.value, listed) : listed);
  };
  const { knownFrom, fixed, lacksUpTo, bugFrom } = entry;
  const name = `${label}'s ${running.value}`;
  const answer = (state: 'fixed' | 'missing' | 'not-affected', says: string): TableAnswer => ({
    state,
    reason: `${name} ${says}`,
    knownFrom,
  });
  if (entry.notAffected === true)
    return answer('not-affected', `is of the ${entry.series} series, no package of which has the bug`);
  if (against(bugFrom) === -1) return answer('not-affected', `came before ${bugFrom}, the first with the bug`);
  if (against(fixed) === 0) return answer('fixed', 'has the fix');
  if (against(fixed) === 1) return answer('fixed', `descends from ${fixed}, which has the fix`);
  if (against(lacksUpTo) === 0 || entry.lacks?.includes(running.value) === true)
    return answer('missing', 'lacks the fix');
  if (against(lacksUpTo) === -1) return answer('missing', `came before ${lacksUpTo}, which still lacks the fix`);
  if (entry.never === true) return answer('missing', `is of the ${entry.series} series, which never got the fix`);
  const from = entry.from ?? bugFrom;
  const isCovered = from === undefined || (against(from) ?? -1) >= 0;
  if (entry.earlierLack === true && isCovered && against(fixed) === -1)
    return answer('missing', `came before ${fixed}, the first with the fix`);
  return { state: 'undecided', reason: undecided(name, lacksUpTo, fixed) };
}

/** Why what is known of a series does not place a package of it. */
function undecided(name: string, lacksUpTo: string | undefined, fixed: string | undefined): string {
  if (lacksUpTo !== undefined && fixed !== undefined)
    return `${lacksUpTo} lacks the fix and ${fixed} has it, and nothing known tells which of them ${name} is like`;
  if (fixed !== undefined) return `${fixed} has the fix, and nothing known tells whether ${name} has it too`;
  if (lacksUpTo !== undefined)
    return `${lacksUpTo} lacks the fix, and nothing known tells whether ${name} lacks it too`;
  return `${name} is not among the packages that are known`;
}

function entriesFor(fix: KnownFix, vendor: TableVendor, kernel: Kernel): readonly VendorEntry[] {
  const el = vendor === 'rhel' && kernel.package !== undefined ? parseRhel(kernel.package.value)?.el : undefined;
  return (fix.vendors?.[vendor] ?? []).filter((entry) => entry.series === kernel.series && entry.el === el);
}

/** Looks the running package up in what the entry knows of its vendor. */
export function vendorAnswer(fix: KnownFix, kernel: Kernel): TableAnswer {
  const vendor = TABLE_VENDORS.find((id) => id === kernel.vendor.id);
  const running = kernel.package;
  if (vendor === undefined || running === undefined) return { state: 'no-entry' };
  const entries = entriesFor(fix, vendor, kernel);
  if (entries.length === 0) return { state: 'no-entry' };
  const apart = vendor === 'ubuntu' ? notOfLinux(kernel) : vendor === 'photon' ? notOfPhotonLinux(kernel) : undefined;
  if (apart !== undefined) return { state: 'undecided', reason: apart };
  const answers = entries.map((entry) => judgeEntry(entry, running, VENDOR_TABLES[vendor], kernel.vendor.label));
  return (
    answers.find(({ state }) => state === 'fixed') ??
    answers.find(({ state }) => state === 'missing') ??
    answers.find(({ state }) => state === 'not-affected') ??
    answers[0] ?? { state: 'no-entry' }
  );
}
