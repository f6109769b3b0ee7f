import { derive } from '../../src/kernel/derive-facts.js';
import { OUTCOME_FACTS, OUTCOMES, type Outcome } from '../../src/kernel/outcome/index.js';
import type { Reading } from '../../src/model/reading.js';
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

export interface Prediction {
  /** undefined: kernward leaves it open. */
  readonly outcome: Outcome | undefined;
  readonly rebootBy: string | undefined;
  readonly rebootAfter: number | undefined;
  readonly mayMiss: boolean;
}

function valueOf(reading: Reading | undefined): unknown {
  return reading?.state === 'known' ? reading.value : undefined;
}

/** What the kernward of today makes of what was read then. */
export function predictionOf({ trigger }: Row, readings: Observation['readings']): Prediction {
  const derived = derive(new Map(Object.entries(readings)), OUTCOME_FACTS);
  const [outcome, by, after] = ['outcome', 'reboot_by', 'reboot_after'].map((name) =>
    valueOf(derived.get(`${trigger}.${name}`)),
  );
  return {
    outcome: OUTCOMES.find((each) => each === outcome),
    rebootBy: typeof by === 'string' ? by : undefined,
    rebootAfter: typeof after === 'number' ? after : undefined,
    mayMiss: trigger === 'hung_task' && valueOf(derived.get('hung_task.detector_blind')) === true,
  };
}

/** Where the machine did not do what was predicted, in words; none: they agree. */
export function disagreements(row: Row, observation: Observation): readonly string[] {
  const { readings, seen, noticedAfter, restartedAfter, computed = 0 } = observation;
  const { outcome, rebootAfter, mayMiss } = predictionOf(row, readings);
  if (outcome === undefined) return [];
  const found: string[] = [];
  const isSilent = valueOf(readings['sysctl.kernel.hung_task_warnings']) === 0;
  const means =
    outcome === 'survives' && isSilent && row.trigger === 'hung_task' ? 'went on, unnoticed' : MEANS[outcome];
  // "May a task hang without the detector seeing it" is a prediction of its own.
  const isMissed = mayMiss && seen === 'went on, unnoticed';
  if (seen !== means && !isMissed) found.push(`predicted ${outcome}, and it ${seen}`);
  if (rebootAfter !== undefined && restartedAfter !== undefined)
    if (restartedAfter < rebootAfter - 1 || computed > rebootAfter + BESIDE_SECS)
      found.push(
        `predicted a restart ${rebootAfter} s after the panic, and it took ${restartedAfter} s, of which it computed ${computed} s`,
      );
  const timeout = valueOf(readings['sysctl.kernel.hung_task_timeout_secs']);
  if (row.trigger === 'hung_task' && noticedAfter !== undefined && typeof timeout === 'number')
    if (noticedAfter < timeout - 0.1 || noticedAfter > 2 * timeout + CLOCK_SECS)
      found.push(`noticed after ${noticedAfter} s, which is not within ${timeout} and ${2 * timeout} s`);
  return found;
}
