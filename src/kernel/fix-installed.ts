import type { KnownFix } from './fix-schema.js';
import { fixStatus, type FixEvidence, type FixStatus } from './fix-status.js';
import { identifyKernel, type Kernel } from './release.js';
import { compareDeb } from './versions/dpkg.js';
import type { Order } from './versions/order.js';
import { compareRpm } from './versions/rpm.js';

/** A kernel package that is installed, whether booted or not. */
export interface InstalledKernel {
  readonly package: string;
  /** In the package manager's own form: `6.1.55-1`, `3.10.0-1160.el7`. */
  readonly version: string;
  /** What will run when it is booted. */
  readonly kernel: Kernel;
}

/** Two answers at once where they differ: what runs, and what the next boot brings. */
export type HostFixStatus =
  | FixStatus
  | { readonly state: 'fixed-not-booted'; readonly reason: string; readonly evidence: readonly string[]; readonly running: FixStatus };

const DPKG_LINE = /^installed (linux-image-(?:unsigned-)?(\d\S+)) (\S+)$/;

/** What `uname -v` says on a kernel of that package: Debian's carries its version, Ubuntu's its upload. */
const versionWords = (release: string, version: string): string => {
  const ubuntu = /^\d+\.\d+\.\d+-\d+\.(\d+(?:~[\d.]+)?)$/.exec(version);
  return ubuntu !== null && /-[a-z]/.test(release) && !/(?:amd64|arm64|686)/.test(release) ? `#${ubuntu[1]}-Ubuntu SMP` : `#1 SMP Debian ${version}`;
};

/**
 * Kernels of Debian and Ubuntu.
 *
 * @param listing of `dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' 'linux-image-*'`; packages that are
 * only configured, meta packages (`linux-image-amd64`) and debug symbols are left out
 */
export const installedByDpkg = (listing: string): readonly InstalledKernel[] =>
  listing.split('\n').flatMap((line) => {
    const [, name, release, version] = DPKG_LINE.exec(line.trim()) ?? [];
    if (name === undefined || release === undefined || version === undefined || /-dbg(?:sym)?$/.test(release)) return [];
    return [{ package: name, version, kernel: identifyKernel({ release, version: versionWords(release, version) }) }];
  });

const RPM_LINE = /^(kernel(?:-core|-default|-azure|-preempt)?) (\d\S*-\S+) (\S+)$/;

/** SUSE's releases leave the rebuild count out and end in the flavour: kernel-default 4.12.14-122.37.1 runs as 4.12.14-122.37-default. */
const rpmRelease = (name: string, version: string, architecture: string): string => {
  const flavour = /^kernel-(default|azure|preempt)$/.exec(name)?.[1];
  return flavour === undefined ? `${version}.${architecture}` : `${version.replace(/\.\d+$/, '')}-${flavour}`;
};

/**
 * Kernels of the Red Hat and SUSE families.
 *
 * @param listing of `rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' 'kernel*'`; headers, tools, modules and devel
 * packages are left out. Rescue images are no packages. Where kernel-core is there, kernel is only a meta package.
 */
export const installedByRpm = (listing: string): readonly InstalledKernel[] => {
  const rows = listing.split('\n').flatMap((line) => {
    const [, name, version, architecture] = RPM_LINE.exec(line.trim()) ?? [];
    return name === undefined || version === undefined || architecture === undefined ? [] : [{ name, version, architecture }];
  });
  const hasCore = rows.some(({ name }) => name === 'kernel-core');
  return rows
    .filter(({ name }) => !(hasCore && name === 'kernel'))
    .map(({ name, version, architecture }) => ({ package: name, version, kernel: identifyKernel({ release: rpmRelease(name, version, architecture) }) }));
};

/** As the package manager orders them, which is what the boot loader's default follows. */
const comparePackages = (a: InstalledKernel, b: InstalledKernel): Order =>
  a.kernel.vendor.id === 'debian' || a.kernel.vendor.id === 'ubuntu' ? compareDeb(a.version, b.version) : compareRpm(a.version, b.version);

const isSibling = (one: Kernel, running: Kernel): boolean => one.vendor.id === running.vendor.id && one.flavour === running.flavour;

const isRunning = (one: InstalledKernel, running: Kernel): boolean =>
  one.kernel.release === running.release && (running.package === undefined || one.kernel.package?.value === running.package.value);

/** The newest installed kernel of the running one's vendor and flavour; `undefined` where it is the running one. */
export const newestNotBooted = (running: Kernel, installed: readonly InstalledKernel[]): InstalledKernel | undefined => {
  const siblings = installed.filter(({ kernel }) => isSibling(kernel, running));
  const newest = siblings.reduce<InstalledKernel | undefined>((best, one) => (best === undefined || comparePackages(one, best) === 1 ? one : best), undefined);
  return newest === undefined || isRunning(newest, running) ? undefined : newest;
};

/**
 * The status of the running kernel; `fixed-not-booted` where it lacks the fix or cannot be told, and the newest kernel that
 * is installed beside it has it: what the machine needs is a reboot, not a package.
 */
export const hostFixStatus = (fix: KnownFix, evidence: FixEvidence, installed: readonly InstalledKernel[]): HostFixStatus => {
  const running = fixStatus(fix, evidence);
  if (running.state === 'fixed' || running.state === 'not-affected' || !('release' in evidence.kernel)) return running;
  const next = newestNotBooted(evidence.kernel, installed);
  if (next === undefined) return running;
  const after = fixStatus(fix, { kernel: next.kernel });
  if (after.state !== 'fixed') return running;
  const reason = `${next.package} ${next.version} is installed and has the fix (${after.reason}), but ${evidence.kernel.release} is running`;
  return { state: 'fixed-not-booted', reason, evidence: after.evidence, running };
};
