import { absent, known, unreadable, type Reading, type ReadFact } from '../../model/reading.js';
import {
  getOpenQuestions,
  getEnds,
  walkDecision,
  type Decision,
  type End,
  type Outcome,
  type Walk,
} from './decision.js';
import { PANIC, rebooterText, secondsBefore } from './panic.js';
import type { OpenQuestion } from './question.js';
import { memoizePerHost } from '../../facts/memoize-per-host.js';
import { TRIGGERS, type Trigger } from './trigger-names.js';
import { TRIGGER } from './triggers.js';
import { valueText } from './values.js';
import { doubtWords } from '../../text/doubt-words.js';

/** Does the machine come up again after it went down? */
function reboots(end: End): boolean {
  return end.outcome === 'reboots' || end.outcome === 'dumps-then-reboots';
}

function doubtText(doubt: OpenQuestion): string {
  return doubt.cause === 'undetermined' ? doubt.detail : `${doubt.fact} ${doubtWords(doubt.cause, doubt.detail)}`;
}

/** One sentence: what keeps it open. */
export function openBecause(doubts: readonly OpenQuestion[]): string {
  return `it depends on what is not known: ${[...new Set(doubts.map(doubtText))].join('; ')}`;
}

/** The facts that led there: the decided steps of the first branch, `fact=value`, one after the other. */
function evidence(walked: Walk, read: ReadFact): readonly string[] {
  if ('end' in walked) return [];
  const [first] = walked.branches;
  const { fact, says } = walked.question;
  const isShown = walked.doubt === undefined && first !== undefined && says[first.answer] !== undefined;
  const here = isShown ? [`${fact} ${shown(read(fact))}`] : [];
  return first === undefined ? here : [...here, ...evidence(first.walk, read)];
}

function shown(reading: Reading): string {
  return reading.state === 'known' ? `is ${valueText(reading.value)}` : `is ${reading.state}`;
}

interface Walked {
  readonly walked: Walk;
  readonly raw: string;
}

/** A tree, walked once for the facts that are made from it. */
function walkedOnce(decision: Decision): (read: ReadFact) => Walked {
  return memoizePerHost((read): Walked => {
    const walked = walkDecision(decision, read);
    return { walked, raw: evidence(walked, read).join(', ') };
  });
}
const WALKED: ReadonlyMap<Trigger, (read: ReadFact) => Walked> = new Map(
  TRIGGERS.map((trigger) => [trigger, walkedOnce(TRIGGER[trigger].decision)]),
);
const PANIC_WALKED = walkedOnce(PANIC);

function walkOf(trigger: Trigger, read: ReadFact): Walked {
  return (WALKED.get(trigger) ?? walkedOnce(TRIGGER[trigger].decision))(read);
}

/**
 * An answer to each projection of the end: known where every end that is possible agrees, else unreadable with the
 * doubts.
 */
function settle(
  trigger: Trigger,
  read: ReadFact,
  project: (end: End) => string,
  give: (only: string, raw: string) => Reading,
): Reading {
  return settleWalk(trigger, walkOf(trigger, read), project, give);
}

function settleWalk(
  name: string,
  { walked, raw }: Walked,
  project: (end: End) => string,
  give: (only: string, raw: string) => Reading,
): Reading {
  const [only, ...others] = getEnds(walked, project);
  const doubts = getOpenQuestions(walked, project);
  const [nearest] = doubts;
  if (only !== undefined && others.length === 0) return give(only, raw);
  if (nearest === undefined) throw new Error(`${name}: several ends and no doubt`);
  return unreadable(nearest.cause, openBecause(doubts));
}

function notRebooted(trigger: Trigger): Reading<never> {
  return absent(`${TRIGGER[trigger].what} does not reboot this machine`);
}

export function deriveOutcome(trigger: Trigger, read: ReadFact): Reading {
  return settle(trigger, read, (end) => end.outcome, known);
}

export function deriveReboots(trigger: Trigger, read: ReadFact): Reading {
  return settle(
    trigger,
    read,
    (end) => String(reboots(end)),
    (only, raw) => known(only === 'true', raw),
  );
}

/** Ends after which the machine does not answer: it reboots, dumps, or stands still. */
const DOWN: ReadonlySet<Outcome> = new Set<Outcome>(['reboots', 'dumps-then-reboots', 'freezes']);

function goesDown(end: End): boolean {
  return DOWN.has(end.outcome);
}

/** Known also where it is open whether the kernel notices: neither takes the machine down. */
export function deriveGoesDown(trigger: Trigger, read: ReadFact): Reading {
  return settle(
    trigger,
    read,
    (end) => String(goesDown(end)),
    (only, raw) => known(only === 'true', raw),
  );
}

function staysDown(end: End): string {
  return String(end.outcome === 'freezes');
}

/** Known also where it is open whether the kernel notices, if what it would do then restarts the machine. */
export function deriveFreezes(trigger: Trigger, read: ReadFact): Reading {
  return settle(trigger, read, staysDown, (only, raw) => known(only === 'true', raw));
}

/** The same of any panic, whatever brings it. */
export function derivePanicFreezes(read: ReadFact): Reading {
  return settleWalk('panic', PANIC_WALKED(read), staysDown, (only, raw) => known(only === 'true', raw));
}

/** `kdump`, `kernel.panic=5 after 5 s`, `hardware watchdog`; absent where the machine is not rebooted. */
export function deriveRebootBy(trigger: Trigger, read: ReadFact): Reading {
  return settle(
    trigger,
    read,
    (end) => (end.by === undefined ? '' : rebooterText(end.by, read('sysctl.kernel.panic'))),
    (only, raw) => (only === '' ? notRebooted(trigger) : known(only, raw)),
  );
}

/** Seconds that kernel.panic waits, 0 for at once; absent where it is not kernel.panic that restarts the machine. */
export function deriveRebootAfter(trigger: Trigger, read: ReadFact): Reading {
  return settle(
    trigger,
    read,
    (end) => String(secondsBefore(end.by, read('sysctl.kernel.panic')) ?? (end.by === 'kernel.panic' ? 'unknown' : '')),
    (only, raw) =>
      only === ''
        ? absent(`after ${TRIGGER[trigger].what} no reboot is timed by kernel.panic`)
        : known(Number(only), raw),
  );
}
