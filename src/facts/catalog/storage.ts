import { known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { fromSaid } from '../kdump-config.js';
import { int, malformed, pairs } from '../parse.js';
import { INT_MAX, UINT_MAX } from '../sysctl.js';

const NFS_MAN = 'https://man7.org/linux/man-pages/man5/nfs.5.html (soft, softerr, hard)';
const NFS_LINE = /^nfs hard ([0-9]{1,6}) soft ([0-9]{1,6})$/;
const NFS_NOTE =
  'Counted on the host from /proc/mounts, as the login sees it; no name of a server or a path leaves the host. A file system that autofs has not mounted is not there.';

/** The counts that the look at /proc/mounts makes (`src/probe/dumps.ts`). */
function nfs(which: 1 | 2): (text: string) => Reading {
  return fromSaid((said) => {
    const found = said.map((line) => NFS_LINE.exec(line)).find((match) => match !== null);
    return found === undefined
      ? unreadable('undetermined', '/proc/mounts could not be read, or was not asked for NFS')
      : known(Number(found[which]), 'counted in /proc/mounts');
  });
}

/**
 * `session1/recovery_tmo:120`, one a line; for ever is kept as -1, which the kernel shows as `off` (show_priv_session_##field() in
 * scsi_transport_iscsi.c). The longest of them counts, and for ever is the longest.
 */
function longestRecovery(text: string): Reading<number> {
  const seconds: number[] = [];
  for (const [path, value] of pairs(text) ?? [['', '']]) {
    if (!/^session[0-9]{1,9}\/recovery_tmo$/.test(path)) return malformed('a number of seconds for each session', text);
    const parsed = int(-INT_MAX, INT_MAX)(`${value === 'off' ? -1 : value}\n`);
    if (parsed.state !== 'known') return parsed;
    seconds.push(parsed.value);
  }
  if (seconds.length === 0) return malformed('a number of seconds for each session', text);
  return known(seconds.some((value) => value < 0) ? -1 : seconds.reduce((most, value) => Math.max(most, value)), text);
}

/** `dm-0/dm/suspended:0`, one a line. */
function suspended(text: string): Reading<number> {
  let count = 0;
  for (const [path, value] of text === '' ? [] : (pairs(text) ?? [['', '']])) {
    if (!/^dm-[0-9]{1,9}\/dm\/suspended$/.test(path) || (value !== '0' && value !== '1'))
      return malformed('0 or 1 for each device', text);
    if (value === '1') count += 1;
  }
  return known(count, text);
}

/** Where a task can wait for storage, and for how long: what a hung task is made of. */
export const STORAGE: readonly FactDefinition[] = [
  {
    id: 'mounts.nfs_hard',
    title: 'NFS file systems that are mounted hard',
    type: { kind: 'int', min: 0, max: 999_999 },
    unit: 'count',
    since: 'every kernel that has /proc',
    sources: [NFS_MAN, 'nfs_show_mount_options() in fs/nfs/super.c, Debian linux 6.1.176-1'],
    origin: { via: 'command', sections: ['dumps'], readFrom: '/proc/mounts, counted on the host' },
    parse: nfs(1),
    samples: [
      { text: 'crash local\nnfs hard 2 soft 1\n', known: 2 },
      { text: 'nfs hard 0 soft 0\n', known: 0 },
      { text: 'crash local\n', otherwise: 'undetermined' },
    ],
    note: `Hard is the default. ${NFS_NOTE}`,
  },
  {
    id: 'mounts.nfs_soft',
    title: 'NFS file systems that are mounted soft or softerr',
    type: { kind: 'int', min: 0, max: 999_999 },
    unit: 'count',
    since: 'every kernel that has /proc',
    sources: [NFS_MAN, 'nfs_show_mount_options() in fs/nfs/super.c, Debian linux 6.1.176-1'],
    origin: { via: 'command', sections: ['dumps'], readFrom: '/proc/mounts, counted on the host' },
    parse: nfs(2),
    samples: [
      { text: 'nfs hard 2 soft 1\n', known: 1 },
      { text: '', otherwise: 'undetermined' },
    ],
    note: NFS_NOTE,
  },
  {
    id: 'iscsi.recovery_timeout',
    title: 'How long a lost iSCSI session is waited for before its I/O fails',
    type: { kind: 'int', min: -1, max: INT_MAX },
    unit: 's',
    since: 'in 6.1.176; not looked up',
    sources: [
      'session->recovery_tmo in drivers/scsi/scsi_transport_iscsi.c, Debian linux 6.1.176-1',
      'node.session.timeo.replacement_timeout in /etc/iscsi/iscsid.conf, Debian open-iscsi 2.1.8-1',
    ],
    origin: {
      via: 'glob',
      section: 'locked',
      directories: ['/sys/class/iscsi_session'],
      patterns: ['session*/recovery_tmo'],
      mayBeEmpty: false,
    },
    parse: longestRecovery,
    samples: [
      { text: 'session1/recovery_tmo:120\n', known: 120 },
      { text: 'session1/recovery_tmo:5\nsession2/recovery_tmo:120\n', known: 120 },
      { text: 'session1/recovery_tmo:off\nsession2/recovery_tmo:120\n', known: -1 },
      { text: 'session1/recovery_tmo:\n', otherwise: 'malformed' },
      { text: '', otherwise: 'malformed' },
    ],
    note: 'The longest of all sessions; -1: for ever (the file says `off`). Until then the target is blocked and what waits for it is in uninterruptible sleep. Absent: no session. A multipath device may queue beyond it (`queue_if_no_path`), which no file shows to a login without privileges.',
  },
  {
    id: 'module.nvme_core.io_timeout',
    title: 'How long an NVMe request may take before the driver acts',
    type: { kind: 'int', min: 0, max: UINT_MAX },
    unit: 's',
    since: 'in 6.1.176; not looked up (older kernels: a parameter of the module nvme)',
    bootParameter: 'nvme_core.io_timeout=',
    sources: [
      'nvme_io_timeout in drivers/nvme/host/core.c, Debian linux 6.1.176-1',
      'https://docs.aws.amazon.com/ebs/latest/userguide/timeout-nvme-ebs-volumes.html',
    ],
    origin: {
      via: 'file',
      section: 'sysfs',
      paths: ['/sys/module/nvme_core/parameters/io_timeout', '/sys/module/nvme/parameters/io_timeout'],
    },
    parse: int(0, UINT_MAX),
    samples: [
      { text: '30\n', known: 30 },
      { text: '4294967295\n', known: 4_294_967_295 },
      { text: '', otherwise: 'malformed' },
    ],
    note: 'The kernel’s default is 30. Amazon asks for 4294967295 on its volumes: the request then waits for as long as the volume does, where it would fail otherwise. Absent: the driver is not loaded.',
  },
  {
    id: 'dm.suspended',
    title: 'Device-mapper devices that are suspended at this moment',
    type: { kind: 'int', min: 0, max: 999_999 },
    unit: 'count',
    since: 'in 6.1.176; not looked up',
    sources: ['dm_attr_suspended_show() in drivers/md/dm-sysfs.c, Debian linux 6.1.176-1: takes no mutex'],
    origin: {
      via: 'glob',
      section: 'locked',
      directories: ['/sys/block'],
      patterns: ['dm-*/dm/suspended'],
      mayBeEmpty: true,
    },
    parse: suspended,
    samples: [
      { text: '', known: 0 },
      { text: 'dm-0/dm/suspended:0\ndm-1/dm/suspended:1\n', known: 1 },
      { text: 'dm-0/dm/suspended:2\n', otherwise: 'malformed' },
    ],
    note: 'One look. A snapshot or a new table suspends a device for a moment; a device that stays suspended holds all of its I/O, and whoever waits for it is a hung task. /sys/block is read, no device.',
  },
];
