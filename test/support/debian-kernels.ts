import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CACHE, dependenciesOf, extract, fillOnce } from './debian-packages.js';
import { aptOf, type Suite } from './debian-suites.js';
import { within } from './within.js';

/** The series that Debian's release comes with, as its meta packages name it. */
const STABLE = '(?:\\d[\\d.]*-\\d+|\\d[\\d.]*\\+deb13)';
const NEWER = '6\\.12[\\d.]*\\+deb12';
const OF_13 = '\\d[\\d.]*\\+deb13(?:\\.\\d+)?';

interface Source {
  /** The meta package that depends on the newest. */
  readonly meta: string;
  /** How that one is named. */
  readonly pattern: RegExp;
  /** Another release than this machine's. */
  readonly suite?: Suite;
}

function source(meta: string, version: string, suite?: Suite): Source {
  const flavour = /(?:cloud-|rt-)?amd64$/u.exec(meta)?.[0] ?? '';
  const pattern = new RegExp(`^linux-image-${version}-${flavour}$`, 'u');
  return suite === undefined ? { meta, pattern } : { meta, pattern, suite };
}

/** Debian's kernels for 64-bit PCs, as apt names them: of this machine's release, and of others after a slash. */
const DEBIAN_KERNELS = {
  'linux-image-cloud-amd64': source('linux-image-cloud-amd64', STABLE),
  'linux-image-amd64': source('linux-image-amd64', STABLE),
  'linux-image-rt-amd64': source('linux-image-rt-amd64', STABLE),
  'linux-image-6.12-cloud-amd64': source('linux-image-6.12-cloud-amd64', NEWER),
  'linux-image-6.12-amd64': source('linux-image-6.12-amd64', NEWER),
  'linux-image-6.12-rt-amd64': source('linux-image-6.12-rt-amd64', NEWER),
  'linux-image-cloud-amd64/trixie': source('linux-image-cloud-amd64', OF_13, 'trixie'),
  'linux-image-amd64/trixie': source('linux-image-amd64', OF_13, 'trixie'),
  'linux-image-rt-amd64/trixie': source('linux-image-rt-amd64', OF_13, 'trixie'),
  'linux-image-cloud-amd64/trixie-backports': source('linux-image-cloud-amd64', OF_13, 'trixie-backports'),
  'linux-image-amd64/trixie-backports': source('linux-image-amd64', OF_13, 'trixie-backports'),
  'linux-image-rt-amd64/trixie-backports': source('linux-image-rt-amd64', OF_13, 'trixie-backports'),
} as const satisfies Readonly<Record<string, Source>>;
export type DebianKernel = keyof typeof DEBIAN_KERNELS;

export const DEBIAN_KERNEL_NAMES: readonly DebianKernel[] = [
  'linux-image-cloud-amd64',
  'linux-image-amd64',
  'linux-image-rt-amd64',
  'linux-image-6.12-cloud-amd64',
  'linux-image-6.12-amd64',
  'linux-image-6.12-rt-amd64',
  'linux-image-cloud-amd64/trixie',
  'linux-image-amd64/trixie',
  'linux-image-rt-amd64/trixie',
  'linux-image-cloud-amd64/trixie-backports',
  'linux-image-amd64/trixie-backports',
  'linux-image-rt-amd64/trixie-backports',
];

/** The kernel for virtual machines of this release, which the tests boot. */
export const TESTED_KERNEL: DebianKernel = 'linux-image-cloud-amd64';

const TROUBLE = join(process.cwd(), 'test', 'support', 'guest', 'trouble.c');

/** A kernel that was unpacked, and the module that makes trouble in it. */
export interface UnpackedKernel {
  /** `linux-image-6.1.0-50-cloud-amd64`. */
  readonly name: string;
  readonly image: string;
  /** What it was built with. */
  readonly config: string;
  readonly modules: string;
  readonly trouble: string;
}

/** What of a kernel is where, in the packages of Debian 12 and 13 and in those that split the image up. */
function placesIn(folder: string): Pick<UnpackedKernel, 'image' | 'config' | 'modules'> {
  const libraries = ['usr/lib/modules', 'lib/modules'].map((name) => join(folder, name)).find(existsSync) ?? folder;
  const modules = join(libraries, readdirSync(libraries)[0] ?? '');
  const boot = join(folder, 'boot');
  const inBoot = existsSync(boot) ? readdirSync(boot) : [];
  const place = (name: string): string => {
    const found = inBoot.find((each) => each.startsWith(`${name}-`));
    return found === undefined ? join(modules, name) : join(boot, found);
  };
  return { image: place('vmlinuz'), config: place('config'), modules };
}

function folderOf(suite: Suite | undefined, name: string): string {
  return suite === undefined ? name : `${suite}-${name}`;
}

function troubleFolder(name: string): string {
  const source = createHash('sha256').update(readFileSync(TROUBLE)).digest('hex').slice(0, 12);
  return name.replace('linux-image-', `trouble-${source}-`);
}

function aptFor(suite: Suite | undefined): Readonly<Record<string, string>> {
  return suite === undefined ? {} : aptOf(suite);
}

/** The newest kernel's package, as the meta package depends on it; undefined: apt knows none. */
export function knownKernel(kernel: DebianKernel): string | undefined {
  const { meta, pattern, suite }: Source = DEBIAN_KERNELS[kernel];
  return dependenciesOf([meta], aptFor(suite)).find((name) => pattern.test(name));
}

/** The newest of this kind that was unpacked, its module beside it. */
export function findKernel(kernel: DebianKernel): UnpackedKernel | undefined {
  if (process.arch !== 'x64' || !existsSync(CACHE)) return undefined;
  const { pattern, suite }: Source = DEBIAN_KERNELS[kernel];
  const names = readdirSync(CACHE);
  const [name] = names
    .map((folder) => folder.slice(folderOf(suite, '').length))
    .filter((each) => pattern.test(each) && names.includes(folderOf(suite, each)))
    .filter((each) => existsSync(join(CACHE, folderOf(suite, troubleFolder(each)), 'trouble.ko')))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return name === undefined
    ? undefined
    : {
        name: folderOf(suite, name),
        ...placesIn(join(CACHE, folderOf(suite, name))),
        trouble: join(CACHE, folderOf(suite, troubleFolder(name)), 'trouble.ko'),
      };
}

/** Programs that were built for a newer C library than this machine's run with the one that came with them. */
function runWithOwnLibraries(folder: string): void {
  const tools = join(folder, 'usr', 'lib');
  const loader = join(folder, 'usr', 'lib64', 'ld-linux-x86-64.so.2');
  for (const name of readdirSync(tools, { recursive: true, encoding: 'utf8' })) {
    const file = join(tools, name);
    if (!name.startsWith('linux-kbuild-') || !lstatSync(file).isFile()) continue;
    const { stdout, stderr } = spawnSync('ldd', [file], { encoding: 'utf8' });
    if (!/not found/u.test(`${stdout}${stderr}`)) continue;
    renameSync(file, `${file}.elf`);
    const path = join(folder, 'usr', 'lib', 'x86_64-linux-gnu');
    writeFileSync(file, `#!/bin/sh\nexec ${loader} --library-path ${path} ${file}.elf "$@"\n`, { mode: 0o755 });
  }
}

/** Builds the module with the headers of the kernel, which are not kept. */
function buildTrouble(name: string, suite: Suite | undefined): void {
  fillOnce(
    folderOf(suite, troubleFolder(name)),
    () => true,
    (into) => {
      const scratch = mkdtempSync(join(tmpdir(), 'kernward-headers-'));
      try {
        const apt = aptFor(suite);
        const headers = name.replace('linux-image-', 'linux-headers-');
        const more = dependenciesOf([headers], apt).filter((each) =>
          /^linux-(?:headers-.*-common|kbuild-)/u.test(each),
        );
        const libraries = suite === undefined ? [] : dependenciesOf(more, apt);
        const needed = libraries.filter((each) => each.startsWith('lib'));
        extract([...new Set([headers, ...more, ...needed])], scratch, apt);
        if (suite !== undefined) runWithOwnLibraries(scratch);
        const tree = join(scratch, 'usr', 'src', headers);
        const makefile = join(tree, 'Makefile');
        writeFileSync(makefile, readFileSync(makefile, 'utf8').replaceAll('/usr/src/', `${scratch}/usr/src/`));
        const source = join(scratch, 'trouble');
        mkdirSync(source);
        copyFileSync(TROUBLE, join(source, 'trouble.c'));
        writeFileSync(join(source, 'Makefile'), 'obj-m := trouble.o\n');
        const { status, stdout, stderr } = spawnSync(
          'make',
          [
            '-C',
            tree,
            `M=${source}`,
            'CONFIG_DEBUG_INFO_BTF_MODULES=',
            // This machine's compiler, which lacks an option of the newer one that the kernel was built with.
            ...(suite === undefined ? [] : ['CC=gcc', 'CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=']),
            'modules',
          ],
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
export function unpackKernel(kernel: DebianKernel, name: string): void {
  const { suite }: Source = DEBIAN_KERNELS[kernel];
  fillOnce(
    folderOf(suite, name),
    () => true,
    (folder) => {
      const apt = aptFor(suite);
      // The image of newer packages is in others, which have its name.
      const parts = dependenciesOf([name], apt).filter((each) => /^linux-(?:binary|modules|base)-/u.test(each));
      extract([name, ...parts], folder, apt);
    },
  );
  buildTrouble(name, suite);
}
