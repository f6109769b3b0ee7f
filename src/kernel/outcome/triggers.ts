import type { Decision } from './decision.js';
import { HUNG_TASK, HUNG_TASK_SOURCES } from './hung-task.js';
import {
  HARD_LOCKUP,
  HARD_LOCKUP_SOURCES,
  RCU_STALL,
  RCU_STALL_SOURCES,
  SOFT_LOCKUP,
  SOFT_LOCKUP_SOURCES,
} from './lockup.js';
import { OOM, OOM_SOURCES } from './oom.js';
import { OOPS, OOPS_SOURCES, WARN, WARN_SOURCES } from './oops.js';
import type { Trigger } from './trigger-names.js';

export interface TriggerDefinition {
  /** A noun phrase that can begin a sentence after its article: `a hung task`. */
  readonly what: string;
  /** What exactly is assumed to happen, where the noun phrase leaves it open. */
  readonly assumes: string;
  readonly decision: Decision;
  readonly sources: readonly string[];
}

export const TRIGGER: Readonly<Record<Trigger, TriggerDefinition>> = {
  hung_task: {
    what: 'a hung task',
    assumes:
      'tasks stay blocked uninterruptibly for longer than the timeout, and the scan gets to them; where hung_task_panic is a count N above 1 (6.19 and later), as many as that at once',
    decision: HUNG_TASK,
    sources: HUNG_TASK_SOURCES,
  },
  oops: {
    what: 'an oops in an ordinary process',
    assumes: 'it does not happen in an interrupt, the idle task or init (there it panics whatever is set)',
    decision: OOPS,
    sources: OOPS_SOURCES,
  },
  soft_lockup: {
    what: 'a soft lockup',
    assumes:
      'a watched CPU (kernel.watchdog_cpumask) schedules nothing for as long as it takes; where softlockup_panic is a count N (7.0 and later), N times the threshold',
    decision: SOFT_LOCKUP,
    sources: SOFT_LOCKUP_SOURCES,
  },
  hard_lockup: {
    what: 'a hard lockup',
    assumes: 'a watched CPU takes no interrupts for as long as it takes',
    decision: HARD_LOCKUP,
    sources: HARD_LOCKUP_SOURCES,
  },
  oom: {
    what: 'running out of memory',
    assumes:
      'the whole machine is out of memory, not only a cgroup, a cpuset or a memory policy, and there is a process that can be killed',
    decision: OOM,
    sources: OOM_SOURCES,
  },
  rcu_stall: {
    what: 'an RCU stall',
    assumes: 'stalls go on until kernel.max_rcu_stall_to_panic is reached, where it is above 1',
    decision: RCU_STALL,
    sources: RCU_STALL_SOURCES,
  },
  warn: {
    what: 'a kernel warning (WARN)',
    assumes: 'one more WARN() is reached',
    decision: WARN,
    sources: WARN_SOURCES,
  },
};
