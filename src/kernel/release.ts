import { parseDeb } from './versions/dpkg.js';
import { parseUbuntu } from './versions/ubuntu-abi.js';
import { parseUpstream } from './versions/upstream.js';
import { rhelPackage, findVendor, type Vendor } from './vendors.js';

/** What a kernel says of itself. Only the release is needed. */
export interface KernelWords {
  /** `uname -r`. */
  readonly release: string;
  /** `uname -v`. */
  readonly version?: string;
  /** `/proc/version_signature`, which only Ubuntu has. */
  readonly signature?: string;
  /** `ID` of os-release. */
  readonly osId?: string;
  /** Version of the package that the running kernel came in. */
  readonly packaged?: string;
  /** `uname -m`, and UNREAD_MACHINE where a host did not say it. Nobody asked: as on x86_64. */
  readonly machine?: string;
}

/** No kernel says this of itself. */
export const UNREAD_MACHINE = '';

/** A value and the place that it was read from: `uname -v`, `/proc/version_signature`. */
export interface ReportedRelease {
  readonly value: string;
  readonly from: string;
}

/** A kernel, as far as its words identify it. */
export interface Kernel {
  readonly release: string;
  readonly vendor: Vendor;
  /** The upstream version that the tree was made from; `undefined` where the release only names a binary interface. */
  readonly base: ReportedRelease | undefined;
  /** An upstream version that the tree is surely not below: its base, or the number at the front of the release. */
  readonly floor: string | undefined;
  /** `4.15`, and `2.6.32` before 3.0. */
  readonly series: string | undefined;
  /** In the vendor's own scheme: `4.15.0-24.26`, `6.1.55-1`, `3.10.0-1160.el7`. */
  readonly package: ReportedRelease | undefined;
  /** `generic`, `aws`, `default`; `undefined` where the vendor has no such thing. */
  readonly flavour: string | undefined;
  /** As KernelWords says it. */
  readonly machine: string | undefined;
}

type OwnWords = Pick<Kernel, 'base' | 'package' | 'flavour'>;

const ARCHITECTURE = /\.(?:x86_64|aarch64|i[3-6]86|ppc64le|ppc64|s390x|armv7hl|riscv64|noarch)(?=$|[+.])/;
const RELEASE_CANDIDATE = /[-.~_](?:0\d{5})?rc(\d{0,3})/;

/** The upstream number at the front of a release, with the candidate that may follow anywhere: `6.8.0-0.rc1.4.fc40`. */
function leadingVersion(release: string): string | undefined {
  const number =
    /^\d+\.\d+(?:\.\d+)?(?=$|[^.\d]|\.(?!\d))/.exec(release)?.[0] ??
    /^2\.6\.\d+\.\d+/.exec(release)?.[0] ??
    /^\d+\.\d+\.\d+/.exec(release)?.[0];
  if (number === undefined) return undefined;
  const rc = RELEASE_CANDIDATE.exec(release.slice(number.length));
  const version = rc === null ? number : `${number}-rc${rc[1] === '' ? '0' : rc[1]}`;
  return parseUpstream(version) === undefined ? undefined : version;
}

const SIGNATURE = /^Ubuntu (\d+\.\d+\.\d+-\d+)(\.\d+(?:~[\d.]+)?)-(\S+) (\d\S*)$/;

function ubuntuWords(words: KernelWords): OwnWords {
  const release = /^(\d+\.\d+\.\d+-\d+)-(\S+)$/.exec(words.release);
  const flavour = release?.[2];
  const abi = release?.[1];
  const signature = SIGNATURE.exec(words.signature?.trim() ?? '');
  // A signature that names another kernel than the one that runs proves nothing about it.
  if (signature !== null && signature[1] === abi && signature[3] === flavour) {
    const from = '/proc/version_signature';
    const value = `${signature[1]}${signature[2]}`;
    const base = signature[4] ?? '';
    return {
      base: parseUpstream(base) === undefined ? undefined : { value: base, from },
      package: parseUbuntu(value) === undefined ? undefined : { value, from },
      flavour,
    };
  }
  const upload = /^#(\d+(?:~[\d.]+)?)-Ubuntu /.exec(words.version ?? '')?.[1];
  const whole = upload === undefined ? undefined : `${abi}.${upload}`;
  if (whole !== undefined && parseUbuntu(whole) !== undefined)
    return { base: undefined, package: { value: whole, from: 'uname -r and uname -v' }, flavour };
  return {
    base: undefined,
    package: abi === undefined || parseUbuntu(abi) === undefined ? undefined : { value: abi, from: 'uname -r' },
    flavour,
  };
}

/** `6.1.55` of Debian's `6.1.55-1`, `4.16-rc3` of `4.16~rc3-1~exp1`. */
function debianBase(version: string): string | undefined {
  const upstream = parseDeb(version)
    ?.upstream.replace('~rc', '-rc')
    .replace(/[+~].*$/, '');
  return upstream === undefined || parseUpstream(upstream) === undefined ? undefined : upstream;
}

/**
 * Raspberry Pi OS: `uname -v` ends in `Debian 1:6.1.54-1+rpt2 (2023-10-05)`; later releases begin with the base,
 * `6.12.47+rpt-rpi-v8`.
 */
function raspberryPiWords(words: KernelWords): OwnWords {
  const version = / Debian 1:(\d\S*)(?: \(\d{4}-\d\d-\d\d\))?$/.exec(words.version?.trim() ?? '')?.[1];
  const told = version === undefined ? undefined : debianBase(version);
  const inRelease = /^(\d+\.\d+\.\d+)\+rpt-/.exec(words.release)?.[1];
  return {
    base:
      told !== undefined
        ? { value: told, from: 'uname -v' }
        : inRelease === undefined
          ? undefined
          : { value: inRelease, from: 'uname -r' },
    package: undefined,
    flavour: /rpi-[a-z0-9]+$/.exec(words.release)?.[0],
  };
}

function debianWords(words: KernelWords): OwnWords {
  const flavour = /(?:cloud-|rt-)?[a-z0-9]+$/.exec(words.release)?.[0];
  const version = / Debian (\d\S*)(?: \(\d{4}-\d\d-\d\d\))?$/.exec(words.version?.trim() ?? '')?.[1];
  const base = version === undefined ? undefined : debianBase(version);
  if (version !== undefined && base !== undefined)
    return { base: { value: base, from: 'uname -v' }, package: { value: version, from: 'uname -v' }, flavour };
  // From 13 on the release itself carries the base: 6.12.48+deb13-amd64, 6.12.12+bpo-amd64, in unstable 6.10.9-amd64.
  const inRelease = /^(\d+\.\d+(?:\.\d+)?)(?:\+(?:deb|bpo)|-(?=[a-z]))/.exec(words.release)?.[1];
  return {
    base: inRelease === undefined ? undefined : { value: inRelease, from: 'uname -r' },
    package: undefined,
    flavour,
  };
}

const PACKAGES: Partial<Record<Vendor['id'], (release: string) => string | undefined>> = {
  rhel: rhelPackage,
  photon: (release) => /^(\S+?-\d+(?:\.\d+)*)\.ph\d+/.exec(release)?.[1],
  alibaba: (release) => /^\d+\.\d+\.\d+-\d+\.ali\d+/.exec(release)?.[0],
};

/**
 * What is another build of Red Hat's source: `+rt`, `+64k`, `+debug` (kernel.spec of RHEL 9), `.debug` of RHEL 6 and 7, `.centos.plus`;
 * kernel-rt says `rt56.1131` or `rt14.296` before `.el` up to 9.2.
 */
const RED_HAT_FLAVOUR =
  /(?<=\+)[a-z0-9-]+$|(?<=\.el\d+(?:_\d+)?\.)[a-z].*$|(?:PAE|xen)$|(?<=\.)rt(?=\d+(?:\.\d+)*\.el\d)/;

const FLAVOURS: Partial<Record<Vendor['id'], RegExp>> = {
  rhel: RED_HAT_FLAVOUR,
  suse: /[a-z0-9]+$/,
  photon: /(?<=\.ph\d+-)[a-z]+$/,
  alpine: /[a-z]+$/,
};

function otherWords(vendor: Vendor, release: string): OwnWords {
  const base = leadingVersion(release);
  const value = PACKAGES[vendor.id]?.(release);
  return {
    base: base === undefined ? undefined : { value: base, from: 'uname -r' },
    package: value === undefined ? undefined : { value, from: 'uname -r' },
    flavour: FLAVOURS[vendor.id]?.exec(release)?.[0],
  };
}

const OWN_WORDS: Partial<Record<Vendor['id'], (words: KernelWords) => OwnWords>> = {
  ubuntu: ubuntuWords,
  debian: debianWords,
  raspberrypi: raspberryPiWords,
};

/** Says who built a kernel and from what. Total: a kernel that nobody knows is `unrecognised`. */
export function identifyKernel(words: KernelWords): Kernel {
  const release = words.release.replace(ARCHITECTURE, '');
  const vendor = findVendor({
    release,
    version: words.version ?? '',
    signature: words.signature ?? '',
    osId: words.osId ?? '',
    packaged: words.packaged ?? '',
  });
  const own = OWN_WORDS[vendor.id]?.({ ...words, release }) ?? otherWords(vendor, release);
  // A release without a number leaves what uname -v says that the tree was made from.
  const floor = own.base?.value ?? leadingVersion(release) ?? debianWords({ ...words, release }).base?.value;
  return {
    ...own,
    release: words.release,
    vendor,
    machine: words.machine,
    floor,
    series: floor === undefined ? undefined : parseUpstream(floor)?.series,
  };
}
