import { derive } from '../../src/kernel/derive-facts.js';
import { OUTCOME_FACTS, OUTCOMES, type Outcome } from '../../src/kernel/outcome/index.js';
import { absent, type Reading } from '../../src/model/reading.js';
import type { Observation, Seen } from './observe.js';
import type { Row } from './rows.js';

/** What each prediction says that a machine does. */
const MEANS: Readonly<Record<Outcome, Seen>> = {
  survives: 'went on',
  'not-detected': 'went on, unnoticed',
  reboots: 'restarted',
  'dumps-then-reboots': 'dumped and restarted',
  freezes: 'stood still',
};
/** What the kernel says and does beside counting down. */
const BESIDE_SECS = 1.5;
/** Of the guest's own clock. */
const CLOCK_SECS = 1.5;
/** Between a panic and our reading of it on the console. */
const LOOK_SECS = 0.5;

/** What is predicted: nothing is held for agreement that `says` does not say. */
export interface Prediction {
  /** undefined: kernward leaves it open, which agrees with nothing. */
  readonly outcome: Outcome | undefined;
  /** The whole of it, in the words of docs/truth.md. */
  readonly says: string;
  /** What the machine is then seen to do; one of several only where `says` names each. */
  readonly sees: readonly Seen[];
  readonly rebootAfter: number | undefined;
  /** Of the guest's clock, from what happened to the kernel's first word about it. */
  readonly noticedWithin: readonly [number, number] | undefined;
}

function valueOf(reading: Reading | undefined): unknown {
  return reading?.state === 'known' ? reading.value : undefined;
}

function numberOf(reading: Reading | undefined): number | undefined {
  const value = valueOf(reading);
  return typeof value === 'number' ? value : undefined;
}

/** From 6.19 on the number of tasks that one scan has to find hung. */
function tasksToPanic(readings: Observation['readings']): number {
  const asked = numberOf(readings['sysctl.kernel.hung_task_panic']) ?? 0;
  const release = String(valueOf(readings['uname.release']));
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return major > 6 || (major === 6 && minor >= 19) ? asked : Math.min(asked, 1);
}

/** A scan begins between one interval and the next, and counts a task that was blocked for the timeout by then. */
function noticedWithin(readings: Observation['readings']): readonly [number, number] | undefined {
  const timeout = numberOf(readings['sysctl.kernel.hung_task_timeout_secs']);
  if (timeout === undefined || timeout === 0) return undefined;
  const interval = numberOf(readings['sysctl.kernel.hung_task_check_interval_secs']) ?? 0;
  return [timeout, timeout + (interval > 0 ? Math.min(interval, timeout) : timeout)];
}

/** No machine of the laboratory loads the driver of a watchdog but where its row says so (`observe.ts`). */
const NO_WATCHDOG = absent('/sys/class/misc can be searched and has no watchdog');

/** What the kernward of today makes of what was read then. */
export function predictionOf({ trigger, times = 1, has }: Row, readings: Observation['readings']): Prediction {
  const all = new Map(Object.entries(readings));
  // Rows of old were not asked for it.
  if (!all.has('watchdog.misc') && has !== 'hardware watchdog') all.set('watchdog.misc', NO_WATCHDOG);
  const derived = derive(all, OUTCOME_FACTS);
  const of = (name: string): unknown => valueOf(derived.get(`${trigger}.${name}`));
  const [found, by, after] = ['outcome', 'reboot_by', 'reboot_after'].map(of);
  const outcome = OUTCOMES.find((each) => each === found);
  const rebootAfter = typeof after === 'number' ? after : undefined;
  if (outcome === undefined) return { outcome, says: 'left open', sees: [], rebootAfter, noticedWithin: undefined };
  const says = typeof by === 'string' ? `${outcome} (${by})` : outcome;
  const plain: Prediction = { outcome, says, sees: [MEANS[outcome]], rebootAfter, noticedWithin: undefined };
  if (outcome === 'not-detected') return { ...plain, says: `${says}: goes on, unnoticed` };
  if (trigger !== 'hung_task') return plain;
  const timed: Prediction = { ...plain, noticedWithin: noticedWithin(readings) };
  if (outcome === 'survives')
    return valueOf(readings['sysctl.kernel.hung_task_warnings']) === 0
      ? { ...timed, says: `${says}, and the log says nothing: hung_task_warnings=0`, sees: ['went on, unnoticed'] }
      : timed;
  const tasks = tasksToPanic(readings);
  if (tasks > 1)
    return {
      ...timed,
      says: `${says}, if one scan finds ${tasks} tasks hung; goes on with fewer`,
      sees: [times < tasks ? 'went on' : MEANS[outcome]],
    };
  if (valueOf(derived.get('hung_task.detector_blind')) !== true) return timed;
  const count = numberOf(readings['sysctl.kernel.hung_task_check_count']);
  return {
    ...timed,
    says: `${says}, if the detector sees the task; else goes on, unnoticed: a scan ends after ${count} thread${count === 1 ? '' : 's'}`,
    sees: [MEANS[outcome], 'went on, unnoticed'],
  };
}

/** Where the machine did not do what was predicted, in words; none: they agree. */
export function disagreements(row: Row, observation: Observation): readonly string[] {
  const { readings, seen, noticedAfter, hungAfter = 0, restartedAfter, computed } = observation;
  const { outcome, says, sees, rebootAfter, noticedWithin: range } = predictionOf(row, readings);
  if (outcome === undefined) return ['nothing was predicted'];
  const found: string[] = [];
  if (!sees.includes(seen)) found.push(`predicted ${says}, and it ${seen}`);
  if (rebootAfter !== undefined && seen === 'restarted')
    if (
      restartedAfter === undefined ||
      computed === undefined ||
      restartedAfter < rebootAfter - LOOK_SECS ||
      computed > rebootAfter + BESIDE_SECS
    )
      found.push(
        `predicted a restart ${rebootAfter} s after the panic, and it took ${restartedAfter} s, of which it computed ${computed} s`,
      );
  if (range !== undefined && noticedAfter !== undefined)
    if (noticedAfter < range[0] - 0.1 || noticedAfter - hungAfter > range[1] + CLOCK_SECS)
      found.push(
        `noticed after ${noticedAfter} s, ${hungAfter} s of them until it hung, which is not within ${range[0]} and ${range[1]} s`,
      );
  return found;
}
