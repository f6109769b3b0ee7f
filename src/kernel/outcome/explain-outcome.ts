import { readerOf } from '../../model/ordered-readings.js';
import type { FactId, Reading, Readings, ReadFact } from '../../model/reading.js';
import { getEnds, matters, OUTCOMES, walkDecision, type Outcome, type Step, type Walk } from './decision.js';
import { deriveOutcome, deriveRebootBy } from './derive.js';
import { NOTES, type OutcomeNote } from './notes.js';
import type { Trigger } from './trigger-names.js';
import { TRIGGER } from './triggers.js';
import { doubtWords } from '../../text/doubt-words.js';
import { toText, valueText } from './values.js';

/** One step of the way from what happens to what becomes of the machine. */
export interface CauseLink {
  readonly fact: FactId;
  readonly reading: Reading;
  /** What it means here, in plain words. */
  readonly says: string;
  /** Which boot parameter or family of files could have set it; empty for the conclusion. */
  readonly setBy: string;
  /** What to change so that the chain ends here, cheapest first; empty where there is nothing to change or no need. */
  readonly breaks: readonly string[];
}

const CONCLUSIONS: Readonly<Record<Outcome, (what: string, by: string) => string>> = {
  survives: (what) => `${what} does not make this kernel panic: the machine goes on`,
  reboots: (what, by) => `${what} reboots this machine, ${by}, and no vmcore is saved`,
  'dumps-then-reboots': (what, by) =>
    by === 'by the kdump'
      ? `${what} ends in the crash kernel, which tries to save a dump and then normally reboots this machine`
      : `${what} reboots this machine, ${by}, which tries to save a dump`,
  freezes: (what) => `${what} freezes this machine until somebody resets it`,
  'not-detected': (what) => `this kernel does not notice ${what}: it neither reports it nor panics`,
};

function stepLink(step: Step, answer: string, read: ReadFact, isEvil: boolean): readonly CauseLink[] {
  const { fact, says, setBy, breaks } = step.question;
  const reading = read(fact);
  const words = says[answer];
  return words === undefined
    ? []
    : [
        {
          fact,
          reading,
          says: words(reading.state === 'known' ? valueText(reading.value) : '', read),
          setBy,
          breaks: isEvil ? (breaks[answer] ?? []) : [],
        },
      ];
}

function openLink(step: Step, read: ReadFact): CauseLink {
  const fact = step.doubt?.fact ?? step.question.fact;
  const decides = matters(step, (end) => end.outcome);
  const effect = decides
    ? `and it decides between ${[...getEnds(step, (end) => end.outcome)].join(' and ')}`
    : 'and the outcome is the same whatever it is';
  return {
    fact,
    reading: read(fact),
    says: `not known (${step.doubt?.detail ?? ''}), ${effect}`,
    setBy: step.question.setBy,
    breaks: [],
  };
}

function linksOf(walked: Walk, read: ReadFact, isEvil: boolean): readonly CauseLink[] {
  if ('end' in walked) return [];
  const [first] = walked.branches;
  if (first === undefined) return [];
  if (walked.doubt === undefined)
    return [...stepLink(walked, first.answer, read, isEvil), ...linksOf(first.walk, read, isEvil)];
  const decides = matters(walked, (end) => end.outcome);
  return decides ? [openLink(walked, read)] : [openLink(walked, read), ...linksOf(first.walk, read, isEvil)];
}

/** Ends in which the machine goes down: only there a chain is worth breaking. */
const GOES_DOWN: ReadonlySet<string> = new Set<Outcome>(['reboots', 'dumps-then-reboots', 'freezes']);

function noteLinks(trigger: Trigger, read: ReadFact, when: OutcomeNote['when']): readonly CauseLink[] {
  return NOTES.flatMap((note) => {
    const { fact, setBy } = note;
    const words = note.when === when && note.triggers.includes(trigger) ? note.says(read(fact), read) : undefined;
    return words === undefined ? [] : [{ fact, reading: read(fact), says: words, setBy, breaks: [] }];
  });
}

function byText(by: string | undefined): string {
  if (by === undefined) return 'it is not known by what';
  return /^(?:kernel\.panic|the )/.test(by) ? `by ${by}` : `by the ${by}`;
}

function conclusion(trigger: Trigger, read: ReadFact): CauseLink {
  const outcome = deriveOutcome(trigger, read);
  const by = deriveRebootBy(trigger, read);
  const end = OUTCOMES.find((known) => outcome.state === 'known' && outcome.value === known);
  const says =
    end === undefined
      ? `what ${TRIGGER[trigger].what} does to this machine cannot be told: ${outcome.state === 'unreadable' ? outcome.detail : ''}`
      : CONCLUSIONS[end](TRIGGER[trigger].what, byText(toText(by)));
  return { fact: `${trigger}.outcome`, reading: outcome, says, setBy: '', breaks: [] };
}

/**
 * The chain of facts from what happens to what becomes of the machine, the conclusion last. Where a fact that decides
 * is not known the chain says so and goes straight to the conclusion.
 *
 * @param readings as read from the host; a fact that is not among them counts as not collected
 */
export function explainOutcome(trigger: Trigger, readings: Readings): readonly CauseLink[] {
  const read = readerOf(readings);
  const walked = walkDecision(TRIGGER[trigger].decision, read);
  const ends = [...getEnds(walked, (end) => end.outcome)];
  const goesDown = ends.some((end) => GOES_DOWN.has(end));
  const [first, ...others] = linksOf(walked, read, goesDown);
  return [
    ...(first === undefined ? [] : [first]),
    ...(ends.some((end) => end !== 'not-detected') ? noteLinks(trigger, read, 'detected') : []),
    ...others,
    ...(goesDown ? noteLinks(trigger, read, 'panicked') : []),
    conclusion(trigger, read),
  ];
}

/** Values come from a host: nothing but printable ASCII reaches the line. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function readingText(reading: Reading): string {
  if (reading.state === 'known') return `= ${valueText(reading.value)}`;
  return reading.state === 'absent' ? 'is absent' : doubtWords(reading.cause, '');
}

/**
 * The chain as lines of plain text: a numbered line for each link, below it what could have set it and what breaks it.
 */
export function renderChain(links: readonly CauseLink[]): readonly string[] {
  return links.flatMap(({ fact, reading, says, setBy, breaks }, index) =>
    [
      `${index + 1}. ${fact} ${readingText(reading)}: ${says}`,
      ...(setBy === '' ? [] : [`   set by: ${setBy}`]),
      ...breaks.map((change) => `   to break it: ${change}`),
    ].map(printable),
  );
}
