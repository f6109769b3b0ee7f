import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isHere } from './debian-tool.js';

/** Depends on the newest of Debian's kernels for virtual machines. */
const META_PACKAGE = 'linux-image-cloud-amd64';
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'kernward-test');
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

function run(command: string, args: readonly string[], cwd = '/'): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The newest kernel's package, as the meta package depends on it. */
function knownKernel(): string | undefined {
  return /Depends: (linux-image-\S+)/.exec(
    spawnSync('apt-cache', ['depends', META_PACKAGE], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
}

function kernelPackage(): string | undefined {
  const known = knownKernel();
  if (known !== undefined || process.getuid?.() !== 0) return known;
  spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', timeout: 300_000 });
  return knownKernel();
}

/** A package of Debian's, downloaded and unpacked, never installed. Kept from one run of the tests to the next. */
function unpacked(name: string): string | undefined {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  const scratch = mkdtempSync(join(tmpdir(), 'kernward-package-'));
  try {
    if (
      spawnSync('apt-get', ['download', '-q', name], { cwd: scratch, stdio: 'ignore', timeout: 300_000 }).status !== 0
    )
      return undefined;
    const [file = ''] = readdirSync(scratch);
    mkdirSync(CACHE, { recursive: true });
    const half = mkdtempSync(join(CACHE, 'half-'));
    run('dpkg-deb', ['--extract', join(scratch, file), half]);
    renameSync(half, folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Packages {
  readonly kernel: string;
  readonly kexecTools: string;
}

function packages(): Packages | undefined {
  const name = process.arch === 'x64' ? kernelPackage() : undefined;
  const kernel = name === undefined ? undefined : unpacked(name);
  const kexecTools = kernel === undefined ? undefined : unpacked('kexec-tools');
  return kernel === undefined || kexecTools === undefined ? undefined : { kernel, kexecTools };
}

let found: { readonly packages: Packages | undefined } | undefined;
function downloaded(): Packages | undefined {
  return (found ??= { packages: packages() }).packages;
}

/** For `describe`: skips loudly where no kernel can be booted, except in CI, where that is a failure. */
export function needsRealKernel(): { readonly skip: string | false } {
  const missing = [
    '/usr/bin/qemu-system-x86_64',
    '/usr/bin/cpio',
    '/usr/bin/gcc',
    '/bin/busybox',
    '/usr/sbin/sshd',
  ].filter((tool) => !existsSync(tool));
  const isAll =
    missing.length === 0 && isHere(downloaded() !== undefined, 'a kernel to boot', `${META_PACKAGE}, kexec-tools`);
  if (missing.length > 0) isHere(false, missing.join(', '), 'see test/support/packages.ts');
  return { skip: isAll ? false : 'no kernel can be booted here' };
}

/** Puts a program, and the libraries of this machine that it is linked with, where it is run. */
function addProgram(tree: string, program: string, as = program): void {
  const linked = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
  cpSync(program, join(tree, as), { dereference: true });
  for (const library of linked)
    if (library !== program && existsSync(library)) cpSync(library, join(tree, library), { dereference: true });
}

function add(tree: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content, { mode });
}

function addModules(tree: string, kernel: string): void {
  const [release = ''] = readdirSync(join(kernel, 'lib', 'modules'));
  const files = readdirSync(join(kernel, 'lib', 'modules', release), { recursive: true, encoding: 'utf8' });
  const order = MODULES.flatMap((module) => {
    const file = files.find((path) => path.endsWith(`/${module}.ko`) || path.endsWith(`/${module}.ko.xz`));
    if (file === undefined) return [];
    const path = join(kernel, 'lib', 'modules', release, file);
    const content = file.endsWith('.xz')
      ? spawnSync('xz', ['-dc', path], { maxBuffer: 64 * 1024 * 1024 }).stdout
      : readFileSync(path);
    add(tree, `modules/${module}.ko`, content);
    return [`${module}.ko\n`];
  });
  add(tree, 'modules/order', order.join(''));
}

function addBusybox(tree: string): void {
  addProgram(tree, '/bin/busybox');
  symlinkSync('busybox', join(tree, 'bin', 'sh'));
}

/** A folder as the archive that a kernel boots from, everything in it root's. */
function pack(tree: string, archive: string): string {
  run('sh', [
    '-c',
    'cd "$1" && find . -print0 | cpio --null --create --format=newc --owner=+0:+0 --quiet | gzip -1 >"$2"',
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

/**
 * Debian's kernel, and a root file system in memory: busybox, the OpenSSH server of this machine, and
 * test/support/guest/stuck.c.
 *
 * @param withCrashKernel also a second kernel for kexec, which restarts the machine
 */
export function buildImages(folder: string, keys: GuestKeys, withCrashKernel = false): Images {
  const have = downloaded();
  if (have === undefined) throw new Error('there is no kernel to boot');
  const boot = join(have.kernel, 'boot');
  const kernel = join(boot, readdirSync(boot).find((name) => name.startsWith('vmlinuz-')) ?? '');
  const tree = join(folder, 'tree');
  addBusybox(tree);
  addProgram(tree, '/usr/sbin/sshd');
  // From OpenSSH 9.8 on the server is several programs.
  for (const part of ['sshd-session', 'sshd-auth'])
    if (existsSync(`/usr/lib/openssh/${part}`)) addProgram(tree, `/usr/lib/openssh/${part}`);
  addModules(tree, have.kernel);
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
  if (withCrashKernel) {
    const crash = join(folder, 'crash');
    addBusybox(crash);
    add(crash, 'init', readFileSync(join(GUEST, 'init-of-crash-kernel')), 0o755);
    mkdirSync(join(tree, 'boot'));
    pack(crash, join(tree, 'boot', 'crash.cpio.gz'));
    cpSync(kernel, join(tree, 'boot', 'vmlinuz'));
    addProgram(tree, join(have.kexecTools, 'sbin', 'kexec'), '/sbin/kexec');
  }
  const initrd = pack(tree, join(folder, 'initrd.cpio.gz'));
  if (statSync(initrd).size < 1024 * 1024) throw new Error('the root file system has hardly anything in it');
  return { kernel, initrd };
}
