import { parseRhel } from './versions/rhel-kernel.js';
import { parseUpstream } from './versions/upstream.js';

/** What shows who built a kernel. */
export interface BuildMarks {
  /** `uname -r` without the architecture that the rpm families append. */
  readonly release: string;
  /** `uname -v`, empty where not known. */
  readonly version: string;
  /** `/proc/version_signature`, empty where there is none. */
  readonly signature: string;
  /** `ID` of os-release, empty where not known. It decides only between vendors whose releases look alike. */
  readonly osId: string;
}

interface VendorRow {
  readonly id: string;
  readonly label: string;
  /** Builds on stable releases of kernel.org, so that a base at or above the fix of its series has the fix. */
  readonly followsStable: boolean;
  readonly marks: (marks: BuildMarks) => boolean;
}

const UBUNTU_RELEASE =
  /^\d+\.\d+\.(?:0|\d{2}(?=-\d+-server$))-(?:\d{1,3}-(?:generic|lowlatency|generic-lpae|generic-64k|server|virtual)|1\d{3}-[a-z][a-z0-9-]*)$/;
const DEBIAN_RELEASE =
  /^\d+\.\d+\.\d+(?:-\d{1,3}|-0\.(?:bpo|deb\d+)\.\d+|\+(?:deb|bpo)\d+(?:[.+]\d+)*)-(?:cloud-|rt-)?(?:amd64|arm64|686(?:-pae)?|armmp(?:-lpae)?|powerpc64le|ppc64el|s390x|riscv64|loong64)(?:-unsigned)?$/;
const SUSE_RELEASE =
  /^\d+\.\d+\.\d+-(?:\d+(?:\.\d+)*|rc\d+-\d+(?:\.g[0-9a-f]+)?)-(?:default|preempt|xen|pae|desktop|debug|64kb|rt|azure)$/;
const ALPINE_RELEASE = /^\d+\.\d+\.\d+-\d+-(?:lts|virt|vanilla|virthardened|hardened|grsec|rpi\d*|edge|stable)$/;

/** In this order: the first whose marks are there built the kernel. */
const ROWS = [
  {
    id: 'ubuntu-mainline',
    label: 'an unsupported mainline build of Ubuntu',
    followsStable: false,
    marks: ({ release }) => /^\d+\.\d+\.\d+-0\d{5}(?:rc\d+)?-/.test(release),
  },
  { id: 'proxmox', label: 'Proxmox', followsStable: false, marks: ({ release }) => release.endsWith('-pve') },
  {
    id: 'ubuntu',
    label: 'Ubuntu',
    followsStable: true,
    marks: ({ release, version, signature }) =>
      signature.startsWith('Ubuntu ') ||
      /^#\d+(?:~[\d.]+)?(?:\+\S+)?-Ubuntu /.test(version) ||
      UBUNTU_RELEASE.test(release),
  },
  {
    id: 'debian',
    label: 'Debian',
    followsStable: true,
    marks: ({ release, version }) =>
      / Debian \d\S*(?: \(\d{4}-\d\d-\d\d\))?$/.test(version) || DEBIAN_RELEASE.test(release),
  },
  { id: 'oracle-uek', label: 'Oracle UEK', followsStable: false, marks: ({ release }) => /\.el\d+uek\b/.test(release) },
  { id: 'elrepo', label: 'ELRepo', followsStable: false, marks: ({ release }) => /\.el\d+\.elrepo\b/.test(release) },
  {
    id: 'alibaba',
    label: 'Alibaba',
    followsStable: false,
    marks: ({ release }) => /\.(?:ali\d+|alios\d+|al[78]|an\d+)\b/.test(release),
  },
  { id: 'tencent', label: 'Tencent', followsStable: false, marks: ({ release }) => /tlinux|\.tl\d+\b/.test(release) },
  { id: 'openeuler', label: 'openEuler', followsStable: false, marks: ({ release }) => /\.oe\d+\w*\b/.test(release) },
  {
    id: 'rhel',
    label: 'the Red Hat family',
    followsStable: false,
    marks: ({ release }) => /\.el\d+(?:_\d+)?(?:a|PAE|xen)?\b/.test(release),
  },
  { id: 'amazon', label: 'Amazon', followsStable: false, marks: ({ release }) => /\.amzn\d+\b/.test(release) },
  {
    id: 'photon',
    label: 'Photon',
    followsStable: true,
    marks: ({ release }) => /-\d+(?:\.\d+)*\.ph\d+(?:-[a-z]+)?$/.test(release),
  },
  { id: 'fedora', label: 'Fedora', followsStable: true, marks: ({ release }) => /\.fc\d+\b/.test(release) },
  { id: 'suse', label: 'SUSE', followsStable: false, marks: ({ release }) => SUSE_RELEASE.test(release) },
  {
    id: 'arch',
    label: 'Arch',
    followsStable: true,
    marks: ({ release, osId }) =>
      /-arch\d+-\d+$|-\d+-ARCH$/.test(release) || (osId === 'arch' && /-\d+-lts$/.test(release)),
  },
  {
    id: 'alpine',
    label: 'Alpine',
    followsStable: false,
    marks: ({ release, osId }) => ALPINE_RELEASE.test(release) && (osId === '' || osId === 'alpine'),
  },
  {
    id: 'android',
    label: 'an Android tree',
    followsStable: false,
    marks: ({ release }) => /-android\d*-|-perf\b/.test(release),
  },
  {
    id: 'kernel.org',
    label: 'kernel.org',
    followsStable: true,
    marks: ({ release }) => parseUpstream(release) !== undefined,
  },
] as const satisfies readonly VendorRow[];

export type VendorId = (typeof ROWS)[number]['id'] | 'unrecognised';
export type Vendor = Omit<VendorRow, 'id' | 'marks'> & { readonly id: VendorId };

export const UNRECOGNISED: Vendor = {
  id: 'unrecognised',
  label: 'a vendor that is not recognised',
  followsStable: false,
};

/** Who built a kernel; `unrecognised` rather than kernel.org for whatever has a suffix that nobody here is known by. */
export function findVendor(marks: BuildMarks): Vendor {
  return ROWS.find((row) => row.marks(marks)) ?? UNRECOGNISED;
}

/** The package of a Red Hat kernel, `undefined` for kernel-rt, CentOS Plus and other trees beside it. */
export function rhelPackage(release: string): string | undefined {
  const plain = release.replace(/(?:\+[a-z0-9+-]+|\.debug|PAE|xen)$/, '');
  return parseRhel(plain) === undefined ? undefined : plain;
}
