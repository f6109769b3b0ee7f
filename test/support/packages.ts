import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { errorText } from '../../src/transports/error-detail.js';
import { findKernel, knownKernel, TESTED_KERNEL, unpackKernel } from './debian-kernels.js';
import { unpack, unpackedFolder, unpackWithLibraries } from './debian-packages.js';
import { GRAFANA_SCHEMA } from './grafana-schema.js';
import { findDebianChangelog } from './kernel-packages.js';
import { fetchNewNats, hasNats, NATS_PACKAGE } from './nats-server.js';
import { fetchOfNpm, type FromNpm } from './npm-packages.js';
import { canRunOldNodes, oldNode, TOO_OLD } from './old-nodes.js';
import { canMakeRelease, fetchPinnedNode, hasPinnedNode, pinnedNode } from './release-needs.js';
import { SARIF_SCHEMA } from './sarif-schema.js';

interface Need {
  /** A path, since a shell's own search would find what a version manager put before it. */
  readonly tool: string;
  /** A command that succeeds where the tool is whole; without it the file is enough. */
  readonly works?: readonly [string, ...string[]];
  readonly package: string;
  readonly for: string;
}

/**
 * What the tests run against beyond Debian's essential packages and Node, and the package that brings it. Nothing else installs
 * anything: the tests ask whether it is here.
 */
const NEEDED: readonly Need[] = [
  { tool: '/usr/sbin/sshd', package: 'openssh-server', for: 'SSH against a real server' },
  { tool: '/usr/bin/ssh-keygen', package: 'openssh-client', for: 'keys, agents and the known_hosts oracle' },
  { tool: '/usr/bin/openssl', package: 'openssl', for: 'certificates of web and mail servers' },
  { tool: '/usr/bin/puttygen', package: 'putty-tools', for: 'the command that converts a PuTTY key' },
  { tool: '/usr/bin/sudo', package: 'sudo', for: 'become: sudo' },
  { tool: '/usr/sbin/visudo', package: 'sudo', for: 'the lines for sudoers that are printed' },
  { tool: '/usr/sbin/ip', package: 'iproute2', for: 'jump hosts, in network namespaces' },
  { tool: '/usr/bin/nc', package: 'netcat-openbsd', for: 'a ProxyCommand that is a real program' },
  { tool: '/usr/bin/dash', package: 'dash', for: 'the probe under dash' },
  { tool: '/usr/bin/busybox', package: 'busybox', for: 'the probe under busybox ash' },
  { tool: '/usr/bin/mksh', package: 'mksh', for: 'the probe under mksh' },
  { tool: '/usr/bin/ksh93', package: 'ksh93u+m', for: 'the probe under ksh93' },
  { tool: '/usr/bin/setpriv', package: 'util-linux', for: 'the probe as an unprivileged user and under hidepid' },
  { tool: '/usr/bin/strace', package: 'strace', for: 'counting the processes that the probe starts' },
  { tool: '/usr/bin/rpm', package: 'rpm', for: 'the rpm version oracle' },
  { tool: '/usr/bin/rpmbuild', package: 'rpm', for: 'changelogs in a real rpm database' },
  {
    tool: '/usr/share/doc/linux-libc-dev/changelog.Debian.gz',
    package: 'linux-libc-dev',
    for: "a real changelog of Debian's linux",
  },
  { tool: '/usr/bin/gawk', package: 'gawk', for: 'the search of changelogs by gawk' },
  { tool: '/usr/bin/original-awk', package: 'original-awk', for: 'the search of changelogs by the one true awk' },
  { tool: '/usr/share/perl5/Dpkg/Version.pm', package: 'libdpkg-perl', for: 'the dpkg version oracle in bulk' },
  {
    tool: '/usr/bin/python3',
    works: ['/usr/bin/python3', '-c', 'import csv, sqlite3, xml.etree.ElementTree'],
    package: 'python3',
    for: 'the oracles of CSV and of XML, and histories that somebody changed',
  },
  { tool: '/usr/bin/soffice', package: 'libreoffice-calc', for: 'the CSV formats in a real spreadsheet' },
  { tool: '/usr/bin/chromium', package: 'chromium', for: 'the HTML format in a real browser' },
  {
    // Without a glyph a browser asks for another font once for each place in which the character stands.
    tool: '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
    package: 'fonts-droid-fallback',
    for: 'pages in other scripts, as a reader sees them',
  },
  { tool: '/usr/sbin/modprobe', package: 'kmod', for: 'the oracle of modprobe.d' },
  { tool: '/usr/bin/bootctl', package: 'systemd-boot', for: 'the oracle of what systemd-boot starts' },
  { tool: '/usr/bin/mawk', package: 'mawk', for: 'the search of changelogs by mawk' },
  { tool: '/usr/bin/git', package: 'git', for: 'the commit that kernward is of, and its time' },
  { tool: '/usr/bin/lintian', package: 'lintian', for: 'the package for Debian' },
  { tool: '/usr/bin/rpmlint', package: 'rpmlint', for: 'the package for RPM' },
  { tool: '/usr/bin/buildah', package: 'buildah', for: 'the image' },
  { tool: '/usr/bin/eu-strip', package: 'elfutils', for: 'the single executable' },
  { tool: '/usr/bin/perl', package: 'perl-base', for: 'accounts with a password, processes in D state' },
  { tool: '/usr/bin/man', package: 'man-db', for: 'the manual page as its reader sees it' },
  { tool: '/usr/bin/zsh', package: 'zsh', for: 'completion in zsh' },
  { tool: '/usr/bin/fish', package: 'fish', for: 'completion in fish' },
  { tool: '/usr/bin/script', package: 'bsdutils', for: 'a terminal for what is typed' },
  { tool: '/usr/bin/faketime', package: 'faketime', for: 'a host whose clock is wrong' },
  { tool: '/usr/bin/ansible-inventory', package: 'ansible-core', for: 'the Ansible inventory oracle' },
  { tool: '/usr/bin/ansible-playbook', package: 'ansible-core', for: 'remedies as a playbook' },
  {
    tool: '/usr/bin/qemu-system-x86_64',
    package: 'qemu-system-x86',
    for: 'a real kernel that hangs, panics and dumps',
  },
  { tool: '/usr/sbin/mkfs.ext4', package: 'e2fsprogs', for: 'the disk that U-Boot reads' },
  { tool: '/usr/bin/xz', package: 'xz-utils', for: 'the modules of a real kernel' },
  { tool: '/usr/bin/cpio', package: 'cpio', for: 'the root file system of a real kernel' },
  { tool: '/usr/bin/gcc', package: 'gcc', for: 'a process that hangs on its mmap lock' },
  { tool: '/usr/bin/make', package: 'make', for: 'a module that makes a real kernel oops and lock up' },
  { tool: '/usr/include/pthread.h', package: 'libc6-dev', for: 'a process that hangs on its mmap lock' },
  { tool: '/usr/bin/shellcheck', package: 'shellcheck', for: 'remedies as a shell script' },
  { tool: '/usr/bin/systemd-tmpfiles', package: 'systemd', for: 'remedies in tmpfiles.d' },
  { tool: '/usr/bin/systemd-analyze', package: 'systemd', for: 'the examples of systemd units' },
  { tool: '/usr/lib/systemd/systemd-sysctl', package: 'systemd', for: 'remedies in sysctl.d, as a boot applies them' },
  { tool: '/usr/sbin/sysctl', package: 'procps', for: 'remedies in sysctl.d, as an administrator applies them' },
];

/** What is downloaded and unpacked into node_modules/.cache, since the machine itself must not have it. */
interface Unpacked {
  readonly what: string;
  readonly package: () => string;
  readonly isHere: () => boolean;
  readonly unpack: (name: string) => void;
}
const UNPACKED: readonly Unpacked[] = [
  {
    what: 'a real kernel that hangs, panics and dumps',
    package: () => knownKernel(TESTED_KERNEL) ?? TESTED_KERNEL,
    isHere: () => findKernel(TESTED_KERNEL) !== undefined,
    unpack: (name) => unpackKernel(TESTED_KERNEL, name),
  },
  {
    what: 'a crash kernel that is loaded',
    package: () => 'kexec-tools',
    // Looked at anew each time: it is nothing without its libraries.
    isHere: () => false,
    unpack: (name) => unpackWithLibraries(name, 'sbin/kexec'),
  },
  {
    what: "remedies as tuned's own loader reads them",
    package: () => 'tuned',
    isHere: () => false,
    unpack,
  },
  {
    // It would start at every boot where it is installed.
    what: 'sysfs.conf as sysfsutils reads it',
    package: () => 'sysfsutils',
    isHere: () => unpackedFolder('sysfsutils') !== undefined,
    unpack,
  },
  {
    what: 'the oracle of what U-Boot starts by an extlinux.conf',
    package: () => 'u-boot-qemu',
    isHere: () => unpackedFolder('u-boot-qemu') !== undefined,
    unpack,
  },
  {
    // It brings a server that would be started where it is installed.
    what: 'the alerts by promtool',
    package: () => 'prometheus',
    isHere: () => unpackedFolder('prometheus') !== undefined,
    unpack,
  },
  {
    // Likewise.
    what: 'workers and a dispatcher on a real NATS server',
    package: () => NATS_PACKAGE,
    isHere: () => hasNats('old'),
    unpack,
  },
  {
    // Its own release has one that is too old.
    what: 'workers and a dispatcher on a NATS server that they take',
    package: () => NATS_PACKAGE,
    isHere: () => hasNats('new'),
    unpack: fetchNewNats,
  },
  {
    // Images of containers install packages without their documentation.
    what: "a real changelog of Debian's linux",
    package: () => 'linux-libc-dev',
    isHere: () => findDebianChangelog() !== undefined,
    unpack,
  },
];

/** Something that the tests need and this machine does not have: no fault of the product. */
export interface Lack {
  readonly what: string;
  readonly missing: string;
  /** What brings it. */
  readonly command: string;
}

function isHere({ tool, works }: Need): boolean {
  if (!existsSync(tool)) return false;
  return works === undefined || spawnSync(works[0], works.slice(1), { stdio: 'ignore' }).status === 0;
}

const ENVIRONMENT = {
  ...process.env,
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
  // No package starts a service.
  RUNLEVEL: '1',
};

function apt(...args: readonly string[]): boolean {
  return (
    spawnSync('apt-get', ['-q', '-y', '--no-install-recommends', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: ENVIRONMENT,
    }).status === 0
  );
}

/** What apt would do, in its own words: how many packages, how much to download, how much on the disk. */
function planned(packages: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('apt-get', ['install', '--assume-no', '--no-install-recommends', ...packages], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  return (stdout ?? '')
    .split('\n')
    .filter((line) => /newly installed|^Need to get|disk space will be used/u.test(line));
}

function say(text: string): void {
  console.log(`test set-up: ${text}`);
}

function seconds(since: number): string {
  return `${Math.round((performance.now() - since) / 1000)} s`;
}

const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

function install(packages: readonly string[]): void {
  let plan = planned(packages);
  if (plan.length === 0) {
    say('apt-get update, since apt does not know these packages yet');
    apt('update');
    plan = planned(packages);
  }
  say(`installing ${packages.length} Debian packages: ${packages.join(' ')}`);
  for (const line of plan) say(`  ${line.trim()}`);
  say('  this is done once, and takes two or three minutes where the mirror is near');
  const begun = performance.now();
  // One that this release does not have must not cost the others.
  if (!apt('install', ...packages)) for (const name of packages) apt('install', name);
  say(`  done in ${seconds(begun)}`);
}

function bring({ what, package: nameOf, isHere: isHereAlready, unpack: bringIt }: Unpacked): readonly Lack[] {
  if (isHereAlready()) return [];
  const name = nameOf();
  const begun = performance.now();
  try {
    bringIt(name);
    if (performance.now() - begun > 1000) say(`unpacked ${name} (${what}) in ${seconds(begun)}`);
    return [];
  } catch (error) {
    return [{ what, missing: errorText(error), command: `apt-get update && apt-get download ${name}` }];
  }
}

/** What npm has, and what the tests need it for. */
const OF_NPM: readonly { readonly what: string; readonly files: readonly FromNpm[] }[] = [
  { what: 'SARIF against the official schema', files: [SARIF_SCHEMA] },
  { what: "the dashboard against Grafana's types", files: [GRAFANA_SCHEMA] },
  { what: 'what a Node that is too old says', files: canRunOldNodes ? TOO_OLD.map(oldNode) : [] },
];

async function bringOfNpm(): Promise<readonly Lack[]> {
  const lacking = await fetchOfNpm(OF_NPM.flatMap(({ files }) => files));
  return OF_NPM.flatMap(({ what, files }) =>
    files.flatMap((file) => {
      const missing = lacking.get(file);
      return missing === undefined ? [] : [{ what, missing, command: `npm pack ${file.package}` }];
    }),
  );
}

async function bringPinnedNode(): Promise<readonly Lack[]> {
  if (!canMakeRelease || hasPinnedNode()) return [];
  try {
    await fetchPinnedNode();
    return [];
  } catch (error) {
    const { package: name, version } = pinnedNode();
    return [{ what: 'a release', missing: errorText(error), command: `npm pack ${name}@${version}` }];
  }
}

function works(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** What no package brings. */
function lacksOfRights(): readonly Lack[] {
  if (process.getuid?.() !== 0)
    return [
      {
        what: 'accounts, other hosts and jump hosts, in namespaces',
        missing: 'root',
        command: 'npm test, as root of a machine or a container that may be changed',
      },
    ];
  const command = 'run as root with CAP_SYS_ADMIN and CAP_NET_ADMIN: docker run --privileged …';
  return [
    ...(works('unshare', '-m', '--propagation', 'private', 'true')
      ? []
      : [{ what: 'accounts and other hosts', missing: 'a mount namespace (unshare -m)', command }]),
    ...(works('unshare', '-p', '-f', '--mount-proc', 'true')
      ? []
      : [{ what: 'processes that are counted', missing: 'a PID namespace (unshare -p --mount-proc)', command }]),
    ...(works('unshare', '-n', 'true')
      ? []
      : [{ what: 'jump hosts', missing: 'a network namespace (unshare -n)', command }]),
  ];
}

/**
 * Installs and unpacks what the tests need where that is possible (Debian, as root), and says before what it will do.
 *
 * @returns what this machine lacks nevertheless
 */
export async function setUp(): Promise<readonly Lack[]> {
  const wanted = NEEDED.filter((need) => !isHere(need));
  if (wanted.length > 0 && canInstall) install([...new Set(wanted.map((need) => need.package))]);
  const still = NEEDED.filter((need) => !isHere(need));
  const command = `apt-get install --no-install-recommends ${[...new Set(still.map((need) => need.package))].join(' ')}`;
  const lacks = still.map((need): Lack => ({
    what: need.for,
    missing: `${need.tool} (Debian package ${need.package})`,
    command,
  }));
  // What npm downloads comes while apt is waited for, which does one thing at a time.
  const ofNpm = Promise.all([bringOfNpm(), bringPinnedNode()]);
  if (existsSync('/usr/bin/apt-get')) lacks.push(...UNPACKED.flatMap(bring));
  lacks.push(...(await ofNpm).flat());
  return [...lacks, ...lacksOfRights()];
}
