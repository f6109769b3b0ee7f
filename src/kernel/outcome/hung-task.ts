import { baseAtLeast, isReadRhel6, kernelBase, type KernelBase } from '../kernel-base.js';
import { ask, type Decision } from './decision.js';
import { PANIC } from './panic.js';
import { byNumber, byReading, decided, open, type Answer, type Question } from './question.js';
import { hasBit, TAINT } from './taint.js';
import { toText } from './values.js';

/**
 * A task that is blocked, uninterruptibly, for longer than the timeout (kernel/hung_task.c, Debian linux 6.1.192-2).
 */

const BOOT_OR_SYSCTL = '/etc/sysctl.conf and sysctl.d';

const TIMEOUT: Question<'not-built' | 'off' | 'on'> = {
  fact: 'sysctl.kernel.hung_task_timeout_secs',
  inputs: ['sysctl.kernel.hung_task_timeout_secs'],
  answers: ['not-built', 'off', 'on'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.hung_task_timeout_secs',
      read('sysctl.kernel.hung_task_timeout_secs'),
      ['not-built', 'off', 'on'],
      (seconds) => decided(seconds === 0 ? 'off' : 'on'),
      () => decided('not-built'),
    ),
  says: {
    'not-built': () => 'this kernel is built without the hung-task detector, so nothing looks for hung tasks',
    off: () => 'zero: the hung-task detector does not look at all',
    on: (seconds) =>
      `the hung-task detector looks for tasks that are blocked uninterruptibly (D state, not killable) for more than ${seconds} s`,
  },
  setBy: `${BOOT_OR_SYSCTL}; tuned's realtime and cpu-partitioning profiles set 600; the sysctl.conf that comes with SUSE's kernels sets 0; the kernel's CONFIG_DEFAULT_HUNG_TASK_TIMEOUT`,
  breaks: {},
};

const OOPSED: Question<'yes' | 'no'> = {
  fact: 'sysctl.kernel.tainted',
  inputs: ['sysctl.kernel.tainted'],
  answers: ['yes', 'no'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.tainted',
      read('sysctl.kernel.tainted'),
      ['yes', 'no'],
      (tainted) => decided(hasBit(tainted, TAINT.die.mask) ? 'yes' : 'no'),
      () => open(['yes', 'no'], 'sysctl.kernel.tainted', 'every kernel has it, and it is not there'),
    ),
  says: {
    yes: () =>
      'the kernel has oopsed since boot (taint D), and from then on the hung-task detector does nothing until the machine is rebooted',
    no: () => 'the kernel has not oopsed since boot (no taint D), so the detector works',
  },
  setBy: 'an oops; a reboot clears it',
  breaks: {},
};

const CHECK_COUNT: Question<'none' | 'some'> = {
  fact: 'sysctl.kernel.hung_task_check_count',
  inputs: ['sysctl.kernel.hung_task_check_count'],
  answers: ['none', 'some'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.hung_task_check_count',
      read('sysctl.kernel.hung_task_check_count'),
      ['none', 'some'],
      (count) => decided(count === 0 ? 'none' : 'some'),
      () =>
        open(
          ['none', 'some'],
          'sysctl.kernel.hung_task_check_count',
          'every kernel with the detector has it, and it is not there',
        ),
    ),
  says: {
    none: () => 'zero: each scan ends before the first task',
    some: (count) => `each scan looks at no more than ${count} threads`,
  },
  setBy: BOOT_OR_SYSCTL,
  breaks: {},
};

const NO_PANIC: readonly string[] = [
  'sysctl kernel.hung_task_panic=0, now and where it was set: hung tasks are reported, and the machine stays up',
  'a larger kernel.hung_task_timeout_secs does not break it, and gives a blocked task longer',
];

type Panics = 'no' | 'first' | 'several';

const PANICS: Question<Panics> = {
  fact: 'sysctl.kernel.hung_task_panic',
  inputs: ['sysctl.kernel.hung_task_panic'],
  answers: ['no', 'first', 'several'],
  ask: (read) =>
    byNumber<Panics>(
      'sysctl.kernel.hung_task_panic',
      read('sysctl.kernel.hung_task_panic'),
      ['no', 'first', 'several'],
      (value) =>
        value < 0
          ? open(['no', 'first'], 'sysctl.kernel.hung_task_panic', 'below zero, which no kernel takes')
          : decided(value === 0 ? 'no' : value === 1 ? 'first' : 'several'),
      () =>
        open(
          ['no', 'first'],
          'sysctl.kernel.hung_task_panic',
          'every kernel with the detector has it, and it is not there',
        ),
    ),
  says: {
    no: () => 'zero: a hung task is reported, as long as hung_task_warnings lasts, and nothing more',
    first: () => 'the first task that is found hung panics the kernel',
    several: (value, read) =>
      countsFrom619(toText(read('uname.release')))
        ? `the kernel panics when one scan finds ${value} tasks hung; fewer are only reported`
        : `from 6.19 on the kernel panics when one scan finds ${value} tasks hung, before that any value but 0 panics at the first`,
  },
  setBy: `boot parameter hung_task_panic=; ${BOOT_OR_SYSCTL}; the kernel's CONFIG_BOOTPARAM_HUNG_TASK_PANIC (set in Container-Optimized OS, in Amazon Linux 2's kernel 5.15, in NVIDIA's L4T of 4.9 and in Bottlerocket's kernel 5.15 before bottlerocket-os/bottlerocket#3091)`,
  breaks: { first: NO_PANIC, several: NO_PANIC },
};

function countsFrom619(release: string | undefined): boolean {
  const base = release === undefined ? undefined : kernelBase(release);
  return base !== undefined && baseAtLeast(base, 6, 19);
}

const WARNINGS: Question<'left' | 'used-up'> = {
  fact: 'sysctl.kernel.hung_task_warnings',
  inputs: ['sysctl.kernel.hung_task_warnings'],
  answers: ['left', 'used-up'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.hung_task_warnings',
      read('sysctl.kernel.hung_task_warnings'),
      ['left', 'used-up'],
      (count) => decided(count === 0 ? 'used-up' : 'left'),
      () =>
        open(
          ['left', 'used-up'],
          'sysctl.kernel.hung_task_warnings',
          'every kernel with the detector has it, and it is not there',
        ),
    ),
  says: { 'used-up': () => 'the reports of hung tasks are used up' },
  setBy: BOOT_OR_SYSCTL,
  breaks: {},
};

type Suppression = 'suppresses' | 'panics-anyway';

/**
 * Whether the kernel, with no reports left, returns before it reads hung_task_panic. Only what was read in a tree is
 * claimed.
 */
function suppression(base: KernelBase): Suppression | undefined {
  if (baseAtLeast(base, 4, 14)) return 'panics-anyway';
  if (base.el6 !== undefined) return suppressionOfRhel6(base, base.el6);
  if (base.el7 !== undefined) return suppressionOfRhel7(base, base.el7);
  const [x, y, z] = base.version;
  if (x !== 4 || y !== 4) return undefined;
  if (base.suffix === '') return z <= 230 ? 'suppresses' : undefined;
  const ubuntu = /^-(?<abi>\d{1,4})-(?:generic|lowlatency)$/.exec(base.suffix)?.groups?.['abi'];
  return z === 0 && ubuntu !== undefined && Number(ubuntu) <= 187 ? 'suppresses' : undefined;
}

/** "allow hung_task_panic when hung_task_warnings is 0" came with -685 (changelog of 2.6.32-754.25.1), and so with 6.9. */
function suppressionOfRhel6(base: KernelBase, build: number): Suppression | undefined {
  if (!isReadRhel6(base)) return undefined;
  return build >= 685 ? 'panics-anyway' : 'suppresses';
}

/** Read in 7.0, 7.1 and 7.7; the changelogs up to -514 say nothing of it. */
function suppressionOfRhel7(base: KernelBase, build: number): Suppression | undefined {
  if (build >= 1062) return 'panics-anyway';
  return build < 514 || base.suffix.startsWith('-514.el7') ? 'suppresses' : undefined;
}

const NOT_PLACED =
  'old kernels do not panic once the reports are used up, newer ones do, and it is not known which of the two this one is';

const SUPPRESSION: Question<Suppression> = {
  fact: 'uname.release',
  inputs: ['uname.release'],
  answers: ['suppresses', 'panics-anyway'],
  ask: (read) =>
    byReading<Suppression>(
      'uname.release',
      read('uname.release'),
      ['suppresses', 'panics-anyway'],
      (release): Answer<Suppression> => {
        const base = typeof release === 'string' ? kernelBase(release) : undefined;
        const placed = base === undefined ? undefined : suppression(base);
        return placed === undefined
          ? open(['suppresses', 'panics-anyway'], 'uname.release', NOT_PLACED)
          : decided(placed);
      },
      () => open(['suppresses', 'panics-anyway'], 'uname.release', NOT_PLACED),
    ),
  says: {
    suppresses: () =>
      'this kernel is so old that it does not look at hung_task_panic once the reports are used up: it neither reports nor panics',
    'panics-anyway': () => 'this kernel panics even when the reports are used up, so the log may not name the task',
  },
  setBy: 'the kernel that was booted',
  breaks: {},
};

const DETECTED: Decision = ask(PANICS, {
  no: { outcome: 'survives' },
  first: ask(WARNINGS, {
    left: PANIC,
    'used-up': ask(SUPPRESSION, { suppresses: { outcome: 'survives' }, 'panics-anyway': PANIC }),
  }),
  several: ask(WARNINGS, {
    left: PANIC,
    'used-up': ask(SUPPRESSION, { suppresses: { outcome: 'survives' }, 'panics-anyway': PANIC }),
  }),
});

/** What switches the detector off, and what follows when nothing does. */
export function detectorSwitches(off: Decision, on: Decision): Decision {
  return ask(TIMEOUT, { 'not-built': off, off, on: ask(OOPSED, { yes: off, no: on }) });
}

export const HUNG_TASK: Decision = detectorSwitches(
  { outcome: 'not-detected' },
  ask(CHECK_COUNT, { none: { outcome: 'not-detected' }, some: DETECTED }),
);

export const HUNG_TASK_SOURCES: readonly string[] = [
  'kernel/hung_task.c, Debian linux 6.1.192-2, RHEL 2.6.32-131 to -573 and -754, 3.10.0-123, -229, -514, -1062 and -1160, Ubuntu 4.4.0-187, mainline 00b5cdeb9fe7',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-panic',
  'https://git.kernel.org/torvalds/c/9544f9e6947f6508d29f0d0cc2dacaa749fc1613',
];
