import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CACHE, dependenciesOf, extract, fillOnce, unpack } from './debian-packages.js';
import { within } from './within.js';

/** The series that Debian's release comes with, as its meta packages name it. */
const STABLE = '(?:\\d[\\d.]*-\\d+|\\d[\\d.]*\\+deb13)';
const NEWER = '6\\.12[\\d.]*\\+deb12';

/** Debian's kernels for 64-bit PCs: the meta package that depends on the newest of each, and how that one is named. */
export const DEBIAN_KERNELS = {
  'linux-image-cloud-amd64': new RegExp(`^linux-image-${STABLE}-cloud-amd64$`, 'u'),
  'linux-image-amd64': new RegExp(`^linux-image-${STABLE}-amd64$`, 'u'),
  'linux-image-rt-amd64': new RegExp(`^linux-image-${STABLE}-rt-amd64$`, 'u'),
  'linux-image-6.12-cloud-amd64': new RegExp(`^linux-image-${NEWER}-cloud-amd64$`, 'u'),
  'linux-image-6.12-amd64': new RegExp(`^linux-image-${NEWER}-amd64$`, 'u'),
  'linux-image-6.12-rt-amd64': new RegExp(`^linux-image-${NEWER}-rt-amd64$`, 'u'),
} as const satisfies Readonly<Record<string, RegExp>>;
export type DebianKernel = keyof typeof DEBIAN_KERNELS;

export const DEBIAN_KERNEL_NAMES: readonly DebianKernel[] = [
  'linux-image-cloud-amd64',
  'linux-image-amd64',
  'linux-image-rt-amd64',
  'linux-image-6.12-cloud-amd64',
  'linux-image-6.12-amd64',
  'linux-image-6.12-rt-amd64',
];

/** The kernel for virtual machines of this release, which the tests boot. */
export const TESTED_KERNEL: DebianKernel = 'linux-image-cloud-amd64';

const TROUBLE = join(process.cwd(), 'test', 'support', 'guest', 'trouble.c');

/** A kernel that was unpacked, and the module that makes trouble in it. */
export interface UnpackedKernel {
  /** `linux-image-6.1.0-50-cloud-amd64`. */
  readonly name: string;
  readonly folder: string;
  readonly trouble: string;
}

function troubleFolder(name: string): string {
  const source = createHash('sha256').update(readFileSync(TROUBLE)).digest('hex').slice(0, 12);
  return name.replace('linux-image-', `trouble-${source}-`);
}

/** The newest kernel's package, as the meta package depends on it; undefined: apt knows none. */
export function knownKernel(kernel: DebianKernel): string | undefined {
  return dependenciesOf(kernel).find((name) => DEBIAN_KERNELS[kernel].test(name));
}

/** The newest of this kind that was unpacked, its module beside it. */
export function findKernel(kernel: DebianKernel): UnpackedKernel | undefined {
  if (process.arch !== 'x64' || !existsSync(CACHE)) return undefined;
  return readdirSync(CACHE)
    .filter((name) => DEBIAN_KERNELS[kernel].test(name))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => ({ name, folder: join(CACHE, name), trouble: join(CACHE, troubleFolder(name), 'trouble.ko') }))
    .find(({ trouble }) => existsSync(trouble));
}

/** Builds the module with the headers of the kernel, which are not kept. */
function buildTrouble(name: string): void {
  fillOnce(
    troubleFolder(name),
    () => true,
    (into) => {
      const scratch = mkdtempSync(join(tmpdir(), 'kernward-headers-'));
      try {
        const headers = name.replace('linux-image-', 'linux-headers-');
        const more = dependenciesOf(headers).filter((each) => /^linux-(?:headers-.*-common|kbuild-)/u.test(each));
        extract([headers, ...more], scratch);
        const tree = join(scratch, 'usr', 'src', headers);
        const makefile = join(tree, 'Makefile');
        writeFileSync(
          makefile,
          readFileSync(makefile, 'utf8').replace(/^include \/usr\/src\//mu, `include ${scratch}/usr/src/`),
        );
        const source = join(scratch, 'trouble');
        mkdirSync(source);
        copyFileSync(TROUBLE, join(source, 'trouble.c'));
        writeFileSync(join(source, 'Makefile'), 'obj-m := trouble.o\n');
        const { status, stdout, stderr } = spawnSync(
          'make',
          ['-C', tree, `M=${source}`, 'CONFIG_DEBUG_INFO_BTF_MODULES=', 'modules'],
          {
            encoding: 'utf8',
            timeout: within(120_000),
          },
        );
        if (status !== 0) throw new Error(`the module of trouble.c could not be built for ${name}: ${stdout}${stderr}`);
        copyFileSync(join(source, 'trouble.ko'), join(into, 'trouble.ko'));
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  );
}

/** Downloads and unpacks a kernel and builds its module, where that was not done yet. */
export function unpackKernel(name: string): void {
  unpack(name);
  buildTrouble(name);
}
