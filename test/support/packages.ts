import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the tests run against, and the Debian package that brings it. A path stands where the tool is not on the PATH. */
const NEEDED: readonly { readonly tool: string; readonly package: string; readonly for: string }[] = [
  { tool: '/usr/sbin/sshd', package: 'openssh-server', for: 'SSH against a real server' },
  { tool: '/usr/bin/ssh-keygen', package: 'openssh-client', for: 'keys, agents and the known_hosts oracle' },
  { tool: '/usr/bin/puttygen', package: 'putty-tools', for: 'the command that converts a PuTTY key' },
  { tool: '/usr/bin/sudo', package: 'sudo', for: 'become: sudo' },
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
  { tool: '/usr/bin/python3', package: 'python3-minimal', for: 'the CSV oracle' },
  { tool: '/usr/bin/soffice', package: 'libreoffice-calc', for: 'the CSV formats in a real spreadsheet' },
  { tool: '/usr/bin/chromium', package: 'chromium', for: 'the HTML format in a real browser' },
  { tool: '/usr/bin/faketime', package: 'faketime', for: 'a host whose clock is wrong' },
  { tool: '/usr/bin/ansible-inventory', package: 'ansible-core', for: 'the Ansible inventory oracle' },
  { tool: '/usr/bin/ansible-playbook', package: 'ansible-core', for: 'remedies as a playbook' },
  {
    tool: '/usr/bin/qemu-system-x86_64',
    package: 'qemu-system-x86',
    for: 'a real kernel that hangs, panics and dumps',
  },
  { tool: '/usr/bin/cpio', package: 'cpio', for: 'the root file system of a real kernel' },
  { tool: '/usr/bin/gcc', package: 'gcc', for: 'a process that hangs on its mmap lock' },
  { tool: '/usr/include/pthread.h', package: 'libc6-dev', for: 'a process that hangs on its mmap lock' },
  { tool: '/usr/bin/shellcheck', package: 'shellcheck', for: 'remedies as a shell script' },
  { tool: '/usr/bin/systemd-tmpfiles', package: 'systemd', for: 'remedies in tmpfiles.d' },
  { tool: '/usr/bin/systemd-analyze', package: 'systemd', for: 'the examples of systemd units' },
  { tool: '/usr/lib/systemd/systemd-sysctl', package: 'systemd', for: 'remedies in sysctl.d, as a boot applies them' },
  { tool: '/usr/sbin/sysctl', package: 'procps', for: 'remedies in sysctl.d, as an administrator applies them' },
];

function missing(): typeof NEEDED {
  return NEEDED.filter(({ tool }) => !existsSync(tool));
}

function apt(...args: string[]): boolean {
  return (
    spawnSync('apt-get', ['-q', '-y', '--no-install-recommends', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  );
}

function installed(packages: readonly string[]): boolean {
  return apt('install', ...packages) || (apt('update') && apt('install', ...packages));
}

/**
 * Installs what the tests need where that is possible (Debian, as root). What cannot be had is said loudly; in CI it is
 * a failure, since a test that did not run has shown nothing.
 */
export function ensurePackages(): boolean {
  const wanted = missing();
  if (wanted.length === 0) return true;
  const packages = wanted.map((need) => need.package);
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`test set-up: installing ${packages.join(' ')}`);
    installed(packages);
  }
  const still = missing();
  for (const need of still)
    console.error(`NOT TESTED: ${need.for}: ${need.tool} is missing (Debian package ${need.package})`);
  return still.length === 0 || process.env['CI'] !== 'true';
}

if (import.meta.url === `file://${process.argv[1]}` && !ensurePackages()) {
  console.error('test set-up: in CI nothing may be left untested');
  process.exit(1);
}
