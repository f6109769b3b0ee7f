import type { Trigger } from '../../src/kernel/outcome/index.js';
import type { Seen } from './observe.js';

/** A machine that is set up to go down, the rule that says so, and what is to happen to it once it has been remedied. */
export interface Remedied {
  readonly rule: string;
  readonly trigger: Trigger;
  readonly lines: readonly string[];
}

export const REMEDIES: readonly Remedied[] = [
  {
    rule: 'hung-task-auto-reboot',
    trigger: 'hung_task',
    lines: ['kernel.hung_task_panic = 1', 'kernel.panic = 2', 'kernel.hung_task_timeout_secs = 5'],
  },
  {
    rule: 'soft-lockup-auto-reboot',
    trigger: 'soft_lockup',
    lines: ['kernel.softlockup_panic = 1', 'kernel.panic = 2', 'kernel.watchdog_thresh = 3'],
  },
  {
    rule: 'oom-auto-reboot',
    trigger: 'oom',
    lines: ['vm.panic_on_oom = 1', 'kernel.panic = 2'],
  },
  {
    rule: 'oops-auto-reboot',
    trigger: 'oops',
    lines: ['kernel.panic_on_oops = 1', 'kernel.panic = 2'],
  },
  {
    rule: 'warn-auto-reboot',
    trigger: 'warn',
    lines: ['kernel.panic_on_warn = 1', 'kernel.panic = 2'],
  },
];

/** The one that is tried on a Debian that systemd starts as well. */
export const REMEDY_ON_DISK: readonly Remedied[] = REMEDIES.filter(({ rule }) => rule === 'hung-task-auto-reboot');

/** What came of a remedy. */
export interface Healed {
  readonly release: string;
  /** The verdict of the rule before, and after the remedy and a boot. */
  readonly verdicts: readonly [string, string];
  /** What kernward wrote, by the path that it is to be installed as. */
  readonly remedy: Readonly<Record<string, string>>;
  /** What the machine did when the thing happened. */
  readonly seen: Seen;
}

/** Where the remedy did not do what it is for, in words. */
export function notHealed({ verdicts: [before, after], seen }: Healed): readonly string[] {
  return [
    ...(before === 'fail' ? [] : [`the rule was ${before} before`]),
    ...(after === 'pass' ? [] : [`the rule is ${after} after the remedy`]),
    ...(seen === 'went on' ? [] : [`the machine ${seen}`]),
  ];
}
