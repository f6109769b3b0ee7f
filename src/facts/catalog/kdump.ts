import { absent, known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { fromConfig, fromSaid, KDUMP_CONF, KDUMP_TOOLS, quoted, type Dumps } from '../kdump-config.js';
import { malformed } from '../parse.js';

const RHEL_CONF = 'kdump.conf(5): https://git.almalinux.org/rpms/kexec-tools/raw/branch/c8/SOURCES/kdump.conf.5';
const RHEL_RESPONSES =
  'https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/managing_monitoring_and_updating_the_kernel/supported-default-failure-responses_supported-kdump-configurations-and-targets';
const DEBIAN_CONF = 'https://manpages.ubuntu.com/manpages/kinetic/en/man5/kdump-tools.5.html';
const DEBIAN_SCRIPT = '/usr/sbin/kdump-config and /etc/init.d/kdump-tools, Debian kdump-tools 1:1.8.1';

const SINCE = 'any; read for the kdump of Red Hat (kdump.conf) and of Debian and Ubuntu (kdump-tools)';
const BAKED =
  'The crash kernel works with the configuration that was there when the kdump service built its initramfs.';

const KDUMP_TARGETS = ['local', 'device', 'raw', 'nfs', 'ssh', 'ftp', 'virtiofs'] as const;
const RHEL_5_DEFAULT =
  'https://docs.redhat.com/en/documentation/Red_Hat_Enterprise_Linux/5/html/deployment_guide/s3-kdump-configuration-cli-action';
const FINAL_ACTIONS = ['reboot', 'halt', 'poweroff'] as const;
const FAILURE_ACTIONS = [
  'unset',
  'reboot',
  'halt',
  'poweroff',
  'shell',
  'dump_to_rootfs',
  'mount_root_run_init',
] as const;

const TARGET_BY_KEY: Readonly<Record<string, (typeof KDUMP_TARGETS)[number]>> = {
  nfs: 'nfs',
  nfs4: 'nfs',
  NFS: 'nfs',
  ssh: 'ssh',
  SSH: 'ssh',
  FTP: 'ftp',
  raw: 'raw',
  virtiofs: 'virtiofs',
  ext2: 'device',
  ext3: 'device',
  ext4: 'device',
  xfs: 'device',
  btrfs: 'device',
  minix: 'device',
};

const target = fromConfig((config, file) => {
  const keys = [...config.keys()].filter((key) => key in TARGET_BY_KEY);
  if (config.has('net')) return unreadable('undetermined', `${file} says net, which is NFS or ssh`);
  const targets = [...new Set(keys.map((key) => TARGET_BY_KEY[key] ?? 'local'))];
  const [only = 'local'] = targets;
  return targets.length > 1
    ? unreadable('undetermined', `${file} names several targets: ${keys.join(', ')}`)
    : known(only, quoted(config, keys, file));
});

function oneOf(
  value: string,
  actions: readonly string[],
  config: ReadonlyMap<string, string>,
  keys: readonly string[],
  file: string,
): Reading {
  return actions.includes(value)
    ? known(value, quoted(config, keys, file))
    : unreadable('undetermined', `${quoted(config, keys, file)}: not one of ${actions.join(', ')}`);
}

const finalAction = fromConfig((config, file) =>
  file === KDUMP_CONF
    ? oneOf(config.get('final_action') ?? 'reboot', FINAL_ACTIONS, config, ['final_action'], file)
    : known('reboot', `${file} has no setting for it: the service runs reboot -f when the dump is saved`),
);

const failureAction = fromConfig((config, file) => {
  const keys = file === KDUMP_CONF ? ['failure_action', 'default'] : ['KDUMP_FAIL_CMD'];
  const value =
    keys.map((key) => config.get(key)).find((found) => found !== undefined && found !== '') ??
    (file === KDUMP_CONF ? 'unset' : 'reboot');
  return oneOf(value.replace(/^reboot -f$/, 'reboot'), FAILURE_ACTIONS, config, keys, file);
});

function setting(conf: string, tools: string, otherwise: string): (text: string) => Reading {
  return fromConfig((config, file) => {
    const key = file === KDUMP_CONF ? conf : tools;
    const value = config.get(key);
    return known(value === undefined || value === '' ? otherwise : value, quoted(config, [key], file));
  });
}

/** Where kdump-tools is there its own service counts, else that of Red Hat and SUSE; `service masked` alone: a recording of old. */
function isMasked({ said, file }: Dumps): boolean {
  const services =
    file === '' || file === KDUMP_CONF ? ['kdump'] : file === KDUMP_TOOLS ? ['kdump-tools'] : ['kdump', 'kdump-tools'];
  return said.includes('service masked') || services.every((name) => said.includes(`service masked ${name}`));
}

/**
 * What USE_KDUMP makes of an enabled service: /etc/init.d/kdump-tools starts where it is a number and not 0, and kdump-config refuses what
 * is not set, empty or 0 (check_kdump_support()); kdump-tools 1:1.8.1.
 */
function refusesToLoad({ config, file }: Dumps): Reading<boolean> | undefined {
  if (!file.includes(KDUMP_TOOLS)) return undefined;
  const use = (config?.get('USE_KDUMP') ?? '').trim();
  if (use === '') return known(false, `USE_KDUMP is not set in ${KDUMP_TOOLS}`);
  if (/^0+$/.test(use)) return known(false, `USE_KDUMP is ${use} in ${KDUMP_TOOLS}`);
  return /^[0-9]+$/.test(use)
    ? undefined
    : unreadable('undetermined', `what USE_KDUMP is in ${KDUMP_TOOLS} is no number that was shown`);
}

const enabled = fromSaid((said, dumps) => {
  if (dumps.denied === KDUMP_TOOLS)
    return unreadable('denied', `${KDUMP_TOOLS} may not be read, and it can switch kdump off`);
  const refused = refusesToLoad(dumps);
  if (refused !== undefined) return refused;
  if (isMasked(dumps)) return known(false, 'a kdump service is masked in /etc/systemd/system');
  if (said.includes('service enabled'))
    return known(true, 'a kdump service is linked into a systemd target or a runlevel');
  return said.includes('services visible')
    ? known(false, 'no kdump service is linked into any target in /etc/systemd/system')
    : unreadable('undetermined', '/etc/systemd/system cannot be looked at, so it is not known what starts at boot');
});

/** What the probe found of /var/crash, then its counts. */
const COUNTS = /^dumps ([0-9]{1,9}) incomplete ([0-9]{1,9}) flat ([0-9]{1,9}) denied ([0-9]{1,9})$/;

function dumps(which: 1 | 2 | 3): (text: string) => Reading {
  return fromSaid((said) => {
    if (said.includes('crash none')) return absent('/var can be searched and has no crash');
    if (said.includes('crash denied')) return unreadable('denied', '/var/crash may not be read');
    if (said.includes('crash elsewhere'))
      return unreadable(
        'undetermined',
        '/var/crash is a file system of its own, a symbolic link, or on one that is not known to be local: looking into it could hang',
      );
    const counts = said.map((line) => COUNTS.exec(line)).find((match) => match !== null);
    if (counts === undefined) return malformed('counts of dumps', said.join('; '));
    if (counts[4] !== '0') return unreadable('denied', `${counts[4]} directories in /var/crash may not be read`);
    return known(
      Number(counts[which]),
      `/var/crash, which holds ${counts[1]} complete, ${counts[2]} unfinished or empty and ${counts[3]} flattened`,
    );
  });
}

const ETC = 'etc searchable\n';
const NO_CONFIG = `${ETC}config none /etc/kdump.conf\nconfig none /etc/default/kdump-tools\n`;
const CONF = `${ETC}config there /etc/kdump.conf\nconfig none /etc/default/kdump-tools\n`;
const TOOLS = `${ETC}config none /etc/kdump.conf\nconfig there /etc/default/kdump-tools\n`;

const command = { via: 'command', sections: ['dumps'] } as const;
const COUNT = { kind: 'int', min: 0, max: 999_999_999 } as const;
const CRASH_NOTE =
  'Looked for in the directories of /var/crash, only where that lies on the file system of / or /var (a path on a network file system could hang the probe) and no symbolic link leads there. Only counts leave the host.';

/** Whether a panic would leave a dump that can be opened: what kdump is set up to do, and what it did before. */
export const KDUMP: readonly FactDefinition[] = [
  {
    id: 'kdump.enabled',
    title: 'A kdump service starts at boot',
    type: { kind: 'bool' },
    since: SINCE,
    sources: [
      'https://www.freedesktop.org/software/systemd/man/latest/systemctl.html',
      'kdump-tools.service and USE_KDUMP, Debian kdump-tools 1:1.8.1',
    ],
    origin: command,
    parse: enabled,
    samples: [
      { text: `${CONF}service enabled\nservices visible\n`, known: true },
      { text: `${NO_CONFIG}services visible\n`, known: false },
      { text: `${NO_CONFIG}service enabled\nservice masked\nservices visible\n`, known: false },
      { text: `${NO_CONFIG}service enabled\nservice masked kdump\nservices visible\n`, known: false },
      { text: `${TOOLS}/etc/default/kdump-tools:USE_KDUMP 0\nservice enabled\nservices visible\n`, known: false },
      { text: `${TOOLS}/etc/default/kdump-tools:USE_KDUMP 1\nservice enabled\nservices visible\n`, known: true },
      { text: `${TOOLS}service enabled\nservices visible\n`, known: false },
      { text: NO_CONFIG, otherwise: 'undetermined' },
    ],
    note: 'From the links that `systemctl enable` makes, without asking systemd; with kdump-tools, `USE_KDUMP` that is not set, empty or 0 counts as not enabled.',
  },
  {
    id: 'kdump.target',
    title: 'Where kdump writes the dump',
    type: { kind: 'enum', values: KDUMP_TARGETS },
    since: SINCE,
    sources: [RHEL_CONF, DEBIAN_CONF],
    origin: command,
    parse: target,
    samples: [
      { text: CONF, known: 'local' },
      { text: `${CONF}/etc/kdump.conf:ssh\n/etc/kdump.conf:core_collector makedumpfile -F -l -d 31\n`, known: 'ssh' },
      { text: `${TOOLS}/etc/default/kdump-tools:NFS\n`, known: 'nfs' },
      { text: `${CONF}/etc/kdump.conf:ssh\n/etc/kdump.conf:nfs\n`, otherwise: 'undetermined' },
      { text: NO_CONFIG, otherwise: 'absent' },
    ],
    note: `\`local\`: the file system that holds the path; \`device\`: a file system of its own. Host, user and device never leave the host. ${BAKED}`,
  },
  {
    id: 'kdump.path',
    title: 'Directory of the dumps, at the target',
    type: { kind: 'string' },
    since: SINCE,
    sources: [RHEL_CONF, DEBIAN_CONF],
    origin: command,
    parse: setting('path', 'KDUMP_COREDIR', '/var/crash'),
    samples: [
      { text: CONF, known: '/var/crash' },
      { text: `${CONF}/etc/kdump.conf:path /srv/dumps\n`, known: '/srv/dumps' },
      { text: `${TOOLS}/etc/default/kdump-tools:KDUMP_COREDIR /var/crash\n`, known: '/var/crash' },
      { text: `${ETC}config denied /etc/kdump.conf\n`, otherwise: 'denied' },
    ],
  },
  {
    id: 'kdump.core_collector',
    title: 'What copies the memory into the dump',
    type: { kind: 'string' },
    since: SINCE,
    sources: [RHEL_CONF, DEBIAN_SCRIPT],
    origin: command,
    parse: setting('core_collector', 'MAKEDUMP_ARGS', 'default'),
    samples: [
      { text: CONF, known: 'default' },
      {
        text: `${CONF}/etc/kdump.conf:core_collector makedumpfile -l --message-level 7 -d 31\n`,
        known: 'makedumpfile -l --message-level 7 -d 31',
      },
      { text: `${TOOLS}/etc/default/kdump-tools:MAKEDUMP_ARGS -c -d 31\n`, known: '-c -d 31' },
      { text: 'Welcome!\n', otherwise: 'malformed' },
    ],
    note: 'On Debian and Ubuntu the arguments of makedumpfile alone. Only known programs, options and numbers leave the host; any other word shows as `?`. `default`: the file names none.',
  },
  {
    id: 'kdump.final_action',
    title: 'What kdump does when the dump is saved',
    type: { kind: 'enum', values: FINAL_ACTIONS },
    since: SINCE,
    sources: [RHEL_CONF, RHEL_RESPONSES, DEBIAN_SCRIPT],
    origin: command,
    parse: finalAction,
    samples: [
      { text: CONF, known: 'reboot' },
      { text: `${CONF}/etc/kdump.conf:final_action poweroff\n`, known: 'poweroff' },
      { text: TOOLS, known: 'reboot' },
      { text: `${CONF}/etc/kdump.conf:final_action ?\n`, otherwise: 'undetermined' },
      { text: NO_CONFIG, otherwise: 'absent' },
    ],
    note: BAKED,
  },
  {
    id: 'kdump.failure_action',
    title: 'What kdump does when the dump cannot be saved',
    type: { kind: 'enum', values: FAILURE_ACTIONS },
    since: SINCE,
    sources: [RHEL_5_DEFAULT, RHEL_CONF, RHEL_RESPONSES, DEBIAN_SCRIPT],
    origin: command,
    parse: failureAction,
    samples: [
      { text: CONF, known: 'unset' },
      { text: `${CONF}/etc/kdump.conf:failure_action shell\n`, known: 'shell' },
      { text: `${CONF}/etc/kdump.conf:default halt\n`, known: 'halt' },
      { text: `${TOOLS}/etc/default/kdump-tools:KDUMP_FAIL_CMD reboot -f\n`, known: 'reboot' },
      { text: `${TOOLS}/etc/default/kdump-tools:KDUMP_FAIL_CMD ? ? ? reboot -f\n`, otherwise: 'undetermined' },
    ],
    note: `\`unset\`: kdump.conf does not say; that is reboot from RHEL 7 on, and on RHEL 5 and 6 the root file system is mounted and init run. \`default\` is the older name of the setting in kdump.conf. ${BAKED}`,
  },
  {
    id: 'dumps.complete',
    title: 'Dumps in /var/crash that look complete',
    type: COUNT,
    unit: 'count',
    since: SINCE,
    sources: [RHEL_CONF, DEBIAN_SCRIPT],
    origin: command,
    parse: dumps(1),
    samples: [
      { text: 'dumps 2 incomplete 0 flat 0 denied 0\n', known: 2 },
      { text: 'crash none\n', otherwise: 'absent' },
      { text: 'crash denied\n', otherwise: 'denied' },
      { text: 'crash elsewhere\n', otherwise: 'undetermined' },
      { text: 'dumps 2 incomplete 0 flat 0 denied 1\n', otherwise: 'denied' },
    ],
    note: CRASH_NOTE,
  },
  {
    id: 'dumps.incomplete',
    title: 'Dumps in /var/crash that were never finished, or are empty',
    type: COUNT,
    unit: 'count',
    since: SINCE,
    sources: [DEBIAN_SCRIPT, RHEL_CONF],
    origin: command,
    parse: dumps(2),
    samples: [
      { text: 'dumps 0 incomplete 1 flat 0 denied 0\n', known: 1 },
      { text: '', otherwise: 'malformed' },
    ],
    note: `A dump is written as \`vmcore-incomplete\` or \`dump-incomplete\` and renamed when it is whole. ${CRASH_NOTE}`,
  },
  {
    id: 'dumps.flat',
    title: 'Dumps in /var/crash in the flattened format',
    type: COUNT,
    unit: 'count',
    since: SINCE,
    sources: ['https://manpages.ubuntu.com/manpages/bionic/man8/makedumpfile.8.html', RHEL_CONF],
    origin: command,
    parse: dumps(3),
    samples: [{ text: 'dumps 0 incomplete 0 flat 3 denied 0\n', known: 3 }],
    note: `Files that end in \`.flat\`; \`makedumpfile -R\` rearranges them. ${CRASH_NOTE}`,
  },
  {
    id: 'pstore.backend',
    title: 'Where the kernel keeps the last lines of its log over a panic',
    type: { kind: 'string' },
    since: '3.10 or earlier',
    bootParameter: 'pstore.backend=',
    sources: [
      'https://www.kernel.org/doc/Documentation/ABI/testing/pstore',
      'pstore_register() in fs/pstore/platform.c',
    ],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/module/pstore/parameters/backend'] },
    parse: (text) => {
      const name = /^([a-z0-9_-]{1,64}|\(null\))\n$/.exec(text)?.[1];
      return name === undefined ? malformed('the name of a backend', text) : known(name === '(null)' ? '' : name, text);
    },
    samples: [
      { text: '(null)\n', known: '' },
      { text: 'efi_pstore\n', known: 'efi_pstore' },
      { text: 'erst\n', known: 'erst' },
      { text: '', otherwise: 'malformed' },
    ],
    note: 'Empty: none has registered. Absent: the kernel has no pstore, or its module is not loaded. A name that was given with `pstore.backend=` shows even where nothing of that name exists.',
  },
];
