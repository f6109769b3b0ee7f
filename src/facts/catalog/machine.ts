import { known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed, oneLine, pairs } from '../parse.js';
import { IN_RHEL_6 } from '../sysctl.js';

const VIRT_C = 'src/basic/virt.c of systemd, which reads the same files';

/** Beginning of a DMI string → what the machine runs on. */
const BY_DMI: readonly (readonly [string, string])[] = [
  ['KVM', 'kvm'],
  ['OpenStack', 'kvm'],
  ['KubeVirt', 'kvm'],
  ['Google Compute Engine', 'google'],
  ['Amazon EC2', 'amazon'],
  ['QEMU', 'qemu'],
  ['VMware', 'vmware'],
  ['VMW', 'vmware'],
  ['innotek GmbH', 'virtualbox'],
  ['VirtualBox', 'virtualbox'],
  ['Xen', 'xen'],
  ['Bochs', 'bochs'],
  ['Parallels', 'parallels'],
  ['BHYVE', 'bhyve'],
  ['Hyper-V', 'hyperv'],
  ['Apple Virtualization', 'apple'],
];
const VIRTUALIZATION_TYPES = ['container', ...new Set(BY_DMI.map(([, type]) => type))] as const;

const CONTAINER_MARKS = ['/run/systemd/container', '/run/.containerenv', '/.dockerenv'];
/** Hyper-V, Azure with it: the vendor also makes machines (Surface), and the name alone may be anybody's. */
const HYPER_V = ['Microsoft Corporation', 'Virtual Machine'] as const;
/** What a paravirtual clock of the kernel is called → whose guest it is in. KVM comes first: its guests may show Hyper-V's clock too. */
const BY_CLOCK: readonly (readonly [RegExp, (typeof VIRTUALIZATION_TYPES)[number]])[] = [
  [/^kvm-clock$/, 'kvm'],
  [/^xen$/, 'xen'],
  [/^hyperv_/, 'hyperv'],
];
const CLOCKS = '/sys/devices/system/clocksource/clocksource0/available_clocksource';
const CLOCK_SOURCES = ['arch/x86/kernel/kvmclock.c, arch/x86/xen/time.c, arch/x86/hyperv/hv_init.c, RHEL 3.10.0-1062'];
const DMI = ['product_name', 'sys_vendor', 'board_vendor', 'bios_vendor'].map((name) => `/sys/class/dmi/id/${name}`);
const XEN = '/sys/hypervisor/type';
/** Amazon's bare-metal machines carry the same vendor; their product name ends in `.metal`. */
function isBareMetal(lines: readonly (readonly [string, string])[]): boolean {
  return lines.some(([path, value]) => path.endsWith('/product_name') && /\.metal(?:-\w+)?$/.test(value));
}

function virtualization(text: string): Reading {
  const lines = pairs(text);
  if (lines === undefined) return malformed('lines of DMI strings', text);
  if (lines.some(([path]) => CONTAINER_MARKS.includes(path))) return known('container', text);
  if (lines.some(([path, value]) => path === XEN && value === 'xen')) return known('xen', text);
  for (const path of isBareMetal(lines) ? [] : DMI)
    for (const [, value] of lines.filter(([found]) => found === path))
      for (const [start, type] of BY_DMI) if (value.startsWith(start)) return known(type, text);
  if (HYPER_V.every((word, at) => lines.some(([path, value]) => path === DMI[1 - at] && value === word)))
    return known('hyperv', text);
  const clocks = lines.flatMap(([path, value]) => (path === CLOCKS ? value.split(' ') : []));
  for (const [name, type] of BY_CLOCK) if (clocks.some((clock) => name.test(clock))) return known(type, text);
  return unreadable(
    'undetermined',
    'no file tells whether this is a virtual machine (the CPU would, and is not asked)',
  );
}

const XEN_CAPABILITIES = '/proc/xen/capabilities';

/** A guest sees the firmware of Xen's hvmloader, which calls itself Xen; the first domain that of the machine. */
function isXenFirstDomain(text: string): Reading {
  const lines = pairs(text);
  if (lines === undefined) return malformed('lines that tell of Xen', text);
  if (lines.some(([path, value]) => path === XEN_CAPABILITIES && value.includes('control_d'))) return known(true, text);
  if (lines.some(([path, value]) => DMI.includes(path) && value.startsWith('Xen'))) return known(false, text);
  const isOnXen = lines.some(
    ([path, value]) =>
      (path === XEN && value === 'xen') || (path === CLOCKS && value.split(' ').some((clock) => clock === 'xen')),
  );
  return isOnXen
    ? unreadable('undetermined', `this is on Xen, and ${XEN_CAPABILITIES} does not tell whether it is the first domain`)
    : known(false, text);
}

/** What drivers/watchdog/softdog.c calls itself. */
const SOFTDOG = 'Software Watchdog';

function watchdogs(text: string): Reading {
  const names = new Set<string>();
  const states = new Map<string, string>();
  const software = new Set<string>();
  for (const [path, value] of pairs(text) ?? [['', '']]) {
    const found = /^(watchdog[0-9]{1,4})\/(dev|state|identity)$/.exec(path);
    if (found?.[1] === undefined) return malformed('watchdogs and their states', text);
    names.add(found[1]);
    if (found[2] === 'state' && (value === 'active' || value === 'inactive')) states.set(found[1], value);
    if (found[2] === 'identity' && value === SOFTDOG) software.add(found[1]);
  }
  for (const name of software) if (states.get(name) === 'active') states.set(name, 'software');
  const silent = [...names].find((name) => !states.has(name));
  if (silent !== undefined)
    return unreadable('undetermined', `this kernel does not say whether ${silent} is armed (CONFIG_WATCHDOG_SYSFS)`);
  return known(Object.fromEntries([...states].sort(([a], [b]) => (a < b ? -1 : 1))), text);
}

function device(text: string): Reading {
  const line = oneLine(text) ?? '';
  return /^[0-9]{1,4}:[0-9]{1,7}$/.test(line) ? known(line, text) : malformed('the number of a device', text);
}

/** What the machine is made of, as far as files say. */
export const MACHINE: readonly FactDefinition[] = [
  {
    id: 'virtualization.type',
    title: 'What kind of virtual machine or container this is',
    type: { kind: 'enum', values: VIRTUALIZATION_TYPES },
    since: 'any',
    sources: [
      'https://www.freedesktop.org/software/systemd/man/latest/systemd-detect-virt.html',
      VIRT_C,
      ...CLOCK_SOURCES,
    ],
    // Not in a section with globs: the marks of containers are empty files, and there an empty file is a doubt.
    origin: { via: 'files', section: 'identity', paths: [...CONTAINER_MARKS, XEN, ...DMI, CLOCKS] },
    parse: virtualization,
    samples: [
      {
        text: '/sys/class/dmi/id/product_name:Standard PC (i440FX + PIIX, 1996)\n/sys/class/dmi/id/sys_vendor:QEMU\n',
        known: 'qemu',
      },
      { text: '/sys/class/dmi/id/sys_vendor:Amazon EC2\n/sys/class/dmi/id/product_name:t3.large\n', known: 'amazon' },
      {
        text: '/sys/class/dmi/id/sys_vendor:Amazon EC2\n/sys/class/dmi/id/product_name:m5.metal\n',
        otherwise: 'undetermined',
      },
      { text: '/sys/class/dmi/id/sys_vendor:Dell Inc.\n', otherwise: 'undetermined' },
      {
        text: '/sys/class/dmi/id/product_name:Virtual Machine\n/sys/class/dmi/id/sys_vendor:Microsoft Corporation\n',
        known: 'hyperv',
      },
      { text: `/sys/class/dmi/id/sys_vendor:Nutanix\n${CLOCKS}:kvm-clock tsc acpi_pm \n`, known: 'kvm' },
      { text: '/run/systemd/container:lxc\n', known: 'container' },
      { text: '/.dockerenv:\n', known: 'container' },
      { text: '', otherwise: 'undetermined' },
    ],
    note: 'From the names that the firmware gives, and the clocks of guests: kvm-clock, hyperv_… and xen (which Xen’s first domain has too). It never says "a physical machine": a guest may show neither. Only the CPU could prove that, and /proc/cpuinfo is not read, because on a large x86 machine that interrupts every CPU, the stuck one too.',
  },
  {
    id: 'xen.first_domain',
    title: 'This is Xen’s first domain (dom0), which manages the hypervisor',
    type: { kind: 'bool' },
    since: 'any',
    sources: [
      VIRT_C,
      'capabilities_read() in drivers/xen/xenfs/super.c: control_d in the initial domain, and nothing elsewhere',
      'tools/firmware/hvmloader/smbios.c of Xen: the vendor of guests is Xen',
    ],
    origin: { via: 'files', section: 'identity', paths: [XEN_CAPABILITIES, XEN, ...DMI, CLOCKS] },
    parse: isXenFirstDomain,
    samples: [
      { text: `${XEN_CAPABILITIES}:control_d\n${XEN}:xen\n/sys/class/dmi/id/sys_vendor:Dell Inc.\n`, known: true },
      { text: `${XEN}:xen\n/sys/class/dmi/id/product_name:HVM domU\n/sys/class/dmi/id/sys_vendor:Xen\n`, known: false },
      { text: '/sys/class/dmi/id/sys_vendor:QEMU\n', known: false },
      { text: `${XEN}:xen\n/sys/class/dmi/id/sys_vendor:Dell Inc.\n`, otherwise: 'undetermined' },
      { text: `/sys/class/dmi/id/sys_vendor:Dell Inc.\n${CLOCKS}:xen tsc hpet acpi_pm \n`, otherwise: 'undetermined' },
    ],
    note: 'Its crash kernel is the hypervisor’s: see `kexec.in_hypervisor`.',
  },
  {
    id: 'watchdog.devices',
    title: 'Hardware watchdogs, and whether they are armed',
    type: { kind: 'map' },
    since: 'the state is shown where the kernel is built with CONFIG_WATCHDOG_SYSFS',
    sources: [
      'https://docs.kernel.org/admin-guide/abi-testing.html (sysfs-class-watchdog)',
      'https://docs.kernel.org/watchdog/watchdog-api.html',
      'identity_show() in drivers/watchdog/watchdog_dev.c and softdog_info in drivers/watchdog/softdog.c, Debian linux 6.1.176-1',
    ],
    origin: {
      via: 'glob',
      section: 'locked',
      directories: ['/sys/class/watchdog'],
      patterns: ['watchdog*/dev', 'watchdog*/state', 'watchdog*/identity'],
      mayBeEmpty: true,
    },
    parse: watchdogs,
    samples: [
      { text: '', known: {} },
      { text: 'watchdog0/dev:248:0\nwatchdog0/state:active\n', known: { watchdog0: 'active' } },
      {
        text: 'watchdog0/dev:248:0\nwatchdog0/state:active\nwatchdog0/identity:Software Watchdog\n',
        known: { watchdog0: 'software' },
      },
      {
        text: 'watchdog0/dev:248:0\nwatchdog0/state:inactive\nwatchdog0/identity:Software Watchdog\n',
        known: { watchdog0: 'inactive' },
      },
      {
        text: 'watchdog0/dev:248:0\nwatchdog0/state:active\nwatchdog0/identity:i6300ESB timer\n',
        known: { watchdog0: 'active' },
      },
      { text: 'watchdog0/dev:248:0\n', otherwise: 'undetermined' },
    ],
    note: 'Of the watchdog core alone: `watchdog.misc` says whether a driver is there at all. An armed watchdog may reset a machine that `kernel.panic=0` leaves frozen. `software` is softdog, armed: a timer of the same kernel, which after a panic runs only where it was started on the CPU that panicked. `inactive` says that no program opened it: one that the firmware started is fed by the kernel itself and says so too.',
  },
  {
    id: 'watchdog.misc',
    title: 'The device /dev/watchdog, whatever driver it has',
    type: { kind: 'string' },
    since: IN_RHEL_6,
    sources: ['misc_register() in drivers/char/ipmi/ipmi_watchdog.c and drivers/watchdog, RHEL 3.10.0-1062'],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/class/misc/watchdog/dev'] },
    parse: device,
    samples: [
      { text: '10:130\n', known: '10:130' },
      { text: '', otherwise: 'malformed' },
    ],
    note: 'Its device number. The watchdog core registers it too. Where it is there and `watchdog.devices` shows none, the driver does not use the core (ipmi_watchdog; many of RHEL 7; all of RHEL 6), and nothing shows whether it is armed.',
  },
];
