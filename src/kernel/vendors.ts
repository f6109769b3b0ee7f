import { parseRhel } from './versions/rhel-kernel.js';
import { baseAtLeast, kernelBase } from './kernel-base.js';
import { parseUpstream } from './versions/upstream.js';

/** What shows who built a kernel. */
export interface BuildMarks {
  /** `uname -r` without the architecture that the rpm families append. */
  readonly release: string;
  /** `uname -v`, empty where not known. */
  readonly version: string;
  /** `/proc/version_signature`, empty where there is none. */
  readonly signature: string;
  /** `ID` of os-release, empty where not known. It names who made the programs around the kernel, not the kernel. */
  readonly osId: string;
  /** Version of the package that the running kernel came in, empty where not known. */
  readonly packaged: string;
}

/** A word of the kernel that names its builder. */
interface Proof {
  readonly from: string;
  readonly word: (marks: BuildMarks) => string;
  readonly shape: RegExp;
  /** Kernels of this vendor from that version on always carry it: one that says something else is not the vendor's. */
  readonly since?: readonly [number, number];
}

interface VendorRow {
  readonly id: string;
  readonly label: string;
  /** Builds on stable releases of kernel.org, so that a base at or above the fix of its series has the fix. */
  readonly followsStable: boolean;
  /** How this vendor's releases look. */
  readonly release: (marks: BuildMarks) => boolean;
  /** What else of the kernel names the vendor. Without it, or where it is not known, os-release is asked. */
  readonly proof?: Proof;
  /** The distributions that run this vendor's kernels; absent: it is not known, and none contradicts. */
  readonly runsOn?: readonly string[];
  /** Its version scheme: a package with another is not the vendor's. */
  readonly packages?: RegExp;
}

const UBUNTU_RELEASE =
  /^\d+\.\d+\.(?:0|\d{2}(?=-\d+-server$))-(?:\d{1,3}-(?:generic|lowlatency|generic-lpae|generic-64k|server|virtual)|1\d{3}-[a-z][a-z0-9-]*)$/;
const DEBIAN_ARCHITECTURES =
  '(?:cloud-|rt-)?(?:amd64|arm64|686(?:-pae)?|armmp(?:-lpae)?|powerpc64le|ppc64el|s390x|riscv64|loong64)(?:-unsigned)?';
const DEBIAN_RELEASE = new RegExp(
  `^\\d+\\.\\d+\\.\\d+(?:-\\d{1,3}|-0\\.(?:bpo|deb\\d+)\\.\\d+|\\+deb\\d+(?:[.+]\\d+)*|\\+bpo\\d*(?:[.+]\\d+)*)-${DEBIAN_ARCHITECTURES}$`,
);
/**
 * As Debian's unstable branches name it, with nothing that only Debian has: another word has to say that it is
 * Debian's.
 */
const DEBIAN_BARE_RELEASE = new RegExp(`^\\d+\\.\\d+(?:\\.\\d+)?(?:-rc\\d+)?-${DEBIAN_ARCHITECTURES}$`);
/**
 * With the flavours that are rare: `4.19.0-6-octeon`. What follows the interface begins with a letter, or is one of
 * these.
 */
const DEBIAN_ANY_FLAVOUR =
  /^\d+\.\d+\.\d+(?:-\d{1,3}|-0\.(?:bpo|deb\d+)\.\d+)-(?:[a-z]|486|586|686|4kc|5kc)[a-z0-9-]*$/;
/**
 * Versions of Debian's packages of linux: `6.1.55-1`, `4.16~rc6-1~exp2`, `4.9.110-3+deb9u6`, `6.1.55+1` of a signed
 * one,
 * `2.6.32-48squeeze6`, `3.16.7-ckt11-1+deb8u3`. They have no epoch, and no `+rpt` or `kali1`.
 */
const DEBIAN_VERSION =
  '\\d+(?:\\.\\d+)+(?:~rc\\d+)?(?:-ckt\\d+)?[-+]\\d+(?:\\.\\d+)*(?:(?:lenny|squeeze|wheezy|jessie)\\d*|a?~(?:exp|test|bpo|deb)\\d+(?:[+u.]\\d+)*|\\+(?:deb|b)\\d+(?:[u+.]\\d+)*)*';
const DEBIAN_MARK = new RegExp(` Debian ${DEBIAN_VERSION}(?: \\(\\d{4}-\\d\\d-\\d\\d\\))?$`);
const SUSE_RELEASE =
  /^\d+\.\d+\.\d+-(?:rc\d+-)?\d+(?:\.\d+)*(?:\.g[0-9a-f]+)?-(?:default|preempt|xen|pae|desktop|debug|64kb|rt|azure)$/;
const ALPINE_RELEASE = /^\d+\.\d+\.\d+-\d+-(?:lts|virt|vanilla|virthardened|hardened|grsec|rpi\d*|edge|stable)$/;

/** Red Hat, and those who rebuild its source under its numbers. */
const RED_HAT = [
  'rhel',
  'rhcos',
  'centos',
  'rocky',
  'almalinux',
  'ol',
  'scientific',
  'eurolinux',
  'miraclelinux',
  'springdale',
  'navylinux',
  'circle',
  'openela',
] as const;

/**
 * Distributions whose kernels carry a bare number and more than kernel.org put into it.
 * Bottlerocket: bottlerocket-os/bottlerocket#3087 (`5.15.102`), #3300 and #3373 (fixes that are picked under the same
 * number). OpenWrt: openwrt/openwrt, target/linux/generic/backport-6.6.
 */
const PATCHES_BARE_NUMBERS: Readonly<Record<string, string>> = { bottlerocket: 'Bottlerocket', openwrt: 'OpenWrt' };

/** In this order: the first whose release it is built the kernel, unless another word says otherwise. */
const ROWS = [
  {
    id: 'ubuntu-mainline',
    label: 'an unsupported mainline build of Ubuntu',
    followsStable: false,
    release: ({ release }) => /^\d+\.\d+\.\d+-0\d{5}(?:rc\d+)?-/.test(release),
  },
  { id: 'proxmox', label: 'Proxmox', followsStable: false, release: ({ release }) => /(?<!-edge)-pve$/.test(release) },
  {
    // raspberrypi/linux#2227: "these merges usually occur within a day or two of the upstream release".
    id: 'raspberrypi',
    label: 'Raspberry Pi',
    followsStable: true,
    release: ({ release }) => /^\d+\.\d+\.\d+(?:\+rpt|-rpi\d+)-rpi-(?:v\d+l?|\d{4})$/.test(release),
    proof: {
      from: 'uname -v',
      word: ({ version }) => version,
      shape: / Debian 1:\d\S*\+rpt\d+(?: \(\d{4}-\d\d-\d\d\))?$/,
      since: [2, 6],
    },
    runsOn: ['debian', 'raspbian'],
    packages: /^1:\d\S*\+rpt\d+$/,
  },
  {
    id: 'ubuntu',
    label: 'Ubuntu',
    followsStable: true,
    release: ({ release }) => UBUNTU_RELEASE.test(release),
    proof: {
      from: 'uname -v',
      word: ({ version }) => version,
      shape: /^#\d+(?:\.\d+)*(?:~[\d.]+)?(?:\+\S+)?-Ubuntu /,
      since: [2, 6],
    },
    runsOn: ['ubuntu', 'linuxmint', 'neon', 'zorin', 'elementary'],
  },
  {
    id: 'debian',
    label: 'Debian',
    followsStable: true,
    release: ({ release, version, osId }) =>
      DEBIAN_RELEASE.test(release) ||
      (DEBIAN_BARE_RELEASE.test(release) && (osId === 'debian' || DEBIAN_MARK.test(version))) ||
      (DEBIAN_ANY_FLAVOUR.test(release) && DEBIAN_MARK.test(version)),
    // Since 3.2, of Debian 7; before that uname -v names nobody.
    proof: { from: 'uname -v', word: ({ version }) => version, shape: DEBIAN_MARK, since: [3, 2] },
    runsOn: ['debian', 'devuan'],
    packages: new RegExp(`^${DEBIAN_VERSION}$`),
  },
  {
    id: 'oracle-uek',
    label: 'Oracle UEK',
    followsStable: false,
    release: ({ release }) => /\.el\d+uek(?:next)?\b/.test(release),
    runsOn: RED_HAT,
  },
  {
    id: 'elrepo',
    label: 'ELRepo',
    followsStable: false,
    release: ({ release }) => /\.el\d+\.elrepo\b/.test(release),
    runsOn: RED_HAT,
  },
  {
    id: 'alibaba',
    label: 'Alibaba',
    followsStable: false,
    release: ({ release }) => /\.(?:ali\d+|alios\d+|al[78])\b/.test(release),
  },
  { id: 'anolis', label: 'Anolis', followsStable: false, release: ({ release }) => /\.an\d+\b/.test(release) },
  { id: 'tencent', label: 'Tencent', followsStable: false, release: ({ release }) => /tlinux|\.tl\d+\b/.test(release) },
  { id: 'openeuler', label: 'openEuler', followsStable: false, release: ({ release }) => /\.oe\d+\w*\b/.test(release) },
  {
    id: 'rhel',
    label: 'the Red Hat family',
    followsStable: false,
    // What a rebuild puts after the number of the release is not Red Hat's: 4.18.0-147.3.1.el8_1.3. CloudLinux says lve
    // before it.
    release: ({ release }) =>
      /\.el\d+(?:_\d+)?(?:a|PAE|xen|rt)?(?:\+[a-z0-9].*|[.-][a-z].*)?$/.test(release) && !/\.lve\d*\./.test(release),
    runsOn: RED_HAT,
  },
  {
    // amazonlinux/amazon-linux-2023#885: "we keep our kernels up to date tracking upstream stable".
    id: 'amazon-2023',
    label: 'Amazon Linux 2023',
    followsStable: true,
    release: ({ release }) => /\.amzn2023\b/.test(release),
    runsOn: ['amzn'],
  },
  {
    id: 'amazon',
    label: 'Amazon',
    followsStable: false,
    release: ({ release }) => /\.amzn\d+\b/.test(release),
    runsOn: ['amzn'],
  },
  {
    // microsoft/azurelinux#17739, #15447: upgraded to the stable release that stands before the fourth number.
    id: 'azure-linux',
    label: 'Azure Linux',
    followsStable: true,
    release: ({ release }) => /^\d+\.\d+\.\d+\.(?:\d+|mshv\d+)-\d+\.(?:azl|cm)\d+$/.test(release),
    runsOn: ['azurelinux', 'mariner'],
  },
  {
    // microsoft/WSL#13812, #40724: upgraded to the stable release that stands before the fourth number.
    id: 'wsl',
    label: "Microsoft's WSL",
    followsStable: true,
    release: ({ release }) => /^\d+\.\d+\.\d+\.\d+-microsoft-standard(?:-WSL2)?$/.test(release),
  },
  {
    // flatcar/scripts#1576, #2671, #3294: "Upgrade Linux Kernel for flatcar-4081 from 6.6.77 to 6.6.78".
    id: 'flatcar',
    label: 'Flatcar',
    followsStable: true,
    release: ({ release }) => /^\d+\.\d+\.\d+-flatcar$/.test(release),
    runsOn: ['flatcar'],
  },
  {
    id: 'photon',
    label: 'Photon',
    followsStable: true,
    release: ({ release }) => /-\d+(?:\.\d+)*\.ph\d+(?:-[a-z]+)?$/.test(release),
    runsOn: ['photon'],
  },
  {
    // Numbers alone before .fc: `6.6.48-1.qubes.fc37`, `.bazzite`, `.fsync`, `.asahi`, `.surface` and `-cachyos1` are trees of others, who
    // put their name there (QubesOS/qubes-linux-kernel, bazzite-org/kernel-bazzite, AsahiLinux/linux). kernel.spec of Fedora, rawhide:
    // `0.rc1.20241001gite32cde8d2bd7.17`, older `0.rc4.git2.1`.
    id: 'fedora',
    label: 'Fedora',
    followsStable: true,
    release: ({ release }) =>
      /^\d+(?:\.\d+)+-\d+(?:\.(?:\d+|rc\d+|git\d*|\d{8}git[0-9a-f]+))*\.fc\d+(?:\+(?:debug|PAE|PAEdebug))?$/.test(
        release,
      ),
    runsOn: ['fedora'],
  },
  {
    id: 'suse',
    label: 'SUSE',
    followsStable: false,
    release: ({ release }) => SUSE_RELEASE.test(release),
    runsOn: [
      'sles',
      'sles_sap',
      'sled',
      'sle_hpc',
      'sle-micro',
      'sl-micro',
      'suse',
      'opensuse',
      'opensuse-leap',
      'opensuse-leap-micro',
      'opensuse-tumbleweed',
      'opensuse-slowroll',
      'opensuse-microos',
    ],
  },
  {
    id: 'arch',
    label: 'Arch',
    followsStable: true,
    release: ({ release, osId }) =>
      /-arch\d+-\d+$|-\d+-ARCH$/.test(release) || (osId === 'arch' && /-\d+-lts$/.test(release)),
  },
  {
    id: 'alpine',
    label: 'Alpine',
    followsStable: false,
    release: ({ release, osId }) => ALPINE_RELEASE.test(release) && (osId === '' || osId === 'alpine'),
  },
  {
    id: 'android',
    label: 'an Android tree',
    followsStable: false,
    release: ({ release }) => /-android\d*-|-perf\b/.test(release),
  },
  {
    id: 'kernel.org',
    label: 'kernel.org',
    followsStable: true,
    release: ({ release }) => parseUpstream(release) !== undefined,
  },
] as const satisfies readonly VendorRow[];

export type VendorId = (typeof ROWS)[number]['id'] | 'patched' | 'unrecognised';
export interface Vendor {
  readonly id: VendorId;
  readonly label: string;
  readonly followsStable: boolean;
  /** Why nobody is taken for the builder although the release looks like somebody's: what contradicts it. */
  readonly contradiction?: string;
}

export const UNRECOGNISED: Vendor = {
  id: 'unrecognised',
  label: 'a vendor that is not recognised',
  followsStable: false,
};

function contradicted(contradiction: string): Vendor {
  return { ...UNRECOGNISED, contradiction };
}

/** A host may put anything there: as much as a sentence bears. */
function quoted(word: string): string {
  return word.length > 100 ? `${word.slice(0, 100)}…` : word;
}

function always(since: readonly [number, number], release: string): boolean {
  const base = kernelBase(release);
  return base !== undefined && baseAtLeast(base, ...since);
}

/** The rows as data of one type: what only some of them have is optional. */
const ALL_ROWS: readonly (VendorRow & { readonly id: VendorId })[] = ROWS;

/** Another vendor than that of the row, by a word that no other vendor writes. */
function provedOther(row: VendorRow, marks: BuildMarks): string | undefined {
  const other = ALL_ROWS.find(({ id, proof }) => id !== row.id && proof?.shape.test(proof.word(marks)) === true);
  return other?.proof === undefined
    ? undefined
    : `${other.proof.from} (${quoted(other.proof.word(marks))}) names ${other.label}`;
}

/**
 * What does not fit to a kernel of the vendor whose release it looks like; `undefined`: everything that is known fits.
 */
function whatContradicts(row: VendorRow, marks: BuildMarks): string | undefined {
  const { release, signature, osId, packaged } = marks;
  const { label, proof, runsOn, packages } = row;
  const other = provedOther(row, marks);
  if (other !== undefined) return other;
  if (signature.startsWith('Ubuntu ')) {
    const named = /^Ubuntu (\d+\.\d+\.\d+-\d+)\.\d+(?:~[\d.]+)?(-\S+) /.exec(signature);
    if (row.id !== 'ubuntu' && row.id !== 'ubuntu-mainline')
      return `/proc/version_signature is there (${quoted(signature.trim())}), and only Ubuntu's kernels have it`;
    if (named !== null && `${named[1]}${named[2]}` !== release)
      return `/proc/version_signature (${quoted(signature.trim())}) names another kernel`;
  }
  if (packaged !== '' && packages !== undefined && !packages.test(packaged))
    return `its package has the version ${quoted(packaged)}, and ${label}'s have no such versions`;
  const word = proof?.word(marks) ?? '';
  if (proof !== undefined && word !== '') {
    if (proof.shape.test(word)) return undefined;
    if (proof.since !== undefined && always(proof.since, release))
      return `${proof.from} (${quoted(word)}) is not as ${label}'s kernels say it`;
  }
  if (osId !== '' && runsOn?.includes(osId) === false)
    return `os-release says ID=${quoted(osId)}, for which ${label} is not known to build kernels`;
  return undefined;
}

/** Who built a kernel that says of itself who did, where its release looks like nobody's. */
function byWordAlone(marks: BuildMarks): Vendor {
  const named = ALL_ROWS.find(({ proof }) => proof?.shape.test(proof.word(marks)) === true);
  return named?.proof === undefined
    ? UNRECOGNISED
    : contradicted(
        `${named.proof.from} (${quoted(named.proof.word(marks))}) names ${named.label}, whose releases do not look like that`,
      );
}

/**
 * Who built a kernel: the vendor whose releases look like this one, where `uname -v`, `/proc/version_signature`,
 * os-release and the package agree as far as they are known. `unrecognised` rather than a guess: for a suffix that
 * nobody here is known by, and where one of them contradicts the others.
 */
export function findVendor(marks: BuildMarks): Vendor {
  const row = ALL_ROWS.find((each) => each.release(marks));
  if (row === undefined) return byWordAlone(marks);
  const contradiction = whatContradicts(row, marks);
  if (contradiction !== undefined)
    return contradicted(
      row.id === 'kernel.org' ? contradiction : `the release looks like one of ${row.label}'s, but ${contradiction}`,
    );
  const patcher = row.id === 'kernel.org' ? PATCHES_BARE_NUMBERS[marks.osId] : undefined;
  if (patcher !== undefined) return { id: 'patched', label: patcher, followsStable: false };
  const { id, label, followsStable } = row;
  return { id, label, followsStable };
}

/** The package of a Red Hat kernel, `undefined` for kernel-rt, CentOS Plus and other trees beside it. */
export function rhelPackage(release: string): string | undefined {
  const plain = release.replace(/(?:\+[a-z0-9+-]+|\.debug|PAE|xen)$/, '');
  return parseRhel(plain) === undefined ? undefined : plain;
}
