import type { FactId, ReadFact } from '../../model/reading.js';
import { ask, type Decision } from './decision.js';
import { PANIC } from './panic.js';
import { byNumber, byReading, decided, open, type Answer, type Question } from './question.js';
import { panicOnTaint, TAINT } from './taint.js';
import { toNumber } from './values.js';

/**
 * An oops in the context of an ordinary process, and a WARN(): both can be set to panic, and both are counted towards a
 * limit.
 */

type Limit = 'reached' | 'below';
const LIMIT: readonly Limit[] = ['reached', 'below'];

/**
 * Whether the next one reaches the limit. Counts since boot; limit 0 is none, and a kernel without the knob has none.
 */
function nextReaches(limitFact: FactId, countFact: FactId) {
  return (read: ReadFact): Answer<Limit> =>
    byNumber<Limit>(
      limitFact,
      read(limitFact),
      LIMIT,
      (limit) => {
        if (limit <= 0) return decided('below');
        if (limit === 1) return decided('reached');
        return byNumber<Limit>(
          countFact,
          read(countFact),
          LIMIT,
          (count) => decided(count + 1 >= limit ? 'reached' : 'below'),
          () => open(LIMIT, countFact, 'there is a limit, and the kernel does not show how many it has counted'),
        );
      },
      () => decided('below'),
    );
}

function limitQuestion(limitFact: FactId, countFact: FactId, what: string): Question<Limit> {
  return {
    fact: limitFact,
    inputs: [limitFact, countFact],
    answers: LIMIT,
    ask: nextReaches(limitFact, countFact),
    says: {
      reached: (limit, read) =>
        `the next ${what} reaches the limit of ${limit} since boot${counted(toNumber(read(countFact)))}: the kernel panics`,
    },
    setBy: '/etc/sysctl.conf and sysctl.d',
    breaks: { reached: [`raise sysctl ${limitFact.replace('sysctl.', '')}`] },
  };
}

function counted(count: number | undefined): string {
  return count === undefined ? '' : ` (${count} so far)`;
}

const PANIC_ON_OOPS: Question<'on' | 'off'> = {
  fact: 'sysctl.kernel.panic_on_oops',
  inputs: ['sysctl.kernel.panic_on_oops'],
  answers: ['on', 'off'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.panic_on_oops',
      read('sysctl.kernel.panic_on_oops'),
      ['on', 'off'],
      (value) => decided(value === 0 ? 'off' : 'on'),
      () => open(['on', 'off'], 'sysctl.kernel.panic_on_oops', 'every kernel has it, and it is not there'),
    ),
  says: {
    on: () => 'every oops panics the kernel',
    off: () =>
      'an oops kills the task that it happened in, without its locks being released, and the machine goes on; from then on the hung-task detector is off (taint D). In an interrupt or in init an oops panics all the same',
  },
  setBy:
    "boot parameter oops=panic; /etc/sysctl.conf and sysctl.d; kdump-tools (kdump-config load), SUSE's kdump (load.sh) and kubelet set 1 at run time, without a file; tuned's oracle profile; the kernel's CONFIG_PANIC_ON_OOPS (set in RHEL 7 to 10, Oracle UEK, Amazon Linux 2023 and Amazon Linux 2's kernel 5.15, Ubuntu's for Google Cloud, Flatcar and Container-Optimized OS; RHEL 6 has it in its source)",
  breaks: {
    on: ['sysctl kernel.panic_on_oops=0; where kubelet, kdump-tools or the kdump of SUSE sets it, it comes back'],
  },
};

export const OOPS: Decision = ask(PANIC_ON_OOPS, {
  on: PANIC,
  off: ask(panicOnTaint(TAINT.die), {
    panics: PANIC,
    no: ask(limitQuestion('sysctl.kernel.oops_limit', 'kernel.oops_count', 'oops'), {
      reached: PANIC,
      below: { outcome: 'survives' },
    }),
  }),
});

export const OOPS_SOURCES: readonly string[] = [
  'oops_end() in arch/x86/kernel/dumpstack.c, make_task_dead() in kernel/exit.c, Debian linux 6.1.192-2',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#panic-on-oops',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#oops-limit',
];

const PANIC_ON_WARN: Question<'on' | 'off'> = {
  fact: 'sysctl.kernel.panic_on_warn',
  inputs: ['sysctl.kernel.panic_on_warn'],
  answers: ['on', 'off'],
  ask: (read) =>
    byReading<'on' | 'off'>(
      'sysctl.kernel.panic_on_warn',
      read('sysctl.kernel.panic_on_warn'),
      ['on', 'off'],
      (value) => decided(value === 0 || value === false ? 'off' : 'on'),
      () => decided('off'),
    ),
  says: {
    on: () => 'every kernel warning (WARN) panics the kernel',
    off: () => 'a kernel warning (WARN) is printed and nothing more',
  },
  setBy: 'boot parameter panic_on_warn; /etc/sysctl.conf and sysctl.d',
  breaks: { on: ['sysctl kernel.panic_on_warn=0'] },
};

export const WARN: Decision = ask(PANIC_ON_WARN, {
  on: PANIC,
  off: ask(limitQuestion('sysctl.kernel.warn_limit', 'kernel.warn_count', 'warning'), {
    reached: PANIC,
    below: ask(panicOnTaint(TAINT.warn), { panics: PANIC, no: { outcome: 'survives' } }),
  }),
});

export const WARN_SOURCES: readonly string[] = [
  'check_panic_on_warn() and __warn() in kernel/panic.c, Debian linux 6.1.192-2',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#panic-on-warn',
  'https://docs.kernel.org/admin-guide/sysctl/kernel.html#warn-limit',
];
