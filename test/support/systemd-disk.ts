import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { UnpackedKernel } from './debian-kernels.js';
import { fillOnce, unpack } from './debian-packages.js';
import type { GuestKeys } from './real-kernel.js';
import { within } from './within.js';

/** Debian as it is installed, less what no setting depends on. */
const PACKAGES = ['systemd', 'dbus', 'tuned', 'procps', 'openssh-server', 'iproute2'];
const SIZE_MIB = 600;
/** What makes things happen in a guest, out of busybox. */
const APPLETS = ['insmod', 'lsmod', 'mke2fs', 'fsfreeze', 'watchdog'];

function run(command: string, ...args: readonly string[]): void {
  runWith('', command, ...args);
}

/** @param programs a folder in which it finds programs that are not installed; '' for none */
function runWith(programs: string, command: string, ...args: readonly string[]): void {
  const { PATH = '', ...others } = process.env;
  const env = { ...others, PATH: programs === '' ? PATH : `${programs}${delimiter}${PATH}` };
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: within(900_000), env });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** The name of the release that this machine is of. */
function codename(): string {
  return /^VERSION_CODENAME=(?<name>\w+)$/mu.exec(readFileSync('/etc/os-release', 'utf8'))?.groups?.['name'] ?? '';
}

/** Debian with systemd and tuned in an archive, made by mmdebstrap out of Debian's packages once. */
function systemdRoot(): string {
  const folder = fillOnce(
    `root-with-systemd-of-${codename()}`,
    () => true,
    (into) => {
      const programs = join(unpack('mmdebstrap'), 'usr', 'bin');
      // It calls a filter of its own by name.
      runWith(
        programs,
        'perl',
        join(programs, 'mmdebstrap'),
        '--variant=essential',
        `--include=${PACKAGES.join(',')}`,
        '--aptopt=APT::Install-Recommends "false"',
        ...['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
        codename(),
        join(into, 'root.tar'),
      );
    },
  );
  return join(folder, 'root.tar');
}

/**
 * A disk with Debian on it, for a kernel: the real systemd is its first process. The SSH server, the accounts and the network
 * are those of the other guests.
 */
export function buildDisk(folder: string, keys: GuestKeys, { config, modules, trouble }: UnpackedKernel): string {
  const tree = join(folder, 'disk');
  mkdirSync(tree, { recursive: true });
  run('tar', '-C', tree, '--exclude=./dev/*', '-xf', systemdRoot());
  const add = (path: string, content: string | Uint8Array, mode = 0o644): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    rmSync(join(tree, path), { force: true });
    writeFileSync(join(tree, path), content, { mode });
  };
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    symlinkSync(to, join(tree, path));
  };
  appendFileSync(join(tree, 'etc/passwd'), 'audit:x:1000:1000::/home/audit:/bin/sh\n');
  appendFileSync(join(tree, 'etc/group'), 'audit:x:1000:\n');
  appendFileSync(join(tree, 'etc/shadow'), 'audit:*:19000:0:99999:7:::\n');
  mkdirSync(join(tree, 'home/audit'), { recursive: true });
  // Without one everything would be as on a first boot.
  add('etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
  add('etc/hostname', 'vm\n');
  add('etc/fstab', '');
  add('etc/ssh/host_key', readFileSync(keys.hostKeyFile), 0o600);
  add('etc/ssh/authorized_keys', `${keys.authorizedKey}\n`);
  add(
    'etc/ssh/sshd_config',
    'Port 22\nHostKey /etc/ssh/host_key\nAuthorizedKeysFile /etc/ssh/authorized_keys\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nUseDNS no\n',
  );
  add(
    'etc/systemd/system/address.service',
    '[Unit]\nBefore=ssh.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "ip link set lo up; ip link set eth0 up; ip address add 10.0.2.15/24 dev eth0"\n[Install]\nWantedBy=multi-user.target\n',
  );
  link('etc/systemd/system/multi-user.target.wants/address.service', '/etc/systemd/system/address.service');
  rmSync(join(tree, 'etc/systemd/system/multi-user.target.wants/tuned.service'));
  // They would wait for a terminal that nobody has.
  for (const unit of ['serial-getty@ttyS0.service', 'getty@tty1.service'])
    link(`etc/systemd/system/${unit}`, '/dev/null');
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' });
  if (!files.some((name) => basename(name).startsWith('virtio_blk.ko')))
    throw new Error(`${modules} has no driver of the disk`);
  add('modules/trouble.ko', readFileSync(trouble));
  mkdirSync(join(tree, 'boot'), { recursive: true });
  copyFileSync(config, join(tree, 'boot', `config-${basename(modules)}`));
  copyFileSync('/bin/busybox', join(tree, 'usr/local/sbin/busybox'));
  for (const applet of APPLETS)
    if (!existsSync(join(tree, 'usr/sbin', applet)) && !existsSync(join(tree, 'usr/bin', applet)))
      link(`usr/local/sbin/${applet}`, 'busybox');
  const disk = join(folder, 'disk.img');
  run('chown', '-R', '1000:1000', join(tree, 'home/audit'));
  run('/sbin/mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree, disk, `${SIZE_MIB}M`);
  rmSync(tree, { recursive: true, force: true });
  return disk;
}
