import type { KnownFix } from './schema.js';
import { fixStatusWithFollowUps } from './follow-ups.js';
import type { FixEvidence, FixStatus } from './status.js';
import { identifyKernel, type Kernel } from '../release.js';
import { compareDeb } from '../versions/dpkg.js';
import type { Order } from '../versions/order.js';
import { compareRpm } from '../versions/rpm.js';

/** A kernel package that is installed, whether booted or not. */
export interface InstalledKernel {
  readonly package: string;
  /** In the package manager's own form: `6.1.55-1`, `3.10.0-1160.el7`. */
  readonly version: string;
  /** `uname -v` of it, as far as its package says; empty where that is not told apart. */
  readonly words: string;
  /** What will run when it is booted. */
  readonly kernel: Kernel;
}

/** Two answers at once where they differ: what runs, and what a reboot into the newest kernel brings. */
export type HostFixStatus =
  | FixStatus
  | {
      readonly state: 'fixed-not-booted';
      readonly reason: string;
      readonly evidence: readonly string[];
      readonly running: FixStatus;
    };

const DPKG_ROW = /^(linux-image-(?:unsigned-)?(\d\S+?)(?:-unsigned)?) (\S+)$/;

/**
 * What `uname -v` says on a kernel of that package: Debian's carries its version, Ubuntu's its upload; of Proxmox it is
 * not asked.
 */
function versionWords(release: string, version: string): string {
  const ubuntu = /^\d+\.\d+\.\d+-\d+\.(\d+(?:~[\d.]+)?)$/.exec(version);
  if (release.endsWith('-pve')) return '';
  return ubuntu !== null && /-[a-z]/.test(release) && !/(?:amd64|arm64|686)/.test(release)
    ? `#${ubuntu[1]}-Ubuntu SMP`
    : `#1 SMP Debian ${version}`;
}

function byDpkg(row: string): readonly InstalledKernel[] {
  const [, name, release, version] = DPKG_ROW.exec(row) ?? [];
  if (name === undefined || release === undefined || version === undefined || /-dbg(?:sym)?$/.test(release)) return [];
  const words = versionWords(release, version);
  return [{ package: name, version, words, kernel: identifyKernel({ release, version: words }) }];
}

const RPM_ROW = /^(kernel(?:-core|-rt-core|-64k-core|-default|-azure|-preempt)?) (\d\S*-\S+) ([a-z]\S*)$/;

/**
 * SUSE's releases leave the rebuild count out and end in the flavour: kernel-default 4.12.14-122.37.1 runs as
 * 4.12.14-122.37-default. Red Hat's end in `+rt` and `+64k` (kernel.spec of RHEL 9); kernel-rt up to 9.2 has `.rt14.296` in its version
 * instead.
 */
function rpmRelease(name: string, version: string, architecture: string): string {
  const flavour = /^kernel-(default|azure|preempt)$/.exec(name)?.[1];
  const variant = /^kernel-(rt|64k)-core$/.exec(name)?.[1];
  if (variant !== undefined && !/\.rt\d/.test(version)) return `${version}.${architecture}+${variant}`;
  return flavour === undefined ? `${version}.${architecture}` : `${version.replace(/\.\d+$/, '')}-${flavour}`;
}

function byRpm(row: string, hasCore: boolean): readonly InstalledKernel[] {
  const [, name, version, architecture] = RPM_ROW.exec(row) ?? [];
  if (name === undefined || version === undefined || architecture === undefined || (hasCore && name === 'kernel'))
    return [];
  return [
    {
      package: name,
      version,
      words: '#1 SMP',
      kernel: identifyKernel({ release: rpmRelease(name, version, architecture) }),
    },
  ];
}

/**
 * The kernels among packages: not meta packages (linux-image-amd64, and kernel where kernel-core is), debug symbols,
 * tools, headers or modules. Rescue images are no packages.
 *
 * @param rows the fact `kernel.installed`: `NAME VERSION` of dpkg, `NAME VERSION-RELEASE ARCHITECTURE` of rpm
 */
export function installedKernels(rows: readonly string[]): readonly InstalledKernel[] {
  const hasCore = rows.some((row) => row.startsWith('kernel-core '));
  return rows.flatMap((row) => [...byDpkg(row), ...byRpm(row, hasCore)]);
}

/** As the package manager orders them, which is what the boot loader's default follows. */
function comparePackages(a: InstalledKernel, b: InstalledKernel): Order {
  return a.package.startsWith('linux-image-') ? compareDeb(a.version, b.version) : compareRpm(a.version, b.version);
}

function isSibling(one: Kernel, running: Kernel): boolean {
  return one.vendor.id === running.vendor.id && one.flavour === running.flavour;
}

function isRunning(one: InstalledKernel, running: Kernel): boolean {
  return (
    one.kernel.release === running.release &&
    (running.package === undefined || one.kernel.package?.value === running.package.value)
  );
}

function isNewer(one: InstalledKernel, running: Kernel): boolean {
  if (running.package === undefined) return true;
  return comparePackages(one, { package: '', version: running.package.value, words: '', kernel: running }) === 1;
}

/**
 * The newest installed kernel of the running one's vendor and flavour; `undefined` where it is the running one, or none
 * is newer.
 */
function newestNotBooted(running: Kernel, installed: readonly InstalledKernel[]): InstalledKernel | undefined {
  // Two kernels of which nobody knows who built them need not be of one family.
  if (running.vendor.id === 'unrecognised') return undefined;
  const siblings = installed.filter(({ kernel }) => isSibling(kernel, running));
  const newest = siblings.reduce<InstalledKernel | undefined>(
    (best, one) => (best === undefined || comparePackages(one, best) === 1 ? one : best),
    undefined,
  );
  return newest === undefined || isRunning(newest, running) || !isNewer(newest, running) ? undefined : newest;
}

/**
 * The status of the running kernel; `fixed-not-booted` where it lacks the fix and the newest kernel that is installed
 * beside it has it: what the machine needs is a reboot, not a package. Where nobody can tell whether the running one
 * has it, that stays unknown, and the reason names the kernel that would settle it. A fix that is there is told with
 * the state of those that had to come after it.
 *
 * @param fixes the whole catalogue
 */
export function hostFixStatus(
  fix: KnownFix,
  evidence: FixEvidence,
  installed: readonly InstalledKernel[],
  fixes: readonly KnownFix[],
): HostFixStatus {
  const running = fixStatusWithFollowUps(fix, evidence, fixes);
  if (running.state === 'fixed' || running.state === 'not-affected' || !('release' in evidence.kernel)) return running;
  const next = newestNotBooted(evidence.kernel, installed);
  if (next === undefined) return running;
  const after = fixStatusWithFollowUps(fix, { kernel: { ...next.kernel, machine: evidence.kernel.machine } }, fixes);
  if (after.state !== 'fixed') return running;
  const beside = `${next.package} ${next.version} is installed, not booted, and has the fix (${after.reason})`;
  if (running.state === 'unknown')
    return { ...running, reason: `${running.reason}; ${beside}: a reboot into it would settle it` };
  return {
    state: 'fixed-not-booted',
    reason: `${running.reason}; ${beside}`,
    evidence: [...running.evidence, ...after.evidence],
    running,
  };
}
