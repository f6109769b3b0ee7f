import { OUTCOMES, TRIGGERS, type Outcome, type Trigger } from '../kernel/outcome/index.js';
import type { Reading, Readings } from '../model/reading.js';
import { at, type TextLine } from './layout.js';

export const TRIGGER_WORDS: Readonly<Record<Trigger, string>> = {
  hung_task: 'a task hangs',
  oops: 'the kernel oopses',
  soft_lockup: 'a CPU locks up softly',
  hard_lockup: 'a CPU locks up hard',
  oom: 'memory runs out',
  rcu_stall: 'RCU stalls',
  warn: 'the kernel warns',
};

const WIDTH = Math.max(...Object.values(TRIGGER_WORDS).map((words) => words.length)) + 2;

const WORDS: Readonly<Record<Outcome, (by: string) => string>> = {
  survives: () => 'goes on',
  reboots: (by) => `reboots, by ${by}; no dump`,
  'dumps-then-reboots': (by) => `tries to save a dump, then reboots${by === '' ? '' : ` (${by})`}`,
  freezes: () => 'freezes until somebody resets it',
  'not-detected': () => 'goes on: the kernel does not notice',
};

const NOT_DERIVED: Reading = { state: 'unreadable', cause: 'not-collected', detail: 'these readings do not hold it' };

function outcomeText(trigger: Trigger, readings: Readings): string {
  const outcome = readings.get(`${trigger}.outcome`) ?? NOT_DERIVED;
  const by = readings.get(`${trigger}.reboot_by`);
  if (outcome.state !== 'known')
    return `cannot be told: ${outcome.state === 'absent' ? outcome.witness : outcome.detail}`;
  const who = by?.state === 'known' && typeof by.value === 'string' ? by.value : '';
  const end = OUTCOMES.find((value) => value === outcome.value);
  return end === undefined ? 'cannot be told' : WORDS[end](who);
}

/** The end in a word or two, where nothing is said of who brings it about. */
export function outcomeWords(end: string): string {
  const outcome = OUTCOMES.find((value) => value === end);
  return outcome === undefined ? 'cannot be told' : WORDS[outcome]('').replace(', by ; no dump', '');
}

/** One line for each thing that can happen. */
export function outcomeLines(readings: Readings): readonly TextLine[] {
  return TRIGGERS.map((trigger) => at(2, outcomeText(trigger, readings), TRIGGER_WORDS[trigger].padEnd(WIDTH, ' ')));
}

export function goesDown(trigger: Trigger, readings: Readings): boolean {
  const outcome = readings.get(`${trigger}.outcome`);
  return outcome?.state === 'known' && outcome.value !== 'survives' && outcome.value !== 'not-detected';
}
