import { UNREADABLE, type Facts } from './readings.js';

/** What real kernels do, written down from their sources and not from the model. Outcome `?`: it must not be claimed. */
export interface Row {
  readonly name: string;
  readonly trigger: 'hung_task' | 'oops' | 'soft_lockup' | 'hard_lockup' | 'oom' | 'rcu_stall' | 'warn';
  readonly facts: Facts;
  readonly outcome: 'survives' | 'reboots' | 'dumps-then-reboots' | 'freezes' | 'not-detected' | '?';
  /** `reboots`, `reboot_by`, `reboot_after` where the row is about them. */
  readonly reboots?: boolean | '?';
  readonly by?: string;
  readonly after?: number | 'absent' | '?';
  readonly evidence: string;
}

function table(
  trigger: Row['trigger'],
  evidence: string,
  rows: readonly Omit<Row, 'trigger' | 'evidence'>[],
): readonly Row[] {
  return rows.map((row) => ({ ...row, trigger, evidence }));
}

const HUNG_TASK_C = 'kernel/hung_task.c, Debian linux 6.1.192-2';
const PANIC_C = 'kernel/panic.c, Debian linux 6.1.192-2';
const P = 'sysctl.kernel.hung_task_panic';
const T = 'sysctl.kernel.hung_task_timeout_secs';
const W = 'sysctl.kernel.hung_task_warnings';
const D = 'sysctl.kernel.tainted';
const R = 'uname.release';
const KP = 'sysctl.kernel.panic';
const KDUMP = 'kexec.crash_loaded';
const FIRMWARE = 'the hypervisor or the firmware';

/** One kernel of each column of the hung-task truth table, and what it does when panic is 1 and no warnings are left. */
const KERNELS: readonly (readonly [string, 'reboots' | 'survives' | '?', string])[] = [
  [
    '3.10.0-514.el7.x86_64',
    'survives',
    'RHEL 7.3 kernel/hung_task.c returns before the panic test when no warnings are left',
  ],
  ['4.4.0-187-generic', 'survives', 'Ubuntu 4.4.0-187: if (!sysctl_hung_task_warnings) return'],
  ['4.4.230', 'survives', 'base of Ubuntu 4.4.0-187'],
  ['3.10.0-1062.el7.x86_64', 'reboots', 'RHEL 7.7: if (!warnings && !panic) return'],
  ['3.10.0-1127.19.1.el7.x86_64', 'reboots', 'RHEL 7.8, after 7.7'],
  ['3.10.0-1160.el7.x86_64', 'reboots', 'RHEL 7.9'],
  ['4.14.99', 'reboots', 'stable increment 4.14.99'],
  ['4.15.0-42-generic', 'reboots', 'Ubuntu 4.15.0-42'],
  ['5.4.0-216-generic', 'reboots', 'Ubuntu 5.4.0-216.236'],
  ['5.15.0-185-generic', 'reboots', 'Ubuntu 5.15.0-185.195'],
  ['6.1.0-51-amd64', 'reboots', HUNG_TASK_C],
  ['6.12.117', 'reboots', 'Debian linux 6.12.117-1~deb12u1'],
  ['6.18.3-arch1-1', 'reboots', 'before the count of 6.19'],
  ['6.19.0', 'reboots', 'mainline 00b5cdeb9fe7'],
  ['7.0.0-rc1', 'reboots', 'mainline 00b5cdeb9fe7'],
  ['3.10.0-693.el7.x86_64', '?', 'between RHEL 7.3 and 7.7: not read'],
  ['3.10.0-514.26.2.el7.x86_64', '?', 'a z-stream of RHEL 7.3: not read'],
  ['4.4.231', '?', 'after the last 4.4 that was read'],
  ['4.4.180-94.164-default', '?', 'SUSE 4.4: not read'],
  ['4.9.0-19-amd64', '?', 'mainline commit that changed it not found; only a vendor 4.9.319 was read'],
  ['3.10.0-229.14.1.el7.x86_64', 'survives', 'RHEL 7.1: if (!sysctl_hung_task_warnings) return'],
  ['3.10.0-327.36.3.el7.x86_64', 'survives', 'RHEL 7.2: the changelogs up to -514 do not change it'],
  ['2.6.32-131.0.15.el6.x86_64', 'survives', 'RHEL 6.1: if (!sysctl_hung_task_warnings) return'],
  ['2.6.32-504.16.2.el6.x86_64', 'survives', 'RHEL 6.6, the same'],
  ['2.6.32-573.3.1.el6.x86_64', 'survives', 'RHEL 6.7, the same'],
  ['2.6.32-642.el6.x86_64', 'survives', 'RHEL 6.8, before -685'],
  ['2.6.32-696.el6.x86_64', 'reboots', 'RHEL 6.9: "allow hung_task_panic when hung_task_warnings is 0" in -685'],
  ['2.6.32-754.25.1.el6.x86_64', 'reboots', 'RHEL 6.10: if (!warnings && !panic) return'],
  ['2.6.32-71.29.1.el6.x86_64', '?', 'RHEL 6.0 was not read'],
  ['weird', '?', 'cannot be placed'],
];

const hungTask: readonly Row[] = KERNELS.flatMap(([release, whenUsedUp, evidence]): readonly Row[] => {
  const on: Facts = { [R]: release, [KP]: 5 };
  const row = (name: string, facts: Facts, outcome: Row['outcome'], source = HUNG_TASK_C): Row => ({
    name: `${release}: ${name}`,
    trigger: 'hung_task',
    facts: { ...on, ...facts },
    outcome,
    evidence: source,
  });
  return [
    row('timeout 0, panic 0', { [T]: 0 }, 'not-detected'),
    row('timeout 0, panic 1', { [T]: 0, [P]: 1 }, 'not-detected'),
    row('timeout 0, panic 1, no warnings left', { [T]: 0, [P]: 1, [W]: 0 }, 'not-detected'),
    row('panic 0', {}, 'survives'),
    row('panic 0, no warnings left', { [W]: 0 }, 'survives'),
    row('panic 0, oopsed', { [D]: 128 }, 'not-detected'),
    row('panic 1', { [P]: 1 }, 'reboots'),
    row('panic 1, endless warnings', { [P]: 1, [W]: -1 }, 'reboots'),
    row('panic 1, no warnings left', { [P]: 1, [W]: 0 }, whenUsedUp, evidence),
    row('panic 1, oopsed', { [P]: 1, [D]: 128 }, 'not-detected'),
    row('panic 1, oopsed among other taints', { [P]: 1, [D]: 4096 + 128 + 1 }, 'not-detected'),
    row('panic 1, other taints', { [P]: 1, [D]: 262144 + 65536 + 16384 + 512 + 64 + 1 }, 'reboots'),
    row(
      'no detector compiled in',
      { [T]: null, [P]: null, [W]: null, 'sysctl.kernel.hung_task_check_count': null },
      'not-detected',
    ),
    row('a scan of no threads', { [P]: 1, 'sysctl.kernel.hung_task_check_count': 0 }, 'not-detected'),
    row('a scan of few threads', { [P]: 1, 'sysctl.kernel.hung_task_check_count': 1000 }, 'reboots'),
  ];
});

const AFTER_PANIC: readonly Omit<Row, 'trigger' | 'evidence'>[] = [
  {
    name: 'kdump and panic 0',
    facts: { [KDUMP]: true, [KP]: 0 },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
    after: 'absent',
    reboots: true,
  },
  {
    name: 'kdump and panic 5',
    facts: { [KDUMP]: true, [KP]: 5 },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
    after: 'absent',
    reboots: true,
  },
  {
    name: 'kdump and panic -1',
    facts: { [KDUMP]: true, [KP]: -1 },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
    after: 'absent',
  },
  {
    name: 'kdump after the panic notifiers',
    facts: { [KDUMP]: true, 'module.kernel.crash_kexec_post_notifiers': true },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
  },
  {
    name: 'kdump and an armed watchdog',
    facts: { [KDUMP]: true, 'watchdog.devices': { watchdog0: 'active' } },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
  },
  {
    name: 'kdump, panic unreadable',
    facts: { [KDUMP]: true, [KP]: UNREADABLE },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
    after: 'absent',
  },
  {
    name: 'the founding incident without its crash kernel',
    facts: { [KP]: 5, [R]: '3.10.0-1127.el7.x86_64' },
    outcome: 'reboots',
    by: 'kernel.panic=5 after 5 s',
    after: 5,
    reboots: true,
  },
  { name: 'panic -1', facts: { [KP]: -1 }, outcome: 'reboots', by: 'kernel.panic=-1 at once', after: 0, reboots: true },
  {
    name: 'panic -1 on RHEL 6: if (panic_timeout > 0)',
    facts: { [KP]: -1, [R]: '2.6.32-504.16.2.el6.x86_64' },
    outcome: 'freezes',
    reboots: false,
  },
  {
    name: 'panic -1 on RHEL 6.10, the same',
    facts: { [KP]: -1, [R]: '2.6.32-754.25.1.el6.x86_64' },
    outcome: 'freezes',
    reboots: false,
  },
  {
    name: 'panic -1 on a 2.6.32 that was not read',
    facts: { [KP]: -1, [R]: '2.6.32-71.29.1.el6.x86_64' },
    outcome: '?',
    reboots: '?',
  },
  { name: 'panic 0', facts: { [KP]: 0 }, outcome: 'freezes', by: 'absent', after: 'absent', reboots: false },
  {
    name: 'panic 0, a watchdog that nobody opened: the kernel may feed it until it panics',
    facts: { [KP]: 0, 'watchdog.devices': { watchdog0: 'inactive' } },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, no watchdog there',
    facts: { [KP]: 0, 'watchdog.devices': {} },
    outcome: 'freezes',
    by: 'absent',
  },
  {
    name: 'panic 0, nothing in the watchdog core, a driver outside of it (ipmi_watchdog): it runs on through a panic',
    facts: { [KP]: 0, 'watchdog.devices': {}, 'watchdog.misc': '10:130' },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, no watchdog core loaded, a driver outside of it (RHEL 6, i6300esb of RHEL 7)',
    facts: { [KP]: 0, 'watchdog.misc': '10:130' },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, nothing in the watchdog core, and what is outside of it was not read',
    facts: { [KP]: 0, 'watchdog.devices': {}, 'watchdog.misc': UNREADABLE },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, no watchdog core loaded, and what is outside of it was not read',
    facts: { [KP]: 0, 'watchdog.misc': UNREADABLE },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, an armed watchdog, which is /dev/watchdog too',
    facts: { [KP]: 0, 'watchdog.devices': { watchdog0: 'active' }, 'watchdog.misc': '10:130' },
    outcome: 'reboots',
    by: 'hardware watchdog',
  },
  {
    name: 'panic 5, a driver outside of the watchdog core',
    facts: { [KP]: 5, 'watchdog.misc': '10:130' },
    outcome: 'reboots',
    by: 'kernel.panic=5 after 5 s',
  },
  {
    name: 'panic 0, an armed watchdog',
    facts: { [KP]: 0, 'watchdog.devices': { watchdog0: 'inactive', watchdog1: 'active' } },
    outcome: 'reboots',
    by: 'hardware watchdog',
    after: 'absent',
    reboots: true,
  },
  {
    name: 'panic 0, softdog armed: it fires only on the CPU that panicked, and only if it was started there',
    facts: { [KP]: 0, 'watchdog.devices': { watchdog0: 'software' } },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'panic 0, softdog and an armed watchdog',
    facts: { [KP]: 0, 'watchdog.devices': { watchdog0: 'software', watchdog1: 'active' } },
    outcome: 'reboots',
    by: 'hardware watchdog',
  },
  {
    name: 'panic 0, watchdogs unreadable',
    facts: { [KP]: 0, 'watchdog.devices': UNREADABLE },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'panic 5, watchdogs unreadable',
    facts: { [KP]: 5, 'watchdog.devices': UNREADABLE },
    outcome: 'reboots',
    by: 'kernel.panic=5 after 5 s',
  },
  {
    name: 'panic unreadable, an armed watchdog',
    facts: { [KP]: UNREADABLE, 'watchdog.devices': { watchdog0: 'active' } },
    outcome: 'reboots',
    by: '?',
    after: '?',
    reboots: true,
  },
  {
    name: 'no kexec in the kernel',
    facts: { [KDUMP]: null, [KP]: 10 },
    outcome: 'reboots',
    by: 'kernel.panic=10 after 10 s',
    after: 10,
  },
  {
    name: 'kdump unreadable, panic 5',
    facts: { [KDUMP]: UNREADABLE, [KP]: 5 },
    outcome: '?',
    by: '?',
    after: '?',
    reboots: true,
  },
  { name: 'kdump unreadable, panic 0', facts: { [KDUMP]: UNREADABLE, [KP]: 0 }, outcome: '?', reboots: '?' },
  {
    name: 'a Xen guest without kdump',
    facts: { [KP]: 5, 'virtualization.type': 'xen' },
    outcome: '?',
    by: '?',
    reboots: '?',
  },
  {
    name: 'a Xen guest with kdump',
    facts: { [KDUMP]: true, 'virtualization.type': 'xen' },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
  },
  {
    name: "Xen's first domain, whose crash kernel kexec gives to the hypervisor: kexec_crash_loaded is 0 there",
    facts: { [KP]: 0, 'virtualization.type': 'xen', 'xen.first_domain': true },
    outcome: '?',
    reboots: '?',
  },
  { name: 's390 without kdump', facts: { [KP]: 5, 'uname.machine': 's390x' }, outcome: '?', reboots: '?' },
  { name: 'POWER without kdump', facts: { [KP]: 0, 'uname.machine': 'ppc64le' }, outcome: '?', reboots: '?' },
  {
    name: 'POWER with a registered firmware-assisted dump: kexec_crash_loaded is 0 there',
    facts: { [KP]: 0, 'uname.machine': 'ppc64le', 'fadump.registered': true },
    outcome: 'dumps-then-reboots',
    by: FIRMWARE,
    reboots: true,
  },
  {
    name: 'POWER, firmware-assisted dump not registered',
    facts: { [KP]: 5, 'uname.machine': 'ppc64le', 'fadump.registered': false },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'POWER, firmware-assisted dump not read',
    facts: { [KP]: 5, 'uname.machine': 'ppc64', 'fadump.registered': UNREADABLE },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'POWER with kdump, firmware-assisted dump not read',
    facts: { [KDUMP]: true, 'uname.machine': 'ppc64le', 'fadump.registered': UNREADABLE },
    outcome: 'dumps-then-reboots',
    by: 'kdump',
  },
  {
    name: 's390 that dumps and starts again',
    facts: { [KP]: 0, 'uname.machine': 's390x', 's390.on_panic': 'dump_reipl' },
    outcome: 'dumps-then-reboots',
    by: FIRMWARE,
    reboots: true,
  },
  {
    name: 's390 that starts again without a dump',
    facts: { [KP]: 0, 'uname.machine': 's390x', 's390.on_panic': 'reipl' },
    outcome: 'reboots',
    by: FIRMWARE,
    reboots: true,
  },
  {
    name: 's390 that stops',
    facts: { [KP]: 5, 'uname.machine': 's390x', 's390.on_panic': 'stop' },
    outcome: 'freezes',
    reboots: false,
  },
  {
    name: 's390 that dumps and stops',
    facts: { [KP]: 5, 'uname.machine': 's390x', 's390.on_panic': 'dump' },
    outcome: 'freezes',
    reboots: false,
  },
  {
    name: 's390 that hands a command to z/VM',
    facts: { [KP]: 5, 'uname.machine': 's390x', 's390.on_panic': 'vmcmd' },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 's390, what a panic does not read',
    facts: { [KP]: 5, 'uname.machine': 's390x', 's390.on_panic': UNREADABLE },
    outcome: '?',
    reboots: '?',
  },
  { name: 'arm64', facts: { [KP]: 5, 'uname.machine': 'aarch64' }, outcome: 'reboots', by: 'kernel.panic=5 after 5 s' },
  {
    name: 'virtualization unreadable',
    facts: { [KP]: 5, 'virtualization.type': UNREADABLE },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'virtualization unreadable with kdump',
    facts: { [KDUMP]: true, 'virtualization.type': UNREADABLE },
    outcome: 'dumps-then-reboots',
  },
  {
    name: 'a KVM guest',
    facts: { [KP]: 5, 'virtualization.type': 'kvm' },
    outcome: 'reboots',
    by: 'kernel.panic=5 after 5 s',
  },
];

/** The same panic, whatever made the kernel panic. */
const afterPanic: readonly Row[] = [
  ...table(
    'hung_task',
    PANIC_C,
    AFTER_PANIC.map((row) => ({ ...row, facts: { ...row.facts, [P]: 1 } })),
  ),
  ...table(
    'oom',
    PANIC_C,
    AFTER_PANIC.map((row) => ({ ...row, facts: { ...row.facts, 'sysctl.vm.panic_on_oom': 1 } })),
  ),
];

const counts = table('hung_task', `${HUNG_TASK_C}; mainline 00b5cdeb9fe7`, [
  { name: 'panic 3, counting from 6.19', facts: { [P]: 3, [R]: '6.19.2', [KP]: 5 }, outcome: 'reboots', reboots: true },
  {
    name: 'panic 3, set at boot on a kernel that only asks for not 0',
    facts: { [P]: 3, [R]: '4.19.0-27-amd64', [KP]: 5 },
    outcome: 'reboots',
    reboots: true,
  },
  {
    name: 'panic 3, oopsed',
    facts: { [P]: 3, [R]: '6.19.2', [D]: 128, [KP]: 5 },
    outcome: 'not-detected',
    reboots: false,
  },
  { name: 'panic unreadable', facts: { [P]: UNREADABLE, [KP]: 5 }, outcome: '?', reboots: '?' },
  {
    name: 'panic unreadable and the detector off',
    facts: { [P]: UNREADABLE, [T]: 0 },
    outcome: 'not-detected',
    reboots: false,
  },
  {
    name: 'panic unreadable and frozen in any case',
    facts: { [P]: UNREADABLE, [KP]: 0 },
    outcome: '?',
    reboots: false,
  },
  { name: 'timeout unreadable, panic 0', facts: { [T]: UNREADABLE }, outcome: '?', reboots: false },
  {
    name: 'warnings unreadable on a kernel that panics anyway',
    facts: { [P]: 1, [W]: UNREADABLE, [KP]: 5 },
    outcome: 'reboots',
  },
  {
    name: 'warnings unreadable on an old kernel',
    facts: { [P]: 1, [W]: UNREADABLE, [KP]: 5, [R]: '4.4.0-187-generic' },
    outcome: '?',
    reboots: '?',
  },
  { name: 'release unreadable with warnings left', facts: { [P]: 1, [R]: UNREADABLE, [KP]: 5 }, outcome: 'reboots' },
  { name: 'release unreadable without warnings', facts: { [P]: 1, [R]: UNREADABLE, [W]: 0, [KP]: 5 }, outcome: '?' },
]);

const O = 'sysctl.kernel.panic_on_oops';
const LIMIT = 'sysctl.kernel.oops_limit';
const COUNT = 'kernel.oops_count';
const oopses = table(
  'oops',
  'oops_end() in arch/x86/kernel/dumpstack.c, make_task_dead() in kernel/exit.c, add_taint() in kernel/panic.c, Debian linux 6.1.192-2',
  [
    { name: 'an oops is survived', facts: {}, outcome: 'survives', reboots: false, by: 'absent' },
    {
      name: 'panic_on_oops',
      facts: { [O]: 1, [KP]: 10 },
      outcome: 'reboots',
      by: 'kernel.panic=10 after 10 s',
      after: 10,
    },
    {
      name: 'panic_on_oops by kdump-config with its crash kernel',
      facts: { [O]: 1, [KDUMP]: true },
      outcome: 'dumps-then-reboots',
      by: 'kdump',
    },
    { name: 'a crash kernel alone does not make an oops a panic', facts: { [KDUMP]: true }, outcome: 'survives' },
    { name: 'panic_on_oops without anything that restarts', facts: { [O]: 1 }, outcome: 'freezes' },
    { name: 'no oops_limit in the kernel', facts: { [LIMIT]: null, [COUNT]: null }, outcome: 'survives' },
    { name: 'oops_limit 0 is none', facts: { [LIMIT]: 0, [COUNT]: 4_000_000, [KP]: 5 }, outcome: 'survives' },
    { name: 'oops_limit 1', facts: { [LIMIT]: 1, [KP]: 5 }, outcome: 'reboots' },
    { name: 'oops_limit 1, count unreadable', facts: { [LIMIT]: 1, [COUNT]: UNREADABLE, [KP]: 5 }, outcome: 'reboots' },
    { name: 'oops_limit 3 after one', facts: { [LIMIT]: 3, [COUNT]: 1, [KP]: 5 }, outcome: 'survives' },
    { name: 'oops_limit 3 after two', facts: { [LIMIT]: 3, [COUNT]: 2, [KP]: 5 }, outcome: 'reboots' },
    { name: 'oops_limit 3, count unreadable', facts: { [LIMIT]: 3, [COUNT]: UNREADABLE, [KP]: 5 }, outcome: '?' },
    { name: 'oops_limit unreadable', facts: { [LIMIT]: UNREADABLE, [KP]: 5 }, outcome: '?' },
    {
      name: 'oops_limit unreadable and panicking in any case',
      facts: { [O]: 1, [LIMIT]: UNREADABLE, [KP]: 5 },
      outcome: 'reboots',
    },
    {
      name: 'panic_on_oops unreadable and the limit reached',
      facts: { [O]: UNREADABLE, [LIMIT]: 1, [KP]: 5 },
      outcome: 'reboots',
    },
    {
      name: 'panic_on_taint with D',
      facts: { cmdline: { panic_on_taint: '0x80,nousertaint' }, [KP]: 5 },
      outcome: 'reboots',
    },
    { name: 'panic_on_taint without D', facts: { cmdline: { panic_on_taint: '20' }, [KP]: 5 }, outcome: 'survives' },
    {
      name: 'panic_on_taint on RHEL 7.9',
      facts: { cmdline: { panic_on_taint: '80' }, [KP]: 5, [R]: '3.10.0-1160.119.1.el7.x86_64' },
      outcome: 'reboots',
    },
    {
      name: 'panic_on_taint on a kernel that was not read',
      facts: { cmdline: { panic_on_taint: '80' }, [KP]: 5, [R]: '4.18.0-553.el8_10.x86_64' },
      outcome: '?',
    },
    { name: 'an earlier oops changes nothing for the next', facts: { [D]: 128 }, outcome: 'survives' },
  ],
);

const WATCHDOG_C = 'kernel/watchdog.c, Debian linux 6.1.192-2';
const S = 'sysctl.kernel.softlockup_panic';
const softLockups = table('soft_lockup', WATCHDOG_C, [
  { name: 'reported only', facts: {}, outcome: 'survives' },
  {
    name: 'watchdog 0',
    facts: { 'sysctl.kernel.watchdog': 0, 'sysctl.kernel.soft_watchdog': 0, [S]: 1 },
    outcome: 'not-detected',
  },
  {
    name: 'soft_watchdog 0 (nosoftlockup)',
    facts: { 'sysctl.kernel.soft_watchdog': 0, [S]: 1, [KP]: 5 },
    outcome: 'not-detected',
  },
  {
    name: 'watchdog_thresh 0',
    facts: { 'sysctl.kernel.watchdog_thresh': 0, [S]: 1, [KP]: 5 },
    outcome: 'not-detected',
  },
  {
    name: 'no detector compiled in',
    facts: {
      'sysctl.kernel.watchdog': null,
      'sysctl.kernel.soft_watchdog': null,
      [S]: null,
      'sysctl.kernel.watchdog_thresh': null,
    },
    outcome: 'not-detected',
  },
  {
    name: 'no soft detector compiled in',
    facts: { 'sysctl.kernel.soft_watchdog': null, [S]: null },
    outcome: 'not-detected',
  },
  {
    name: 'no soft_watchdog, where every kernel of that version has it',
    facts: { 'sysctl.kernel.soft_watchdog': null },
    outcome: '?',
    reboots: false,
  },
  {
    name: 'no soft_watchdog on a kernel that nobody read',
    facts: { 'sysctl.kernel.soft_watchdog': null, [R]: '2.6.32-71.29.1.el6.x86_64', [S]: 1, [KP]: 5 },
    outcome: '?',
  },
  { name: 'softlockup_panic', facts: { [S]: 1, [KP]: 5 }, outcome: 'reboots', by: 'kernel.panic=5 after 5 s' },
  { name: 'softlockup_panic with kdump', facts: { [S]: 1, [KDUMP]: true }, outcome: 'dumps-then-reboots' },
  { name: 'softlockup_panic 3 on 7.0', facts: { [S]: 3, [R]: '7.0.1', [KP]: 5 }, outcome: 'reboots' },
  { name: 'panic_on_taint with L', facts: { cmdline: { panic_on_taint: '4000' }, [KP]: 5 }, outcome: 'reboots' },
  {
    name: 'nmi_watchdog does not matter',
    facts: { 'sysctl.kernel.nmi_watchdog': UNREADABLE, [S]: 1, [KP]: 5 },
    outcome: 'reboots',
  },
  {
    name: 'watchdog_thresh 0 on RHEL 6 switches nothing off: is_softlockup() compares with 0 s',
    facts: {
      [R]: '2.6.32-504.16.2.el6.x86_64',
      'sysctl.kernel.soft_watchdog': null,
      'sysctl.kernel.watchdog_thresh': 0,
      [S]: 1,
      [KP]: 5,
    },
    outcome: '?',
  },
  { name: 'an oops does not switch this detector off', facts: { [D]: 128, [S]: 1, [KP]: 5 }, outcome: 'reboots' },
]);

/** RHEL 7 and kernels before 4.1 have one switch for both detectors, kernel.watchdog, and no kernel.soft_watchdog. */
const ONE_SWITCH =
  'kernel/watchdog.c 957-1049 and kernel/sysctl.c 904-914 of RHEL 3.10.0-1062; sysctl -a of 3.10.0-1160.15.2.el7';
const oneSwitch = table(
  'soft_lockup',
  ONE_SWITCH,
  [
    '2.6.32-131.0.15.el6.x86_64',
    '2.6.32-504.16.2.el6.x86_64',
    '2.6.32-754.25.1.el6.x86_64',
    '3.10.0-123.el7.x86_64',
    '3.10.0-514.el7.x86_64',
    '3.10.0-1127.19.1.el7.x86_64',
    '3.10.0-1160.el7.x86_64',
    '2.6.39.4',
    '3.2.0-6-amd64',
    '3.16.0-77-generic',
    '3.19.0-80-generic',
    '4.0.9',
  ].flatMap((release): readonly Omit<Row, 'trigger' | 'evidence'>[] => {
    const on: Facts = { [R]: release, 'sysctl.kernel.soft_watchdog': null };
    return [
      { name: `${release}: reported only`, facts: on, outcome: 'survives' },
      { name: `${release}: softlockup_panic`, facts: { ...on, [S]: 1, [KP]: 5 }, outcome: 'reboots' },
      { name: `${release}: softlockup_panic, panic 0`, facts: { ...on, [S]: 1 }, outcome: 'freezes' },
      {
        name: `${release}: watchdog 0`,
        facts: { ...on, 'sysctl.kernel.watchdog': 0, [S]: 1, [KP]: 5 },
        outcome: 'not-detected',
      },
      {
        name: `${release}: watchdog unreadable`,
        facts: { ...on, 'sysctl.kernel.watchdog': UNREADABLE, [S]: 1, [KP]: 5 },
        outcome: '?',
      },
    ];
  }),
);

const H = 'sysctl.kernel.hardlockup_panic';
const N = 'sysctl.kernel.nmi_watchdog';
const hardLockups = table('hard_lockup', WATCHDOG_C, [
  { name: 'reported only', facts: {}, outcome: 'survives' },
  { name: 'a KVM guest: nmi_watchdog 0', facts: { [N]: 0, [H]: 1, [KP]: 5 }, outcome: 'not-detected' },
  { name: 'no hard lockup detector in the kernel', facts: { [N]: null, [H]: null, [KP]: 5 }, outcome: 'not-detected' },
  {
    name: 'watchdog_thresh 0',
    facts: { 'sysctl.kernel.watchdog_thresh': 0, [H]: 1, [KP]: 5 },
    outcome: 'not-detected',
  },
  { name: 'watchdog 0', facts: { 'sysctl.kernel.watchdog': 0, [N]: 0, [H]: 1, [KP]: 5 }, outcome: 'not-detected' },
  { name: 'hardlockup_panic', facts: { [H]: 1, [KP]: 5 }, outcome: 'reboots' },
  {
    name: 'nosoftlockup leaves the hard detector',
    facts: { [H]: 1, 'sysctl.kernel.soft_watchdog': 0, [KP]: 5 },
    outcome: 'reboots',
  },
  {
    name: 'the sysctl wins over the boot parameter',
    facts: { [H]: 0, cmdline: { nmi_watchdog: 'panic' }, [KP]: 5 },
    outcome: 'survives',
  },
  {
    name: 'nmi_watchdog=panic,1 on a kernel without the sysctl',
    facts: { [H]: null, cmdline: { nmi_watchdog: 'panic,1' }, [KP]: 5 },
    outcome: 'reboots',
  },
  {
    name: 'nmi_watchdog= given three times on a kernel without the sysctl: each counts',
    facts: { [H]: null, cmdline: { nmi_watchdog: 'nopanic panic 1' }, [KP]: 5 },
    outcome: 'reboots',
  },
  {
    name: 'nmi_watchdog=1,panic on a kernel without the sysctl: such kernels look at the beginning of the value only',
    facts: { [H]: null, cmdline: { nmi_watchdog: '1,panic' }, [KP]: 5 },
    outcome: '?',
  },
  { name: 'a kernel that does not show it', facts: { [H]: null, [KP]: 5 }, outcome: '?' },
  { name: 'hardlockup_panic unreadable in a guest', facts: { [N]: 0, [H]: UNREADABLE }, outcome: 'not-detected' },
]);

const V = 'virtualization.type';
const EL7: Facts = { [R]: '3.10.0-1160.el7.x86_64', 'sysctl.kernel.soft_watchdog': null };
const oneSwitchHard = table('hard_lockup', `${ONE_SWITCH}; arch/x86/kernel/kvm.c 551 of RHEL 3.10.0-1062`, [
  {
    name: 'RHEL 7, no file names a hypervisor: a guest that hides looks like bare metal',
    facts: { ...EL7, [H]: 1, [KP]: 5 },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'RHEL 7, no file names a hypervisor, and no hard lockup panics',
    facts: { ...EL7, [KP]: 5 },
    outcome: '?',
    reboots: false,
  },
  {
    name: 'RHEL 7, nmi_watchdog 0',
    facts: { ...EL7, 'sysctl.kernel.watchdog': 0, [N]: 0, [H]: 1, [KP]: 5 },
    outcome: 'not-detected',
  },
  {
    name: 'RHEL 7 in a KVM guest: nmi_watchdog is 1 with the soft detector alone',
    facts: { ...EL7, [V]: 'kvm', [H]: 1, [KP]: 5 },
    outcome: '?',
    reboots: '?',
  },
  {
    name: 'RHEL 7 in a KVM guest that does not panic',
    facts: { ...EL7, [V]: 'qemu', [KP]: 5 },
    outcome: '?',
    reboots: false,
  },
  {
    name: 'RHEL 7 in a KVM guest, nmi_watchdog=1 at boot: a counter may be missing',
    facts: { ...EL7, [V]: 'kvm', cmdline: { nmi_watchdog: '1' }, [H]: 1, [KP]: 5 },
    outcome: '?',
  },
  ...[
    '2.6.32-504.16.2.el6.x86_64',
    '2.6.32-573.3.1.el6.x86_64',
    '3.10.0-123.el7.x86_64',
    '3.10.0-327.el7.x86_64',
  ].flatMap((release): readonly Omit<Row, 'trigger' | 'evidence'>[] => {
    const built: Facts = { [R]: release, 'sysctl.kernel.soft_watchdog': null, [H]: null, [KP]: 5 };
    return [
      {
        name: `${release} is built to panic, and has no knob that shows it nor whether the hard detector runs`,
        facts: built,
        outcome: '?',
        reboots: '?',
      },
      {
        name: `${release} with nmi_watchdog=nopanic`,
        facts: { ...built, cmdline: { nmi_watchdog: 'nopanic' } },
        outcome: '?',
        reboots: false,
      },
    ];
  }),
  {
    name: 'RHEL 6 on a machine that was not read does not show whether a hard lockup panics',
    facts: { [R]: '2.6.32-504.16.2.el6.i686', 'sysctl.kernel.soft_watchdog': null, [H]: null, [KP]: 5 },
    outcome: '?',
  },
  {
    name: 'nor does its debug kernel',
    facts: { [R]: '2.6.32-504.el6.x86_64.debug', 'sysctl.kernel.soft_watchdog': null, [H]: null, [KP]: 5 },
    outcome: '?',
  },
  ...['3.0.101-108-default', '3.2.0-6-amd64', '3.13.0-170-generic', '3.18.140', '4.0.9'].map(
    (release): Omit<Row, 'trigger' | 'evidence'> => ({
      name: `${release} in a KVM guest, where one variable is behind both names`,
      facts: { [R]: release, 'sysctl.kernel.soft_watchdog': null, [V]: 'kvm', [H]: 1, [KP]: 5 },
      outcome: '?',
      reboots: '?',
    }),
  ),
  { name: 'RHEL 7 under VMware', facts: { ...EL7, [V]: 'vmware', [H]: 1, [KP]: 5 }, outcome: '?' },
  { name: 'RHEL 7, what it runs on was not read', facts: { ...EL7, [V]: UNREADABLE, [H]: 1, [KP]: 5 }, outcome: '?' },
  {
    name: 'RHEL 8 in a KVM guest keeps the two apart',
    facts: { [R]: '4.18.0-553.el8_10.x86_64', [V]: 'kvm', [H]: 1, [KP]: 5 },
    outcome: 'reboots',
  },
]);

const OOM_FACT = 'sysctl.vm.panic_on_oom';
const ooms = table('oom', 'check_panic_on_oom() in mm/oom_kill.c, Debian linux 6.1.192-2', [
  { name: 'a process is killed', facts: { [KP]: 5 }, outcome: 'survives', reboots: false },
  { name: 'panic_on_oom 1', facts: { [OOM_FACT]: 1, [KP]: 5 }, outcome: 'reboots' },
  { name: 'panic_on_oom 2', facts: { [OOM_FACT]: 2, [KP]: 5 }, outcome: 'reboots' },
  { name: 'panic_on_oom 2, kdump', facts: { [OOM_FACT]: 2, [KDUMP]: true }, outcome: 'dumps-then-reboots' },
  { name: 'panic_on_oom unreadable', facts: { [OOM_FACT]: UNREADABLE, [KP]: 5 }, outcome: '?', reboots: '?' },
]);

const RP = 'sysctl.kernel.panic_on_rcu_stall';
const rcuStalls = table('rcu_stall', 'panic_on_rcu_stall() in kernel/rcu/tree_stall.h, Debian linux 6.1.192-2', [
  { name: 'reported only', facts: {}, outcome: 'survives' },
  { name: 'no such knob (RHEL 7.3, 4.4)', facts: { [RP]: null }, outcome: 'survives' },
  {
    name: 'suppressed',
    facts: { 'module.rcupdate.rcu_cpu_stall_suppress': true, [RP]: 1, [KP]: 5 },
    outcome: 'not-detected',
  },
  { name: 'panic_on_rcu_stall', facts: { [RP]: 1, [KP]: 5 }, outcome: 'reboots' },
  {
    name: 'from the fifth stall on',
    facts: { [RP]: 1, 'sysctl.kernel.max_rcu_stall_to_panic': 5, [KP]: 5 },
    outcome: 'reboots',
  },
]);

const DRP = 'sysctl.debug.panic_on_rcu_stall';
const rcuStallsOfRhel7 = table(
  'rcu_stall',
  'kernel/sysctl.c 1821-1831 of RHEL 3.10.0-1062, in debug_table; sysctl -a of 3.10.0-1160.15.2.el7',
  [
    { name: 'RHEL 7 has the knob in another folder', facts: { ...EL7, [RP]: null, [DRP]: 0 }, outcome: 'survives' },
    { name: 'RHEL 7, debug.panic_on_rcu_stall', facts: { ...EL7, [RP]: null, [DRP]: 1, [KP]: 5 }, outcome: 'reboots' },
    {
      name: 'RHEL 7, debug.panic_on_rcu_stall unreadable',
      facts: { ...EL7, [RP]: null, [DRP]: UNREADABLE, [KP]: 5 },
      outcome: '?',
    },
  ],
);

const PW = 'sysctl.kernel.panic_on_warn';
const WL = 'sysctl.kernel.warn_limit';
const WC = 'kernel.warn_count';
const warns = table('warn', 'check_panic_on_warn() in kernel/panic.c, Debian linux 6.1.192-2', [
  { name: 'printed only', facts: {}, outcome: 'survives' },
  { name: 'no such knobs', facts: { [PW]: null, [WL]: null, [WC]: null }, outcome: 'survives' },
  { name: 'panic_on_warn', facts: { [PW]: 1, [KP]: 5 }, outcome: 'reboots' },
  { name: 'warn_limit not reached', facts: { [WL]: 10, [WC]: 8, [KP]: 5 }, outcome: 'survives' },
  { name: 'warn_limit reached by the next', facts: { [WL]: 10, [WC]: 9, [KP]: 5 }, outcome: 'reboots' },
  { name: 'panic_on_taint with W', facts: { cmdline: { panic_on_taint: '200' }, [KP]: 5 }, outcome: 'reboots' },
]);

export const TRUTH: readonly Row[] = [
  ...hungTask,
  ...counts,
  ...afterPanic,
  ...oopses,
  ...softLockups,
  ...oneSwitch,
  ...hardLockups,
  ...oneSwitchHard,
  ...ooms,
  ...rcuStalls,
  ...rcuStallsOfRhel7,
  ...warns,
];
