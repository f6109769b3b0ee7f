import type { FactId, ReadFact, Value } from '../../model/reading.js';
import { baseAtLeast, isReadRhel6, kernelBase } from '../kernel-base.js';
import { ask, type Decision } from './decision.js';
import { PANIC } from './panic.js';
import { byNumber, byReading, decided, open, type Answer, type Question } from './question.js';
import { panicOnTaint, TAINT } from './taint.js';
import { toMap } from './values.js';

/**
 * A CPU that does not schedule (soft) or does not even take interrupts (hard), and an RCU grace period that does not
 * end.
 */

type Switch = 'on' | 'off';
const SWITCH: readonly Switch[] = ['on', 'off'];
const SYSCTL_D = '/etc/sysctl.conf and sysctl.d';

/** A knob that is off at 0 and on at anything else. `absent`: what a kernel without it means. */
function knob(
  fact: FactId,
  words: Pick<Question<Switch>, 'says' | 'setBy' | 'breaks'>,
  absent: Question<Switch>['ask'],
  inputs: readonly FactId[] = [],
): Question<Switch> {
  return {
    fact,
    inputs: [fact, ...inputs],
    answers: SWITCH,
    ask: (read) =>
      byNumber<Switch>(
        fact,
        read(fact),
        SWITCH,
        (value) => decided(value === 0 ? 'off' : 'on'),
        () => absent(read),
      ),
    ...words,
  };
}

function notThere(fact: FactId): Question<Switch>['ask'] {
  return () => open(SWITCH, fact, 'every kernel with this detector has it, and it is not there');
}

/**
 * One switch for both detectors, and no kernel.soft_watchdog: RHEL 6, where both names are of one variable; RHEL 7, where that knob stands inside #if 0 (kernel/sysctl.c of
 * 3.10.0-1062, 904-914), and kernels below 4.1, where both rows have watchdog_enabled, from 3.12 on watchdog_user_enabled (kernel/sysctl.c
 * and kernel/watchdog.c of 2.6.38, 3.10 and 3.18; listings of 3.13 and 3.16). 3.18 has hardlockup_detector_enabled beside it, which a KVM
 * guest switches off and no file shows. There kernel.watchdog and kernel.nmi_watchdog both read, and write, both detectors together,
 * and the soft one is never off alone.
 */
export function hasOneSwitch(release: Value): boolean {
  const base = typeof release === 'string' ? kernelBase(release) : undefined;
  if (isReadRhel6(base)) return true;
  return base !== undefined && baseAtLeast(base, 2, 6, 38) && !baseAtLeast(base, 4, 1);
}

function isRhel6(read: ReadFact): boolean {
  const release = read('uname.release');
  return release.state === 'known' && typeof release.value === 'string' && isReadRhel6(kernelBase(release.value));
}

const BOTH = knob(
  'sysctl.kernel.watchdog',
  {
    says: { off: () => 'neither the soft nor the hard lockup detector runs, or this kernel has none' },
    setBy: `boot parameter nowatchdog; ${SYSCTL_D}`,
    breaks: {},
  },
  () => decided('off'),
);

/** RHEL 6 compares with the threshold itself, 0 included (softlockup_thresh in kernel/watchdog.c of 2.6.32-131 to -754). */
const THRESHOLD: Question<Switch> = {
  ...knob(
    'sysctl.kernel.watchdog_thresh',
    {
      says: {
        off: () => 'zero: both lockup detectors are off',
        on: (seconds, read) =>
          isRhel6(read)
            ? `a CPU counts as locked up soft after about ${seconds} s`
            : `a CPU counts as locked up hard after about ${seconds} s, and soft after about twice that`,
      },
      setBy: `boot parameter watchdog_thresh=; ${SYSCTL_D}`,
      breaks: {},
    },
    notThere('sysctl.kernel.watchdog_thresh'),
    ['uname.release'],
  ),
  ask: (read) =>
    byNumber<Switch>(
      'sysctl.kernel.watchdog_thresh',
      read('sysctl.kernel.watchdog_thresh'),
      SWITCH,
      (value) => {
        if (value !== 0) return decided('on');
        if (isRhel6(read))
          return open(SWITCH, 'sysctl.kernel.watchdog_thresh', 'on RHEL 6 zero does not switch the detectors off');
        return decided('off');
      },
      () => notThere('sysctl.kernel.watchdog_thresh')(read),
    ),
};

const SOFT_DETECTOR = knob(
  'sysctl.kernel.soft_watchdog',
  {
    says: { off: () => 'the soft lockup detector is off, or this kernel has none' },
    setBy: `boot parameter nosoftlockup (tuned's realtime and cpu-partitioning profiles add it); ${SYSCTL_D}`,
    breaks: {},
  },
  (read) =>
    byReading<Switch>(
      'sysctl.kernel.softlockup_panic',
      read('sysctl.kernel.softlockup_panic'),
      SWITCH,
      () => softDetectorByRelease(read),
      () => decided('off'),
    ),
  ['sysctl.kernel.softlockup_panic', 'uname.release'],
);

/** Without kernel.soft_watchdog: on where kernel.watchdog, which was asked before and is on, is the one switch of both. */
function softDetectorByRelease(read: ReadFact): Answer<Switch> {
  const notShown = (): Answer<Switch> =>
    open(SWITCH, 'sysctl.kernel.soft_watchdog', 'this kernel does not show whether its soft lockup detector runs');
  return byReading<Switch>(
    'uname.release',
    read('uname.release'),
    SWITCH,
    (release) => (hasOneSwitch(release) ? decided('on') : notShown()),
    notShown,
  );
}

const SOFT_PANICS = knob(
  'sysctl.kernel.softlockup_panic',
  {
    says: {
      off: () => 'zero: a soft lockup is reported; the CPU stays stuck and the machine goes on without it',
      on: (value) =>
        value === '1'
          ? 'a soft lockup panics the kernel'
          : `a soft lockup panics the kernel, from 7.0 on when it lasts ${value} times the threshold of 2 x kernel.watchdog_thresh`,
    },
    setBy: `boot parameter softlockup_panic=; ${SYSCTL_D}; the kernel's CONFIG_BOOTPARAM_SOFTLOCKUP_PANIC (set in Flatcar, in Amazon Linux 2's kernel 5.15 and in Ubuntu's for Google Cloud up to 6.17)`,
    breaks: { on: ['sysctl kernel.softlockup_panic=0'] },
  },
  notThere('sysctl.kernel.softlockup_panic'),
);

export const SOFT_LOCKUP: Decision = ask(BOTH, {
  off: { outcome: 'not-detected' },
  on: ask(SOFT_DETECTOR, {
    off: { outcome: 'not-detected' },
    on: ask(THRESHOLD, {
      off: { outcome: 'not-detected' },
      on: ask(SOFT_PANICS, {
        on: PANIC,
        off: ask(panicOnTaint(TAINT.softLockup), { panics: PANIC, no: { outcome: 'survives' } }),
      }),
    }),
  }),
});

const IN_A_GUEST =
  'on this kernel kernel.nmi_watchdog is 1 where either of the two detectors runs, and in a virtual machine the hard one may be the other: RHEL 7 (from 7.3 on) and 6 (from 6.7 on) switch it off at boot in a KVM guest, as 3.18 to 4.0 do, it needs a performance counter that the hypervisor may not give, and a 1 that was written since switches it on';

/**
 * A 1 that stands for either detector would prove the hard one on a machine of its own, where nothing switches that off alone. No file
 * proves such a machine: guests of hypervisors that no file names look the same.
 */
function hardDetectorBehindOneSwitch(read: ReadFact): Answer<Switch> {
  const virtualization = read('virtualization.type');
  const notShown = (): Answer<Switch> => open(SWITCH, 'sysctl.kernel.nmi_watchdog', IN_A_GUEST);
  return virtualization.state === 'unreadable' && virtualization.cause === 'undetermined'
    ? open(
        SWITCH,
        'sysctl.kernel.nmi_watchdog',
        `${IN_A_GUEST}; no file tells whether this is one, and none can tell that it is not`,
      )
    : byReading<Switch>('virtualization.type', virtualization, SWITCH, notShown, notShown);
}

const HARD_DETECTOR: Question<Switch> = {
  ...knob(
    'sysctl.kernel.nmi_watchdog',
    {
      says: {
        off: () => 'the hard lockup detector is off or this kernel has none; in KVM guests on x86 it is off by default',
      },
      setBy: `boot parameter nmi_watchdog=; ${SYSCTL_D}; tuned's realtime, cpu-partitioning and powersave profiles set 0`,
      breaks: {},
    },
    () => decided('off'),
    ['uname.release', 'virtualization.type'],
  ),
  ask: (read) =>
    byNumber<Switch>(
      'sysctl.kernel.nmi_watchdog',
      read('sysctl.kernel.nmi_watchdog'),
      SWITCH,
      (value) =>
        value === 0
          ? decided('off')
          : byReading<Switch>(
              'uname.release',
              read('uname.release'),
              SWITCH,
              (release) => (hasOneSwitch(release) ? hardDetectorBehindOneSwitch(read) : decided('on')),
              () => open(SWITCH, 'uname.release', 'the kernel does not say its release'),
            ),
      () => decided('off'),
    ),
};

/**
 * RHEL 6.1 to 6.7 and 7.0 to 7.2 on x86-64: built with CONFIG_BOOTPARAM_HARDLOCKUP_PANIC=y, and without the sysctl, which came with
 * 2.6.32-616 and 3.10.0-403. Debug kernels and other machines were not read.
 */
function isBuiltToPanic(release: Value): boolean {
  const base = typeof release === 'string' ? kernelBase(release) : undefined;
  if (base === undefined || !base.suffix.endsWith('.x86_64')) return false;
  if (isReadRhel6(base)) return base.el6 !== undefined && base.el6 < 616;
  return base.el7 !== undefined && base.el7 >= 123 && base.el7 < 403;
}

/**
 * A kernel without the sysctl still takes nmi_watchdog=panic and nopanic, at the beginning of the value alone (strncmp() in
 * hardlockup_panic_setup()); what it was built with is not seen, and known of a few.
 */
const hardPanicsByBootParameter: Question<Switch>['ask'] = (read): Answer<Switch> =>
  byReading<Switch>(
    'cmdline',
    read('cmdline'),
    SWITCH,
    (cmdline) => {
      // Each that is given is looked at, and the last that says it counts.
      const asked = (toMap(cmdline)?.get('nmi_watchdog') ?? '').split(' ').findLast((one) => /^(?:no)?panic/.test(one));
      return asked === undefined ? hardPanicsByBuild(read) : decided(asked.startsWith('panic') ? 'on' : 'off');
    },
    () => open(SWITCH, 'cmdline', 'every kernel has a command line, and it is not there'),
  );

function hardPanicsByBuild(read: ReadFact): Answer<Switch> {
  const notShown = (): Answer<Switch> =>
    open(SWITCH, 'sysctl.kernel.hardlockup_panic', 'this kernel does not show whether a hard lockup panics');
  return byReading<Switch>(
    'uname.release',
    read('uname.release'),
    SWITCH,
    (release) => (isBuiltToPanic(release) ? decided('on') : notShown()),
    notShown,
  );
}

const HARD_PANICS = knob(
  'sysctl.kernel.hardlockup_panic',
  {
    says: {
      off: () => 'zero: a hard lockup is reported; the CPU stays stuck, and others that wait for it may lock up soft',
      on: () => 'a hard lockup panics the kernel',
    },
    setBy: `boot parameter nmi_watchdog=panic or nopanic; ${SYSCTL_D}; the kernel's CONFIG_BOOTPARAM_HARDLOCKUP_PANIC (set on x86_64 in RHEL 6 to 10, SLES 12, 15 and 16, Oracle UEK, Amazon Linux 2's kernel 5.15, Ubuntu's for Google Cloud, Flatcar and Container-Optimized OS)`,
    breaks: {
      on: ['sysctl kernel.hardlockup_panic=0; on a kernel without it the boot parameter nmi_watchdog=nopanic'],
    },
  },
  hardPanicsByBootParameter,
  ['cmdline', 'uname.release'],
);

export const HARD_LOCKUP: Decision = ask(BOTH, {
  off: { outcome: 'not-detected' },
  on: ask(HARD_DETECTOR, {
    off: { outcome: 'not-detected' },
    on: ask(THRESHOLD, {
      off: { outcome: 'not-detected' },
      on: ask(HARD_PANICS, { on: PANIC, off: { outcome: 'survives' } }),
    }),
  }),
});

const RCU_SUPPRESSED: Question<'yes' | 'no'> = {
  fact: 'module.rcupdate.rcu_cpu_stall_suppress',
  inputs: ['module.rcupdate.rcu_cpu_stall_suppress'],
  answers: ['yes', 'no'],
  ask: (read) =>
    byReading<'yes' | 'no'>(
      'module.rcupdate.rcu_cpu_stall_suppress',
      read('module.rcupdate.rcu_cpu_stall_suppress'),
      ['yes', 'no'],
      (value) => decided(value === false || value === 0 ? 'no' : 'yes'),
      () =>
        open(
          ['yes', 'no'],
          'module.rcupdate.rcu_cpu_stall_suppress',
          'this kernel does not show whether it looks for RCU stalls',
        ),
    ),
  says: { yes: () => 'the RCU stall detector is suppressed' },
  setBy: 'boot parameter rcupdate.rcu_cpu_stall_suppress=; /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress',
  breaks: {},
};

const RCU_PANICS = knob(
  'sysctl.kernel.panic_on_rcu_stall',
  {
    says: { on: () => 'an RCU stall panics the kernel' },
    setBy: SYSCTL_D,
    breaks: { on: ['sysctl kernel.panic_on_rcu_stall=0'] },
  },
  () => decided('off'),
);

/** Where RHEL 7 has the knob: its row came into the table of /proc/sys/debug. */
const RCU_PANICS_OF_RHEL_7 = knob(
  'sysctl.debug.panic_on_rcu_stall',
  {
    says: { off: () => 'an RCU stall is reported and nothing more', on: () => 'an RCU stall panics the kernel' },
    setBy: SYSCTL_D,
    breaks: { on: ['sysctl debug.panic_on_rcu_stall=0'] },
  },
  () => decided('off'),
);

export const RCU_STALL: Decision = ask(RCU_SUPPRESSED, {
  yes: { outcome: 'not-detected' },
  no: ask(RCU_PANICS, {
    on: PANIC,
    off: ask(RCU_PANICS_OF_RHEL_7, { on: PANIC, off: { outcome: 'survives' } }),
  }),
});

export const SOFT_LOCKUP_SOURCES: readonly string[] = [
  'kernel/watchdog.c, Debian linux 6.1.192-2',
  'kernel/watchdog.c and kernel/sysctl.c, RHEL 3.10.0-1062 and 2.6.32-131 to -754',
  'https://docs.kernel.org/admin-guide/lockup-watchdogs.html',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#softlockup-panic',
  'https://git.kernel.org/torvalds/c/e700f5d1560798aacf0e56fdcc70ee2c20bf56ec',
];
export const HARD_LOCKUP_SOURCES: readonly string[] = [
  'kernel/watchdog.c, Debian linux 6.1.192-2',
  'kernel/watchdog.c and arch/x86/kernel/kvm.c, RHEL 3.10.0-123, -229 and -1062, 2.6.32-131 to -754',
  'https://docs.kernel.org/admin-guide/lockup-watchdogs.html',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#nmi-watchdog',
];
export const RCU_STALL_SOURCES: readonly string[] = [
  'panic_on_rcu_stall() in kernel/rcu/tree_stall.h, Debian linux 6.1.192-2; kernel/rcutree.c and kernel/sysctl.c, RHEL 3.10.0-1062',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#panic-on-rcu-stall',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#max-rcu-stall-to-panic',
];
