import { FACTS } from '../facts/index.js';
import { EL7 } from '../kernel/families/el7.js';
import type { Family } from '../kernel/families/family.js';
import { UBUNTU_18_04 } from '../kernel/families/ubuntu-18.04.js';
import { defined } from '../language/defined.js';
import type { ConnectFailureCode } from '../model/outcome.js';
import type { HostStatus } from '../model/report.js';
import type { RuleId } from '../model/verdict.js';
import type { Edit } from './edit-recording.js';

/** How a host of the demo behaves on the wire. */
type Behaviour = 'answers' | 'prints-garbage' | 'never-answers' | 'nobody-listens' | 'changed-host-key';

interface Expected {
  readonly status: HostStatus;
  readonly failure?: ConnectFailureCode;
  /** Exactly the rules that fail with severity medium or above. */
  readonly fails?: readonly RuleId[];
  /** At least these rules are unknown. */
  readonly unknown?: readonly RuleId[];
  /** What a hung task does to the machine. */
  readonly hungTask?: string;
}

export interface DemoHost {
  readonly name: string;
  readonly group: string;
  readonly behaviour: Behaviour;
  /** How it differs from the recorded Debian 12. */
  readonly edit: Edit;
  readonly expected: Expected;
}

function release(id: string, version: string, pretty: string): Readonly<Record<string, string>> {
  const text = `NAME="${pretty.split(' ')[0]}"\nVERSION_ID="${version}"\nID=${id}\nPRETTY_NAME="${pretty}"`;
  return { '/etc/os-release': text, '/usr/lib/os-release': text };
}

function kernel(osrelease: string, version: string): Readonly<Record<string, string>> {
  return {
    '/proc/sys/kernel/osrelease': osrelease,
    '/proc/sys/kernel/version': version,
    '/proc/version': `Linux version ${osrelease} (builder@kernward.example) (gcc) ${version}`,
  };
}

/** A file that a boot reads, as the probe tells its lines. */
function bootFile(path: string, ...lines: readonly string[]): readonly string[] {
  return [`file ${path}`, ...lines.map((line, index) => `${path}:${index + 1}:${line}`)];
}

interface Booted {
  /** ` crashkernel=256M`: what is configured, and started. */
  readonly commandLine?: string;
  /** What lies in /boot, the newest first, where that is more than what runs. */
  readonly kernels?: readonly string[];
  /** The boot loader's own files; undefined: they are root's, as Debian's grub-mkconfig makes them. */
  readonly loader?: readonly string[];
}

/** grub.cfg as grub-mkconfig of Ubuntu 18.04 makes it, as far as the probe tells it: everybody may read it there. */
function grubCfg(kernels: readonly string[], commandLine: string, byDefault: string): readonly string[] {
  const [newest = ''] = kernels;
  const linux = (osrelease: string): string => `linux /boot/vmlinuz-${osrelease}${commandLine}`;
  return bootFile(
    '/boot/grub/grub.cfg',
    'set default=${next_entry}',
    `set default=${byDefault}`,
    `menuentry gnulinux-simple-${ROOT}`,
    linux(newest),
    'end',
    `submenu gnulinux-advanced-${ROOT}`,
    ...kernels.flatMap((each) => [`menuentry gnulinux-${each}-advanced-${ROOT}`, linux(each), 'end']),
    'end',
  );
}

/** The file system that the entries of the boot loader are named after. */
const ROOT = '4f6c0d2e-8d4b-4f0e-9a59-1c2c6c0f6b8a';

/** What every boot of the demo's machines starts from; of the kernel's configuration the lines that the probe tells. */
function booted(
  osrelease: string,
  config: readonly string[],
  { commandLine = '', kernels = [osrelease], loader = ['denied /boot/grub/grub.cfg'] }: Booted = {},
): readonly string[] {
  return [
    'systemd',
    'program systemd-sysctl',
    ...kernels.map((each) => `kernel ${each}`),
    'listed /boot',
    ...bootFile('/etc/default/grub', `GRUB_CMDLINE_LINUX=${commandLine}`),
    ...loader,
    ...kernels.flatMap((each) => bootFile(`/boot/config-${each}`, ...config)),
  ];
}

const CONFIG = [
  'CONFIG_PANIC_TIMEOUT=0',
  'CONFIG_DEFAULT_HUNG_TASK_TIMEOUT=120',
  '# CONFIG_BOOTPARAM_HUNG_TASK_PANIC is not set',
  '# CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC is not set',
];
const DEBIAN_CONFIG = [
  ...CONFIG,
  '# CONFIG_PANIC_ON_OOPS is not set',
  '# CONFIG_BOOTPARAM_HARDLOCKUP_PANIC is not set',
  'CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6',
  'CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS=y',
];
const UBUNTU_CONFIG = [...DEBIAN_CONFIG.slice(0, -1), 'CONFIG_TRANSPARENT_HUGEPAGE_MADVISE=y'];
const RHEL_CONFIG = [
  ...CONFIG,
  'CONFIG_PANIC_ON_OOPS=y',
  'CONFIG_BOOTPARAM_HARDLOCKUP_PANIC=y',
  'CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x1',
  'CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS=y',
];

/** Which kernel of Debian the recording is of. */
const RECORDED = '6.1.0-56-amd64';
const DEBIAN_BOOT = booted(RECORDED, DEBIAN_CONFIG);
const DEBIAN_KDUMP_BOOT = booted(RECORDED, DEBIAN_CONFIG, { commandLine: ' crashkernel=256M' });
/** Where the whole group is to panic on a hung task. */
const CLUSTER_CONF = bootFile('/etc/sysctl.d/90-cluster.conf', 'kernel.hung_task_panic = 1', 'kernel.panic = 5');

/** The files of the knobs that a family's kernels lack. */
function lackedBy({ lacks }: Family): readonly string[] {
  const wanted = new Set(lacks);
  return FACTS.flatMap(({ id, origin }) =>
    wanted.has(id) && origin.via === 'file' ? origin.paths.filter((path) => !path.includes('redhat')) : [],
  );
}

/** What no family's list says, and a kernel of 3.10 or 4.15 cannot have: limits of oopses (2022), PSI (4.20), a field of khugepaged. */
const NEWER_THAN_4_15 = [
  '/proc/sys/kernel/oops_limit',
  '/proc/sys/kernel/warn_limit',
  '/sys/kernel/oops_count',
  '/sys/kernel/warn_count',
  '/proc/pressure/memory',
  '/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared',
];

function rhelBoot(osrelease: string, more: Omit<Booted, 'loader'> = {}): readonly string[] {
  return [
    // The boot loader's own files are root's there.
    ...booted(osrelease, RHEL_CONFIG, { ...more, loader: ['denied /boot/grub2/grub.cfg'] }),
    ...bootFile('/usr/lib/sysctl.d/50-default.conf', 'kernel.sysrq = 16'),
  ];
}

function rhel7(osrelease: string, minor: string, build: string): Edit {
  return {
    set: {
      ...release('rhel', minor, `Red Hat Enterprise Linux Server ${minor} (Maipo)`),
      ...kernel(osrelease, build),
      '/proc/sys/kernel/sysrq': '16',
      // One switch for both lockup detectors: it says what kernel.watchdog says.
      '/proc/sys/kernel/nmi_watchdog': '1',
      '/proc/sys/kernel/panic_on_stackoverflow': '0',
      // What RHEL 7 boots with and Debian does not.
      '/proc/sys/kernel/hardlockup_panic': '1',
      '/proc/sys/kernel/panic_on_oops': '1',
      '/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout': '60',
      '/proc/sys/debug/panic_on_rcu_stall': '0',
      '/sys/kernel/mm/transparent_hugepage/defrag': '[always] madvise never',
    },
    without: [
      ...new Set([...lackedBy(EL7), ...NEWER_THAN_4_15]),
      '/sys/kernel/mm/transparent_hugepage/shmem_enabled',
      '/sys/kernel/mm/transparent_hugepage/hpage_pmd_size',
      '/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap',
    ],
    boot: rhelBoot(osrelease),
  };
}

const UBUNTU_KERNELS = ['4.15.0-24-generic', '4.15.0-23-generic'];
/** What both of its machines have installed, whichever they run. */
const UBUNTU_PACKAGES: NonNullable<Edit['packages']> = {
  installed: [
    'dpkg install ok installed linux-image-4.15.0-23-generic 4.15.0-23.25',
    'dpkg install ok installed linux-image-4.15.0-24-generic 4.15.0-24.26',
  ],
  changelog: ['none manager'],
};

function ubuntu(abi: string, upload: string, loader = grubCfg(UBUNTU_KERNELS, '', '0')): Edit {
  return {
    set: {
      ...release('ubuntu', '18.04', 'Ubuntu 18.04 LTS'),
      ...kernel(`${abi}-generic`, `#${upload}-Ubuntu SMP`),
      '/proc/version_signature': `Ubuntu ${abi}.${upload}-generic 4.15.18`,
      '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
    },
    without: [...new Set([...lackedBy(UBUNTU_18_04), ...NEWER_THAN_4_15])],
    packages: UBUNTU_PACKAGES,
    boot: booted(`${abi}-generic`, UBUNTU_CONFIG, { kernels: UBUNTU_KERNELS, loader }),
  };
}

function and(edit: Edit, more: Edit): Edit {
  return {
    set: { ...edit.set, ...more.set },
    without: [...(edit.without ?? []), ...(more.without ?? [])],
    denied: [...(edit.denied ?? []), ...(more.denied ?? [])],
    ...defined({
      parameters: more.parameters,
      packages: more.packages,
      dumps: more.dumps,
      boot: more.boot ?? edit.boot,
    }),
  };
}

/** What a boot applies, beside what the machine already has. */
function boots(edit: Edit, lines: readonly string[]): Edit {
  return { ...edit, boot: [...(edit.boot ?? []), ...lines] };
}

function settings(values: Readonly<Record<string, string | number>>): Edit {
  return {
    set: Object.fromEntries(Object.entries(values).map(([path, value]) => [path, String(value)])),
  };
}

const SYSCTL = '/proc/sys/kernel';
const PANICS_ON_HUNG_TASK = { [`${SYSCTL}/hung_task_panic`]: 1, [`${SYSCTL}/panic`]: 5 };
/** What the probe says of kdump.conf as Red Hat ships it, or of Debian's kdump-tools, with the service enabled. */
function kdump(config: readonly string[], found: string): readonly string[] {
  return ['etc searchable', ...config, 'services visible', 'service enabled', found, 'crash local'];
}
const KDUMP_CONF = [
  'config there /etc/kdump.conf',
  'config none /etc/default/kdump-tools',
  '/etc/kdump.conf:path /var/crash',
  '/etc/kdump.conf:core_collector makedumpfile -l --message-level 1 -d 31',
];
const KDUMP_TOOLS = [
  'config none /etc/kdump.conf',
  'config there /etc/default/kdump-tools',
  '/etc/default/kdump-tools:USE_KDUMP 1',
  '/etc/default/kdump-tools:KDUMP_COREDIR /var/crash',
];

function crashKernel(dumps: readonly string[]): Edit {
  return {
    ...settings({ '/sys/kernel/kexec_crash_loaded': 1, '/sys/kernel/kexec_crash_size': 268_435_456 }),
    parameters: ['/proc/cmdline:crashkernel=256M'],
    dumps,
  };
}

/**
 * A machine on which it has begun: short of memory for a while, three reports of hung tasks taken. 3.10 counts no OOM
 * kills.
 */
const BEGUN: Edit = settings({
  [`${SYSCTL}/hung_task_warnings`]: 7,
  '/proc/uptime': '3628800.12 9876543.21',
  '/proc/vmstat': [
    'nr_free_pages 51234',
    'compact_stall 912344',
    'thp_fault_alloc 80211',
    'thp_fault_fallback 1934007',
    'thp_collapse_alloc 2311',
    'thp_collapse_alloc_failed 40128',
  ].join('\n'),
});

const RHEL_7_8 = rhel7('3.10.0-1127.el7.x86_64', '7.8', '#1 SMP Tue Feb 18 16:39:12 EST 2020');
const RHEL_7_9 = rhel7('3.10.0-1160.el7.x86_64', '7.9', '#1 SMP Tue Aug 18 14:50:17 EDT 2020');

/**
 * The embedded fleet: each host is the recorded Debian 12 of `policies/hosts`, edited into another machine. The
 * founding incident stands first, twice.
 */
export const FLEET: readonly DemoHost[] = [
  {
    name: 'db1.example.com',
    group: 'db',
    behaviour: 'answers',
    edit: boots(and(and(RHEL_7_8, settings(PANICS_ON_HUNG_TASK)), BEGUN), CLUSTER_CONF),
    expected: {
      status: 'failing',
      hungTask: 'reboots',
      fails: [
        'founding-incident',
        'hung-task-auto-reboot',
        'khugepaged-fix-missing',
        'crash-kernel-not-armed',
        'thp-defrag-always',
      ],
    },
  },
  {
    name: 'db2.example.com',
    group: 'db',
    behaviour: 'answers',
    edit: and(and(RHEL_7_8, settings(PANICS_ON_HUNG_TASK)), {
      ...crashKernel(kdump(KDUMP_CONF, 'dumps 0 incomplete 1 flat 0 denied 0')),
      boot: [...rhelBoot('3.10.0-1127.el7.x86_64', { commandLine: ' crashkernel=256M' }), ...CLUSTER_CONF],
    }),
    expected: {
      status: 'failing',
      hungTask: 'dumps-then-reboots',
      fails: ['founding-incident', 'hung-task-auto-reboot', 'khugepaged-fix-missing', 'thp-defrag-always'],
    },
  },
  {
    name: 'db3.example.com',
    group: 'db',
    behaviour: 'answers',
    // Somebody switched off by hand what a file switches on again.
    edit: boots(RHEL_7_9, CLUSTER_CONF),
    expected: {
      status: 'failing',
      hungTask: 'survives',
      // RHEL 7 panics on an oops unless somebody says otherwise, and here nothing restarts it.
      fails: ['panic-freezes', 'crash-kernel-not-armed', 'settings-change-at-next-boot', 'thp-defrag-always'],
    },
  },
  {
    name: 'db4.example.com',
    group: 'db',
    behaviour: 'answers',
    // The update is there and waits for a reboot.
    edit: and(RHEL_7_8, {
      boot: rhelBoot('3.10.0-1127.el7.x86_64', { kernels: ['3.10.0-1160.el7.x86_64', '3.10.0-1127.el7.x86_64'] }),
      packages: {
        installed: ['rpm kernel 3.10.0-1127.el7 x86_64', 'rpm kernel 3.10.0-1160.el7 x86_64'],
        changelog: ['package kernel 3.10.0-1127.el7', 'read 0'],
      },
    }),
    expected: {
      status: 'failing',
      hungTask: 'survives',
      fails: ['khugepaged-fix-missing', 'panic-freezes', 'crash-kernel-not-armed', 'thp-defrag-always'],
    },
  },
  {
    name: 'web1.example.com',
    group: 'web',
    behaviour: 'answers',
    // The update is there, and the next boot starts it.
    edit: ubuntu('4.15.0-23', '25'),
    expected: { status: 'lesser', hungTask: 'survives', fails: ['khugepaged-fix-missing'] },
  },
  {
    name: 'web2.example.com',
    group: 'web',
    behaviour: 'answers',
    // Somebody went back to the older kernel once, and it stayed the default: the next boot loses the fix.
    edit: ubuntu('4.15.0-24', '26', [
      ...grubCfg(UBUNTU_KERNELS, '', '${saved_entry}'),
      ...bootFile(
        '/boot/grub/grubenv',
        `saved_entry=gnulinux-advanced-${ROOT}>gnulinux-4.15.0-23-generic-advanced-${ROOT}`,
      ),
    ]),
    expected: { status: 'lesser', hungTask: 'survives', fails: ['fixes-lost-at-next-boot'] },
  },
  {
    name: 'web3.example.com',
    group: 'web',
    behaviour: 'answers',
    edit: {
      ...settings({ '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never' }),
      boot: [
        ...DEBIAN_BOOT,
        ...bootFile('/etc/tmpfiles.d/thp.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise'),
      ],
    },
    expected: { status: 'clean', hungTask: 'survives', fails: [] },
  },
  {
    name: 'ceph1.example.com',
    group: 'ceph',
    behaviour: 'answers',
    edit: and(
      settings({
        ...PANICS_ON_HUNG_TASK,
        [`${SYSCTL}/softlockup_panic`]: 1,
        [`${SYSCTL}/hardlockup_panic`]: 1,
        [`${SYSCTL}/nmi_watchdog`]: 1,
        [`${SYSCTL}/panic_on_oops`]: 1,
        '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
      }),
      {
        ...crashKernel(kdump(KDUMP_TOOLS, 'dumps 0 incomplete 0 flat 0 denied 0')),
        boot: [
          ...DEBIAN_KDUMP_BOOT,
          ...CLUSTER_CONF,
          ...bootFile(
            '/etc/sysctl.d/91-lockups.conf',
            'kernel.softlockup_panic = 1',
            'kernel.hardlockup_panic = 1',
            'kernel.nmi_watchdog = 1',
            'kernel.panic_on_oops = 1',
          ),
          ...bootFile('/etc/tmpfiles.d/thp.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise'),
        ],
      },
    ),
    expected: { status: 'clean', hungTask: 'dumps-then-reboots', fails: [] },
  },
  {
    name: 'app1.example.com',
    group: 'app',
    behaviour: 'answers',
    // By hand, and no file keeps it.
    edit: { ...settings({ [`${SYSCTL}/softlockup_panic`]: 1, [`${SYSCTL}/panic`]: 10 }), boot: DEBIAN_BOOT },
    expected: {
      status: 'failing',
      hungTask: 'survives',
      fails: ['soft-lockup-auto-reboot', 'crash-kernel-not-armed', 'settings-change-at-next-boot'],
    },
  },
  {
    name: 'app2.example.com',
    group: 'app',
    behaviour: 'answers',
    edit: {
      ...settings(PANICS_ON_HUNG_TASK),
      denied: [`${SYSCTL}/hung_task_panic`, `${SYSCTL}/hung_task_timeout_secs`],
      boot: [...DEBIAN_BOOT, ...CLUSTER_CONF],
    },
    expected: { status: 'undecided', unknown: ['hung-task-auto-reboot'], fails: [] },
  },
  {
    name: 'app3.example.com',
    group: 'app',
    behaviour: 'nobody-listens',
    edit: {},
    expected: { status: 'unreachable', failure: 'refused' },
  },
  {
    name: 'app4.example.com',
    group: 'app',
    behaviour: 'changed-host-key',
    edit: {},
    expected: { status: 'unreachable', failure: 'host-key-changed' },
  },
  {
    name: 'app5.example.com',
    group: 'app',
    behaviour: 'prints-garbage',
    edit: {},
    expected: { status: 'unreachable', failure: 'no-probe-output' },
  },
  {
    name: 'app6.example.com',
    group: 'app',
    behaviour: 'never-answers',
    edit: {},
    expected: { status: 'unreachable', failure: 'probe-timed-out' },
  },
];
