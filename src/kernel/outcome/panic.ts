import { known, unreadable, type FactId, type Reading, type Value, type ReadFact } from '../../model/reading.js';
import { baseAtLeast, isReadRhel6, kernelBase } from '../kernel-base.js';
import { ask, type Decision, type Rebooter } from './decision.js';
import { byNumber, byReading, decided, open, type Answer, type Question } from './question.js';
import { toMap, toNumber, toText } from './values.js';
import { deriveInHypervisor, IN_HYPERVISOR_INPUTS, IN_HYPERVISOR_SOURCES } from './xen.js';

/** What follows once the kernel panics, whatever made it panic (kernel/panic.c, Debian linux 6.1.192-2). */

type CrashKernel = 'loaded' | 'none';
const CRASH_KERNELS: readonly CrashKernel[] = ['loaded', 'none'];

/** This kernel has none loaded: in Xen's first domain that says nothing of the one that the hypervisor holds. */
function notInThisKernel(read: ReadFact): Answer<CrashKernel> {
  return byReading(
    'kexec.in_hypervisor',
    deriveInHypervisor(read),
    CRASH_KERNELS,
    (value) =>
      value === true
        ? open(
            CRASH_KERNELS,
            'kexec.crash_loaded',
            "in Xen's first domain kexec gives its crash kernel to the hypervisor, where this kernel's files do not show it",
          )
        : decided('none'),
    () => decided('none'),
  );
}

const CRASH_KERNEL: Question<CrashKernel> = {
  fact: 'kexec.crash_loaded',
  inputs: ['kexec.crash_loaded', ...IN_HYPERVISOR_INPUTS],
  answers: ['loaded', 'none'],
  ask: (read) =>
    byReading(
      'kexec.crash_loaded',
      read('kexec.crash_loaded'),
      CRASH_KERNELS,
      (value) => {
        if (typeof value !== 'boolean') return open(CRASH_KERNELS, 'kexec.crash_loaded', 'not a boolean', 'malformed');
        return value ? decided('loaded') : notInThisKernel(read);
      },
      () => notInThisKernel(read),
    ),
  says: {
    loaded: () =>
      'a crash kernel is loaded, so a panic starts it whatever kernel.panic says; it tries to save a dump and then, unless kdump is set up to do otherwise, reboots the machine',
    none: (_, read) =>
      isFirmwareEnded(toText(read('uname.machine')) ?? '')
        ? 'no crash kernel is loaded, so kexec starts none after a panic; firmware that saves dumps needs none'
        : 'no crash kernel is loaded, so kdump saves no dump after a panic',
  },
  setBy: 'the kdump service (kdump.service, kdump-tools) after the boot parameter crashkernel=',
  breaks: {},
};

/** Architectures whose panic notifiers hand over to firmware or hypervisor before kernel.panic is looked at. */
function isFirmwareEnded(machine: string): boolean {
  return isPower(machine) || isS390(machine);
}

/** By `uname -m`: ppc, ppc64, ppc64le. */
function isPower(machine: string): boolean {
  return machine.startsWith('ppc');
}

/** By `uname -m`: s390, s390x. */
function isS390(machine: string): boolean {
  return machine.startsWith('s390');
}

function machineEnds(read: ReadFact): Answer<'kernel' | 'platform'> {
  return byReading(
    'uname.machine',
    read('uname.machine'),
    ['kernel', 'platform'],
    (value) => decided(typeof value === 'string' && isFirmwareEnded(value) ? 'platform' : 'kernel'),
    () => open(['kernel', 'platform'], 'uname.machine', 'uname does not say which architecture this is'),
  );
}

/**
 * Xen is told by /sys/hypervisor/type, which is read before anything else. So where virtualization.type is undetermined
 * its files were read and none of them says Xen: that is how a physical machine looks, and it is no doubt about this
 * question.
 */
const PANIC_ENDS: Question<'kernel' | 'platform'> = {
  fact: 'virtualization.type',
  inputs: ['virtualization.type', 'uname.machine'],
  answers: ['kernel', 'platform'],
  ask: (read) => {
    const byMachine = machineEnds(read);
    if (byMachine.possible.length === 1 && byMachine.possible[0] === 'platform') return byMachine;
    const virtualization = read('virtualization.type');
    if (virtualization.state === 'unreadable' && virtualization.cause === 'undetermined') return byMachine;
    const byHypervisor = byReading<'kernel' | 'platform'>(
      'virtualization.type',
      virtualization,
      ['kernel', 'platform'],
      (value) => decided(typeof value === 'string' && value.startsWith('xen') ? 'platform' : 'kernel'),
      () => decided('kernel'),
    );
    return byHypervisor.possible[0] === 'platform' || byHypervisor.doubt !== undefined ? byHypervisor : byMachine;
  },
  says: {
    platform: (_, read) =>
      isFirmwareEnded(toText(read('uname.machine')) ?? '')
        ? 'on this platform a panic without a crash kernel ends at the hypervisor or the firmware, not at kernel.panic'
        : 'under Xen a panic without a crash kernel ends at the hypervisor: at once, or, since 5.4 (and stable kernels that took c6875f3aacf2), when the wait of kernel.panic is over',
  },
  setBy: 'the platform',
  breaks: {},
};

type PlatformEnd = 'dumps' | 'restarts' | 'stays-down';
const PLATFORM_ENDS: readonly PlatformEnd[] = ['dumps', 'restarts', 'stays-down'];
const WITHOUT_DUMP: readonly PlatformEnd[] = ['restarts', 'stays-down'];

/**
 * POWER's firmware-assisted dump is registered with the firmware and needs no crash kernel: kexec_crash_loaded stays 0. A panic then
 * starts the machine anew by ibm,os-term with its memory kept (crash_fadump() in arch/powerpc/kernel/fadump.c); without it that call, and so
 * what follows, is the hypervisor's.
 */
function onPower(read: ReadFact): Answer<PlatformEnd> {
  return byReading(
    'fadump.registered',
    read('fadump.registered'),
    PLATFORM_ENDS,
    (value) => (value === true ? decided('dumps') : notRegistered()),
    notRegistered,
  );
}

function notRegistered(): Answer<PlatformEnd> {
  return open(
    WITHOUT_DUMP,
    'fadump.registered',
    'on POWER, without a registered firmware-assisted dump, the ibm,os-term call decides what a panic does, and it is not read',
  );
}

/** do_panic() in arch/s390/kernel/ipl.c runs the action and then stops the machine: `dump` does not start it again. */
const BY_S390_ACTION: Readonly<Record<string, PlatformEnd>> = {
  ipl: 'restarts',
  reipl: 'restarts',
  dump: 'stays-down',
  dump_reipl: 'dumps',
  stop: 'stays-down',
};

function onS390(read: ReadFact): Answer<PlatformEnd> {
  return byReading(
    's390.on_panic',
    read('s390.on_panic'),
    PLATFORM_ENDS,
    (value) => {
      const end = typeof value === 'string' ? BY_S390_ACTION[value] : undefined;
      return end === undefined
        ? open(PLATFORM_ENDS, 's390.on_panic', 'on s390 a panic hands a command to z/VM, which is not read')
        : decided(end);
    },
    () => open(PLATFORM_ENDS, 's390.on_panic', 'on s390 it decides what a panic does, and it is not there'),
  );
}

const ON_PLATFORM: Question<PlatformEnd> = {
  fact: 'virtualization.type',
  inputs: ['virtualization.type', 'uname.machine', 'fadump.registered', 's390.on_panic'],
  answers: PLATFORM_ENDS,
  ask: (read) => {
    const machine = toText(read('uname.machine')) ?? '';
    if (isPower(machine)) return onPower(read);
    if (isS390(machine)) return onS390(read);
    return open(
      WITHOUT_DUMP,
      'virtualization.type',
      'a Xen machine hands a panic to the hypervisor, whose on_crash setting is not seen from inside',
    );
  },
  says: {
    dumps: (_, read) =>
      isPower(toText(read('uname.machine')) ?? '')
        ? 'a firmware-assisted dump is registered: the firmware starts the machine anew with its memory kept, and what starts then saves the dump'
        : 'the action that s390 takes on a panic saves a dump and starts the machine again',
    restarts: (_, read) =>
      isS390(toText(read('uname.machine')) ?? '')
        ? 'the action that s390 takes on a panic starts the machine again'
        : '',
    'stays-down': (_, read) =>
      isS390(toText(read('uname.machine')) ?? '')
        ? 'the action that s390 takes on a panic does not start it again'
        : '',
  },
  setBy: 'the hypervisor or the firmware; on s390 /etc/sysconfig/dumpconf or chshut',
  breaks: {},
};

/**
 * Whether the platform saves a dump without a crash kernel that this kernel shows. Firmware-assisted dump is arch/powerpc's, the shutdown
 * actions arch/s390's; what the hypervisor of Xen's first domain holds is not read. False on everything else.
 */
export const FIRMWARE_DUMPS_INPUTS: readonly FactId[] = [
  'uname.machine',
  'fadump.registered',
  's390.on_panic',
  ...IN_HYPERVISOR_INPUTS,
];

export function deriveFirmwareDumps(read: ReadFact): Reading {
  const machine = read('uname.machine');
  if (machine.state !== 'known') return notTold('uname.machine', machine);
  const name = toText(machine);
  if (name === undefined) return unreadable('malformed', 'uname.machine is not a text');
  if (isPower(name)) {
    const registered = read('fadump.registered');
    if (registered.state === 'known') return known(registered.value === true, registered.raw);
    return registered.state === 'absent'
      ? known(false, `firmware-assisted dump is not there: ${registered.witness}`)
      : registered;
  }
  if (!isS390(name)) return dumpsInHypervisor(read, name);
  const action = read('s390.on_panic');
  if (action.state !== 'known') return notTold('s390.on_panic', action);
  return action.value === 'vmcmd'
    ? unreadable('undetermined', 'a panic hands a command to z/VM, which may be one that dumps, and is not read')
    : known(action.value === 'dump' || action.value === 'dump_reipl', action.raw);
}

function dumpsInHypervisor(read: ReadFact, machine: string): Reading {
  const inHypervisor = deriveInHypervisor(read);
  if (inHypervisor.state !== 'known') return inHypervisor;
  return inHypervisor.value === true
    ? unreadable(
        'undetermined',
        "this is Xen's first domain: kexec loads its crash kernel into the hypervisor, and whether one is loaded there is not read",
      )
    : known(false, `only POWER, s390 and Xen's first domain have one, and this is ${machine}`);
}

function notTold(fact: FactId, reading: Exclude<Reading, { readonly state: 'known' }>): Reading<never> {
  return reading.state === 'absent' ? unreadable('undetermined', `${fact} is not there: ${reading.witness}`) : reading;
}

type PanicSeconds = 'after' | 'at-once' | 'never';
const PANIC_SECONDS: readonly PanicSeconds[] = ['after', 'at-once', 'never'];

/**
 * Below zero meant nothing to old kernels: RHEL 6's 2.6.32 tests `panic_timeout > 0` only. 3.10 is the oldest tree
 * seen that restarts at once.
 */
function belowZero(read: ReadFact): Answer<PanicSeconds> {
  return byReading<PanicSeconds>(
    'uname.release',
    read('uname.release'),
    ['at-once', 'never'],
    (release) => {
      const base = typeof release === 'string' ? kernelBase(release) : undefined;
      if (isReadRhel6(base)) return decided('never');
      return base !== undefined && baseAtLeast(base, 3, 10)
        ? decided('at-once')
        : open(
            ['at-once', 'never'],
            'uname.release',
            'a negative kernel.panic is only known to restart at once from 3.10 on',
          );
    },
    () =>
      open(
        ['at-once', 'never'],
        'uname.release',
        'a negative kernel.panic is only known to restart at once from 3.10 on',
      ),
  );
}

const KERNEL_PANIC: Question<PanicSeconds> = {
  fact: 'sysctl.kernel.panic',
  inputs: ['sysctl.kernel.panic', 'uname.release'],
  answers: PANIC_SECONDS,
  ask: (read) =>
    byNumber(
      'sysctl.kernel.panic',
      read('sysctl.kernel.panic'),
      PANIC_SECONDS,
      (seconds) => (seconds > 0 ? decided('after') : seconds === 0 ? decided('never') : belowZero(read)),
      () => open(PANIC_SECONDS, 'sysctl.kernel.panic', 'every kernel has it, and it is not there'),
    ),
  says: {
    after: (seconds) => `${seconds} s after the panic the kernel restarts the machine`,
    'at-once': () => 'below zero: the kernel restarts the machine at once',
    never: (seconds) =>
      `${seconds === '0' ? 'zero' : 'below zero, which means nothing to this kernel'}: after the panic the kernel stands still and never restarts by itself`,
  },
  setBy:
    "boot parameter panic=; /etc/sysctl.conf and sysctl.d; kubelet sets 10 at run time; the kernel's CONFIG_PANIC_TIMEOUT (60 in Flatcar, 90 in SLES 16.0, -1 in Container-Optimized OS); Bottlerocket's sysctl.d sets 10",
  breaks: {
    after: [
      'sysctl kernel.panic=0 keeps the panicked machine as it stands, frozen until somebody resets it: that breaks the reboot, not the panic',
    ],
    'at-once': [
      'sysctl kernel.panic=0 keeps the panicked machine as it stands, frozen until somebody resets it: that breaks the reboot, not the panic',
    ],
    never: ['load a crash kernel (kdump), or sysctl kernel.panic=10, if the machine must come up again by itself'],
  },
};

/** Undefined: the core shows none. */
function armedIn(value: Value): Answer<'armed' | 'none'> | undefined {
  const devices = toMap(value);
  if (devices === undefined) return open(['armed', 'none'], 'watchdog.devices', 'not a map', 'malformed');
  const states = [...devices.values()];
  if (states.includes('active')) return decided('armed');
  return states.length === 0 ? undefined : open(['armed', 'none'], 'watchdog.devices', whyOpen(states));
}

/**
 * `state` shows WDOG_ACTIVE alone: that a program opened the device. A watchdog that runs already when the driver finds it, started
 * by the firmware or left running by who closed it (WDOG_HW_RUNNING, since 4.6, commit ee142889e32f; iTCO_wdt since 1ae3e78c0820),
 * is fed by the kernel until somebody opens it and reads `inactive`; after a panic nobody feeds it. watchdog_need_worker(),
 * watchdog_worker_should_ping() and state_show() in drivers/watchdog/watchdog_dev.c.
 */
function whyOpen(states: readonly string[]): string {
  if (states.includes('software'))
    return 'softdog is armed: a timer of this kernel, of which a panic stops all CPUs but one';
  return states.every((state) => state === 'inactive')
    ? 'a watchdog is there that no program runs; whether the firmware started it and the kernel itself feeds it, which a panic ends, is not shown'
    : 'a watchdog is there and does not say whether it is active';
}

/**
 * Whether a driver outside of the watchdog core is there. Such a one registers the misc device `watchdog` alone and never shows in
 * /sys/class/watchdog: ipmi_watchdog in every kernel (misc_register(&ipmi_wdog_miscdev) in drivers/char/ipmi/ipmi_watchdog.c), whose panic
 * notifier sets the running timer to 255 s (wdog_panic_handler()); i6300esb, sp5100_tco, w83627hf_wdt and more in RHEL 3.10.0-1062; all
 * of RHEL 6. The core registers the same device (watchdog_dev.c), so that it proves nothing where the core shows a watchdog.
 */
function outsideOfCore(read: ReadFact): Answer<'armed' | 'none'> {
  return byReading(
    'watchdog.misc',
    read('watchdog.misc'),
    ['armed', 'none'],
    () =>
      open(
        ['armed', 'none'],
        'watchdog.misc',
        'a watchdog driver outside of the watchdog core is there (ipmi_watchdog is one), and does not show whether it is armed; a panic leaves it running',
      ),
    () => decided('none'),
  );
}

const HARDWARE_WATCHDOG: Question<'armed' | 'none'> = {
  fact: 'watchdog.devices',
  inputs: ['watchdog.devices', 'watchdog.misc'],
  answers: ['armed', 'none'],
  ask: (read) =>
    byReading(
      'watchdog.devices',
      read('watchdog.devices'),
      ['armed', 'none'],
      (value) => armedIn(value) ?? outsideOfCore(read),
      () => outsideOfCore(read),
    ),
  says: {
    armed: () =>
      'a hardware watchdog is running and nothing feeds it after a panic: when its own timeout ends it resets the machine, unless it is set up to do something else',
    none: () =>
      'no hardware watchdog is seen; one that the kernel does not know of (in a management controller or the hypervisor) could still reset the machine',
  },
  setBy: "systemd's RuntimeWatchdogSec=, the watchdog daemon, sbd or another cluster agent, or the firmware",
  breaks: { armed: ['a watchdog is a purpose of its own: ask its owner before it is switched off'] },
};

/** What a panic leads to. */
export const PANIC: Decision = ask(CRASH_KERNEL, {
  loaded: { outcome: 'dumps-then-reboots', by: 'kdump' },
  none: ask(PANIC_ENDS, {
    platform: ask(ON_PLATFORM, {
      dumps: { outcome: 'dumps-then-reboots', by: 'platform' },
      restarts: { outcome: 'reboots', by: 'platform' },
      'stays-down': { outcome: 'freezes' },
    }),
    kernel: ask(KERNEL_PANIC, {
      after: { outcome: 'reboots', by: 'kernel.panic' },
      'at-once': { outcome: 'reboots', by: 'kernel.panic' },
      never: ask(HARDWARE_WATCHDOG, {
        armed: { outcome: 'reboots', by: 'hardware watchdog' },
        none: { outcome: 'freezes' },
      }),
    }),
  }),
});

/** Seconds that kernel.panic waits, 0 for at once; undefined where another one restarts the machine or nobody does. */
export function secondsBefore(by: Rebooter | undefined, panic: Reading): number | undefined {
  return by === 'kernel.panic' ? secondsOf(toNumber(panic)) : undefined;
}

function secondsOf(panic: number | undefined): number | undefined {
  return panic === undefined ? undefined : Math.max(0, panic);
}

/** `kdump`, `kernel.panic=5 after 5 s`, `kernel.panic=-1 at once`, `hardware watchdog`. */
export function rebooterText(by: Rebooter, panic: Reading): string {
  const seconds = secondsBefore(by, panic);
  if (seconds === undefined) return by === 'platform' ? 'the hypervisor or the firmware' : by;
  return `kernel.panic=${toNumber(panic)} ${seconds === 0 ? 'at once' : `after ${seconds} s`}`;
}

export const PANIC_SOURCES: readonly string[] = [
  'kernel/panic.c, Debian linux 6.1.192-2; RHEL 2.6.32-504 for what is below zero',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#panic',
  'https://docs.kernel.org/admin-guide/kdump/kdump.html',
  'watchdog_need_worker() and state_show() in drivers/watchdog/watchdog_dev.c; https://git.kernel.org/torvalds/c/ee142889e32f',
  'misc_register() and wdog_panic_handler() in drivers/char/ipmi/ipmi_watchdog.c; crash_fadump() in arch/powerpc/kernel/fadump.c; RHEL 3.10.0-1062',
  'https://git.kernel.org/torvalds/c/c6875f3aacf2',
  ...IN_HYPERVISOR_SOURCES,
  'xen_panic_event() in arch/x86/xen/enlighten.c; do_panic() in arch/s390/kernel/ipl.c; ppc_panic_fadump_handler() and ppc_panic_platform_handler() in arch/powerpc/kernel/setup-common.c',
];
