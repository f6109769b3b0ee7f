import { absent, known, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed, MAX_TEXT, oneLine, pairs, string } from '../parse.js';
import { ALWAYS } from '../sysctl.js';

const UNAME = 'https://man7.org/linux/man-pages/man2/uname.2.html';
const OS_RELEASE = 'https://www.freedesktop.org/software/systemd/man/latest/os-release.html';
const PROC = 'https://docs.kernel.org/filesystems/proc.html';

/**
 * One shell-quoted value of os-release(5); undefined for what that page does not allow. Nothing is ever run or
 * expanded.
 */
function unquoted(word: string): string | undefined {
  if (/^'[^']*'$/.test(word)) return word.slice(1, -1);
  if (/^"(?:[^"\\`$]|\\["\\`$])*"$/.test(word)) return word.slice(1, -1).replace(/\\(.)/g, '$1');
  return /^[A-Za-z0-9._+~:/@%,-]*$/.test(word) ? word : undefined;
}

function osRelease(name: string, toReading: (value: string, raw: string) => Reading) {
  return (text: string): Reading => {
    if (text.length > MAX_TEXT) return malformed('an os-release file', text);
    // The last assignment wins, as in a shell.
    const line = text.split('\n').findLast((candidate) => candidate.startsWith(`${name}=`));
    if (line === undefined) return absent(`os-release was read and does not say ${name}`);
    const value = unquoted(line.slice(name.length + 1));
    return value === undefined || oneLine(line) === undefined || value === ''
      ? malformed(`a value for ${name}`, line)
      : toReading(value, line);
  };
}

const DEBIAN_12 =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
const CENTOS_7 =
  'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n';

function osFact(id: string, name: string, title: string, debian: string): FactDefinition {
  return {
    id,
    title,
    type: { kind: 'string' },
    since: 'any; a distribution of 2012 or later',
    sources: [OS_RELEASE],
    origin: { via: 'file', section: 'identity', paths: ['/etc/os-release', '/usr/lib/os-release'] },
    parse: osRelease(name, known),
    samples: [
      { text: DEBIAN_12, known: debian },
      { text: `${name}='${debian}'`, known: debian },
      { text: 'SOMETHING=else\n', otherwise: 'absent' },
      { text: `${name}=$(reboot)\n`, otherwise: 'malformed' },
      { text: `${name}="a\u001b[31m"\n`, otherwise: 'malformed' },
    ],
  };
}

function uname(field: string, file: string, title: string, sample: string): FactDefinition {
  return {
    id: `uname.${field}`,
    title,
    type: { kind: 'string' },
    since: ALWAYS,
    sources: [UNAME, 'https://docs.kernel.org/admin-guide/sysctl/kernel.html#ostype-osrelease-version'],
    origin: { via: 'file', section: 'identity', paths: [`/proc/sys/kernel/${file}`] },
    parse: string,
    samples: [{ text: `${sample}\n`, known: sample }],
  };
}

function machine(text: string): Reading {
  const line = oneLine(text);
  return line !== undefined && /^[A-Za-z0-9_.-]{1,64}$/.test(line)
    ? known(line, text)
    : malformed('the output of uname -m', text);
}

function uptime(text: string): Reading {
  const seconds = /^([0-9]{1,12})\.[0-9]{2} [0-9]{1,15}\.[0-9]{2}$/.exec(oneLine(text) ?? '')?.[1];
  return seconds === undefined ? malformed('two numbers of seconds', text) : known(Number(seconds), text);
}

function bootId(text: string): Reading {
  const line = oneLine(text) ?? '';
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(line) ? known(line, text) : malformed('a UUID', text);
}

/** `livepatch_cve_1/enabled:1`, one a line: the names of which `file` says 1. */
function livepatchesWhere(file: 'enabled' | 'transition') {
  return (text: string): Reading => {
    const found: string[] = [];
    for (const [path, value] of pairs(text) ?? [['', '']]) {
      const [, name, which] = /^(?:patches\/)?([A-Za-z0-9_.+-]{1,64})\/(\w+)$/.exec(path) ?? [];
      if (name === undefined || which !== file || (value !== '0' && value !== '1'))
        return malformed('0 or 1 for each live patch', text);
      if (value === '1') found.push(name);
    }
    return known(found.sort(), text);
  };
}

/** Which kernel runs, since when, under which distribution. */
export const IDENTITY: readonly FactDefinition[] = [
  uname('sysname', 'ostype', 'Name of the operating system', 'Linux'),
  uname('release', 'osrelease', 'Release of the running kernel', '6.1.0-53-cloud-amd64'),
  uname('version', 'version', 'Build of the running kernel', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-09)'),
  {
    id: 'uname.machine',
    title: 'Architecture of the running kernel',
    type: { kind: 'string' },
    since: ALWAYS,
    sources: [UNAME],
    origin: { via: 'command', sections: ['machine'] },
    parse: machine,
    samples: [
      { text: 'x86_64\n', known: 'x86_64' },
      { text: 'aarch64\n', known: 'aarch64' },
      { text: '\n', otherwise: 'malformed' },
    ],
    note: 'A login under `setarch` (a 32-bit personality) makes this name the 32-bit architecture.',
  },
  {
    id: 'proc.version',
    title: 'The kernel with its compiler and builder',
    type: { kind: 'string' },
    since: ALWAYS,
    sources: [PROC],
    origin: { via: 'file', section: 'identity', paths: ['/proc/version'] },
    parse: string,
    samples: [
      {
        text: 'Linux version 3.10.0-1160.el7.x86_64 (mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ) #1 SMP Mon Oct 19 16:18:59 UTC 2020\n',
        known:
          'Linux version 3.10.0-1160.el7.x86_64 (mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ) #1 SMP Mon Oct 19 16:18:59 UTC 2020',
      },
    ],
  },
  {
    id: 'proc.version_signature',
    title: 'Ubuntu: package and upstream stable base of the running kernel',
    type: { kind: 'string' },
    since: 'Ubuntu kernels (in 4.4.0-187 and 5.15.0-185)',
    sources: ['fs/proc/version_signature.c, Ubuntu linux 4.4.0-187'],
    origin: { via: 'file', section: 'identity', paths: ['/proc/version_signature'] },
    parse: string,
    samples: [{ text: 'Ubuntu 4.15.0-42.45-generic 4.15.18\n', known: 'Ubuntu 4.15.0-42.45-generic 4.15.18' }],
  },
  osFact('os.id', 'ID', 'Distribution, in one word', 'debian'),
  osFact('os.version_id', 'VERSION_ID', 'Version of the distribution', '12'),
  osFact('os.name', 'NAME', 'Name of the distribution', 'Debian GNU/Linux'),
  osFact('os.pretty_name', 'PRETTY_NAME', 'Name and version of the distribution', 'Debian GNU/Linux 12 (bookworm)'),
  {
    id: 'os.id_like',
    title: 'Distributions that this one is made from',
    type: { kind: 'list' },
    since: 'any; a distribution of 2012 or later',
    sources: [OS_RELEASE],
    origin: { via: 'file', section: 'identity', paths: ['/etc/os-release', '/usr/lib/os-release'] },
    parse: osRelease('ID_LIKE', (value, raw) =>
      known(
        value.split(' ').filter((word) => word !== ''),
        raw,
      ),
    ),
    samples: [
      { text: CENTOS_7, known: ['rhel', 'fedora'] },
      { text: DEBIAN_12, otherwise: 'absent' },
    ],
  },
  {
    id: 'boot.uptime',
    title: 'Time since boot',
    type: { kind: 'int', min: 0 },
    unit: 's',
    since: ALWAYS,
    sources: [PROC],
    origin: { via: 'file', section: 'identity', paths: ['/proc/uptime'] },
    parse: uptime,
    samples: [
      { text: '2201.45 4316.02\n', known: 2201 },
      { text: '18022401.07 71212.00\n', known: 18_022_401 },
      { text: '12\n', otherwise: 'malformed' },
    ],
  },
  {
    id: 'boot.id',
    title: 'Random name of this boot',
    type: { kind: 'string' },
    since: ALWAYS,
    sources: ['https://man7.org/linux/man-pages/man4/random.4.html'],
    origin: { via: 'file', section: 'identity', paths: ['/proc/sys/kernel/random/boot_id'] },
    parse: bootId,
    samples: [
      { text: 'ae4e29ac-9d4d-4e6c-9c0d-6a1a62b2fbb1\n', known: 'ae4e29ac-9d4d-4e6c-9c0d-6a1a62b2fbb1' },
      { text: 'ae4e29ac\n', otherwise: 'malformed' },
    ],
  },
  {
    id: 'kernel.livepatches',
    title: 'Live patches in force',
    type: { kind: 'list' },
    since: 'between 3.11 and 4.4 upstream, 3.10.0-1160.el7 (Red Hat 7)',
    sources: ['https://docs.kernel.org/livepatch/livepatch.html'],
    origin: {
      via: 'glob',
      section: 'sysfs',
      directories: ['/sys/kernel/livepatch'],
      patterns: ['*/enabled'],
      mayBeEmpty: true,
    },
    parse: livepatchesWhere('enabled'),
    samples: [
      { text: '', known: [] },
      { text: 'livepatch_cve_1/enabled:1\nold/enabled:0\n', known: ['livepatch_cve_1'] },
      { text: 'x/enabled:2\n', otherwise: 'malformed' },
    ],
    note: 'A live patch changes neither `uname -r` nor the package version.',
  },
  {
    id: 'kernel.kpatches',
    title: 'Live patches in force that kpatch brought with its own module',
    type: { kind: 'list' },
    since: 'kpatch up to 0.9, which has its own core where the kernel has no livepatch (RHEL 7.0 to 7.5, Ubuntu 14.04)',
    sources: [
      'kpatch_init() in kmod/core/core.c of https://github.com/dynup/kpatch; the folder patches before its commit 0bb5c10 (0.4.0)',
    ],
    origin: {
      via: 'glob',
      section: 'sysfs',
      directories: ['/sys/kernel/kpatch'],
      patterns: ['*/enabled', 'patches/*/enabled'],
      mayBeEmpty: true,
    },
    parse: livepatchesWhere('enabled'),
    samples: [
      { text: '', known: [] },
      { text: 'kpatch_3_10_0_693_1_1/enabled:1\n', known: ['kpatch_3_10_0_693_1_1'] },
      { text: 'patches/kpatch_cve_1/enabled:1\npatches/old/enabled:0\n', known: ['kpatch_cve_1'] },
      { text: 'x/enabled:2\n', otherwise: 'malformed' },
    ],
    note: 'Absent: its module is not loaded. A patch that it loads may set taint U instead of K.',
  },
  {
    id: 'kernel.livepatches_in_transition',
    title: 'Live patches that are being put in force, or taken out',
    type: { kind: 'list' },
    since: 'in 6.1.176; not looked up',
    sources: [
      'https://docs.kernel.org/livepatch/livepatch.html#consistency-model',
      'transition_show() in kernel/livepatch/core.c, Debian linux 6.1.176-1',
    ],
    origin: {
      via: 'glob',
      section: 'sysfs',
      directories: ['/sys/kernel/livepatch'],
      patterns: ['*/transition'],
      mayBeEmpty: true,
    },
    parse: livepatchesWhere('transition'),
    samples: [
      { text: '', known: [] },
      { text: 'livepatch_cve_1/transition:0\n', known: [] },
      { text: 'livepatch_cve_1/transition:1\n', known: ['livepatch_cve_1'] },
      { text: 'livepatch_cve_1/enabled:1\n', otherwise: 'malformed' },
    ],
    note: 'A task moves to the new code when it sleeps outside of what is patched, or leaves the kernel; one that hangs inside keeps the transition from ending.',
  },
];
