import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findKernel, TESTED_KERNEL, type UnpackedKernel } from './debian-kernels.js';
import { librariesOf, unpackedFolder } from './debian-packages.js';
import { isHere } from './debian-tool.js';
import { within } from './within.js';

/** What applies configuration at a boot, out of this machine. */
const BOOT_TOOLS = [
  { file: '/usr/lib/systemd/systemd-sysctl', debianPackage: 'systemd' },
  { file: '/usr/bin/systemd-tmpfiles', debianPackage: 'systemd' },
  { file: '/usr/sbin/sysctl', debianPackage: 'procps' },
];
const GUEST = join(process.cwd(), 'test', 'support', 'guest');
/** In the order in which they can be loaded; what a kernel has built in has no file. */
const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'failover',
  'net_failover',
  'virtio_net',
  'crc16',
  'mbcache',
  'jbd2',
  'crc32c_generic',
  'ext4',
  'brd',
];
/** Beside them, loaded by whoever wants them. */
const MORE_MODULES = ['watchdog', 'i6300esb', 'virtio_blk'];

function run(command: string, args: readonly string[], cwd = '/'): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: within(300_000),
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** For `describe`: skips loudly where no kernel can be booted, except in CI, where that is a failure. */
export function needsRealKernel(): { readonly skip: string | false } {
  const missing = ['/usr/bin/qemu-system-x86_64', '/usr/bin/cpio', '/usr/bin/gcc', '/bin/busybox'].filter(
    (tool) => !existsSync(tool),
  );
  const isAll = [
    isHere(missing.length === 0, missing.join(', '), 'see test/support/packages.ts'),
    isHere(findKernel(TESTED_KERNEL) !== undefined, 'a kernel to boot', TESTED_KERNEL),
    isHere(unpackedFolder('kexec-tools') !== undefined, 'kexec', 'kexec-tools'),
  ].every(Boolean);
  return { skip: isAll ? false : 'no kernel can be booted here' };
}

interface Program {
  readonly file: string;
  readonly debianPackage: string;
  /** Where it is put; without it where it is. */
  readonly runsAs?: string;
  /** What it was unpacked in. */
  readonly folder?: string;
}

/** Puts a program where it is run, and every library that it is linked with where the loader looks for it. */
function addProgram(tree: string, { file, debianPackage, runsAs = file, folder }: Program): void {
  for (const one of [{ file, runsAs }, ...librariesOf(file, debianPackage, folder)]) {
    mkdirSync(dirname(join(tree, one.runsAs)), { recursive: true });
    // What a link leads to; cpSync copies that on Node 20 only.
    copyFileSync(one.file, join(tree, one.runsAs));
  }
}

function add(tree: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content, { mode });
}

function bytesOf(command: string, ...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.toString()}`);
  return stdout;
}

function addModules(tree: string, modules: string): void {
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' });
  const addModule = (module: string): readonly string[] => {
    const file = files.find((path) => path.endsWith(`/${module}.ko`) || path.endsWith(`/${module}.ko.xz`));
    if (file === undefined) return [];
    const path = join(modules, file);
    const content = file.endsWith('.xz') ? bytesOf('xz', '-dc', path) : readFileSync(path);
    add(tree, `modules/${module}.ko`, content);
    return [`${module}.ko\n`];
  };
  for (const module of MORE_MODULES) addModule(module);
  add(tree, 'modules/order', MODULES.flatMap(addModule).join(''));
}

function addBusybox(tree: string): void {
  addProgram(tree, { file: '/bin/busybox', debianPackage: 'busybox' });
  symlinkSync('busybox', join(tree, 'bin', 'sh'));
}

/**
 * A folder as the archive that a kernel boots from, everything in it root's. Not compressed: what an emulated kernel computes to
 * unpack it is most of its boot.
 */
function pack(tree: string, archive: string): string {
  run('sh', [
    '-c',
    'cd "$1" && find . -print0 | cpio --null --create --format=newc --owner=+0:+0 --quiet >"$2"',
    'sh',
    tree,
    archive,
  ]);
  return archive;
}

export interface GuestKeys {
  /** Of the server in the machine. */
  readonly hostKeyFile: string;
  /** A line of authorized_keys: who may log in as root and as audit. */
  readonly authorizedKey: string;
}

export interface Images {
  readonly kernel: string;
  readonly initrd: string;
}

/** The newest that was unpacked of the kernel that the tests boot. */
export function testedKernel(): UnpackedKernel {
  const found = findKernel(TESTED_KERNEL);
  if (found === undefined) throw new Error('there is no kernel to boot');
  return found;
}

/**
 * Debian's kernel, and a root file system in memory: busybox, the OpenSSH server of this machine, stuck.c and trouble.c of
 * test/support/guest, and a second kernel for kexec, which restarts the machine.
 *
 * @param withBootTools also what applies sysctl.d and tmpfiles.d, and the configuration that the kernel was built with
 */
export function buildImages(
  folder: string,
  keys: GuestKeys,
  unpackedKernel: UnpackedKernel,
  withBootTools = false,
): Images {
  const { image: kernel, config, modules, trouble } = unpackedKernel;
  const tree = join(folder, 'tree');
  addBusybox(tree);
  addProgram(tree, { file: '/usr/sbin/sshd', debianPackage: 'openssh-server' });
  // From OpenSSH 9.8 on the server is several programs.
  for (const part of ['sshd-session', 'sshd-auth'])
    if (existsSync(`/usr/lib/openssh/${part}`))
      addProgram(tree, { file: `/usr/lib/openssh/${part}`, debianPackage: 'openssh-server' });
  addModules(tree, modules);
  add(tree, 'modules/trouble.ko', readFileSync(trouble));
  add(tree, 'init', readFileSync(join(GUEST, 'init')), 0o755);
  add(
    tree,
    'etc/passwd',
    'root:x:0:0::/root:/bin/sh\naudit:x:1000:1000::/home/audit:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n',
  );
  add(tree, 'etc/group', 'root:x:0:\naudit:x:1000:\nnogroup:x:65534:\n');
  add(tree, 'etc/shadow', 'root:*:19000:0:99999:7:::\naudit:*:19000:0:99999:7:::\n', 0o600);
  add(tree, 'etc/os-release', readFileSync('/etc/os-release'));
  add(tree, 'etc/ssh/host_key', readFileSync(keys.hostKeyFile), 0o600);
  add(tree, 'etc/ssh/authorized_keys', `${keys.authorizedKey}\n`);
  add(
    tree,
    'etc/ssh/sshd_config',
    'Port 22\nHostKey /etc/ssh/host_key\nAuthorizedKeysFile /etc/ssh/authorized_keys\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nUseDNS no\n',
  );
  mkdirSync(join(tree, 'usr', 'local', 'bin'), { recursive: true });
  run('gcc', ['-O1', '-static', '-pthread', '-o', join(tree, 'usr', 'local', 'bin', 'stuck'), join(GUEST, 'stuck.c')]);
  const crash = join(folder, 'crash');
  addBusybox(crash);
  add(crash, 'init', readFileSync(join(GUEST, 'init-of-crash-kernel')), 0o755);
  mkdirSync(join(tree, 'boot'));
  pack(crash, join(tree, 'boot', 'crash.cpio'));
  copyFileSync(kernel, join(tree, 'boot', 'vmlinuz'));
  const kexec = unpackedFolder('kexec-tools') ?? '';
  addProgram(tree, {
    file: join(kexec, 'sbin/kexec'),
    debianPackage: 'kexec-tools',
    runsAs: '/sbin/kexec',
    folder: kexec,
  });
  if (withBootTools) {
    for (const tool of BOOT_TOOLS) addProgram(tree, tool);
    copyFileSync(config, join(tree, 'boot', `config-${basename(modules)}`));
  }
  const initrd = pack(tree, join(folder, 'initrd.cpio'));
  if (statSync(initrd).size < 1024 * 1024) throw new Error('the root file system has hardly anything in it');
  return { kernel, initrd };
}

/** Debian's kernel, and what brings it to the disk of buildDisk. */
export function buildImagesForDisk(folder: string, { image, modules }: UnpackedKernel): Images {
  const tree = join(folder, 'tree-to-disk');
  addBusybox(tree);
  addModules(tree, modules);
  add(tree, 'init', readFileSync(join(GUEST, 'init-to-disk')), 0o755);
  return { kernel: image, initrd: pack(tree, join(folder, 'to-disk.cpio')) };
}

/** The same images with more files, as on a disk that somebody wrote to before the machine was started again. */
export function withFiles(
  { kernel, initrd }: Images,
  folder: string,
  files: Readonly<Record<string, { readonly text: string; readonly mode?: number }>>,
): Images {
  const tree = join(folder, 'more');
  rmSync(tree, { recursive: true, force: true });
  for (const [path, { text, mode }] of Object.entries(files)) add(tree, path, text, mode);
  const more = pack(tree, join(folder, 'more.cpio'));
  const whole = join(folder, 'with-more.cpio');
  // A kernel unpacks one archive after the other.
  writeFileSync(whole, Buffer.concat([readFileSync(initrd), readFileSync(more)]));
  return { kernel, initrd: whole };
}
