import { PACKAGE_SECTIONS, type FactDefinition, type FileSection, type SectionName } from '../facts/definition.js';
import { FACTS, PACKAGE_FACTS } from '../facts/index.js';
import { intern } from '../facts/intern.js';
import { factOrder, orderedReadings, withFurther } from '../model/ordered-readings.js';
import { unreadable, type Reading, type Readings } from '../model/reading.js';
import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import {
  collectorIn,
  whyDeclaredNotAsked,
  NOT_ASKED_AT_ALL,
  notAskedBy,
  type CollectorSaid,
} from './collector-info.js';
import type { Ended } from './ended.js';
import { declaredEditions } from './declared-editions.js';
import { readingChanged } from './familiar/host-before.js';
import { readDeclaredFiles } from './output/declared-files.js';
import { readFrames, type Frames } from './output/frames.js';
import { toOutput, type ProbeOutput } from './output/probe-output.js';
import { notRecorded, readingOf } from './output/reading-of.js';

/** `collector`: one that is installed on the host has answered. */
export type Parsed =
  | { readonly ok: true; readonly readings: Readings; readonly collector?: CollectorSaid }
  | { readonly ok: false; readonly detail: string };

/** The one section that a fact is read out of, beside the places. */
function onlySection({ origin }: FactDefinition): SectionName | undefined {
  if (origin.via !== 'command') return origin.section;
  const [first, ...others] = origin.sections;
  return others.length === 0 ? first : undefined;
}

/** Facts that are read out of one section. */
interface OfSection {
  /** Undefined of those that are read out of several. */
  readonly section: SectionName | undefined;
  /** The same, where it is one of files. */
  readonly ofFiles: FileSection | undefined;
  readonly facts: readonly FactDefinition[];
  /** Where each of them stands among all. */
  readonly at: readonly number[];
}

const bySection = memoize((facts: readonly FactDefinition[]): readonly OfSection[] =>
  [...new Set(facts.map(onlySection))].map((section) => {
    const ofThis = facts.filter((fact) => onlySection(fact) === section);
    const origin = ofThis[0]?.origin;
    return {
      section,
      ofFiles: origin === undefined || origin.via === 'command' ? undefined : origin.section,
      facts: ofThis,
      at: ofThis.map((fact) => facts.indexOf(fact)),
    };
  }),
);

const readChanged = readingChanged();

function readSection({ section: name, ofFiles, facts }: OfSection, output: ProbeOutput): readonly Reading[] {
  const read = (fact: FactDefinition): Reading => intern(readingOf(fact, output));
  const section = name === undefined || output.isRecorded ? undefined : output.section(name);
  const places = output.section('places');
  // Places of this host alone are not kept for others.
  if (section?.ok !== true || !places.ok || places.value.readBefore === undefined) return facts.map(read);
  const readAll = (): readonly Reading[] => {
    const table = ofFiles === undefined ? undefined : output.files(ofFiles);
    return table?.ok === true ? readChanged(facts, table.value, places.value, read) : facts.map(read);
  };
  return section.value.readBefore?.readings(facts, places.value, readAll) ?? readAll();
}

/** Stands for a reading until the turn of the section that its fact is read out of; each fact has one. */
const NOT_READ_YET: Reading = unreadable('malformed', 'no section is named');

/**
 * @param whyNot the reading of a fact that was not asked for, whatever the output says
 * @returns a reading of each fact, in their order
 */
function readFacts(
  facts: readonly FactDefinition[],
  output: ProbeOutput,
  whyNot: (fact: FactDefinition) => Reading | undefined,
): readonly Reading[] {
  const readings = facts.map((fact) => whyNot(fact) ?? NOT_READ_YET);
  for (const ofSection of bySection(facts)) {
    let next = 0;
    for (const reading of readSection(ofSection, output)) {
      const at = ofSection.at[next++] ?? facts.length;
      if (readings[at] === NOT_READ_YET) readings[at] = reading;
    }
  }
  return readings;
}

/** The order of these facts. */
const inTheirOrder = memoize((facts: readonly FactDefinition[]) => factOrder(facts.map(({ id }) => id)));
const FACTS_IN_ORDER = inTheirOrder(FACTS);
const PACKAGE_FACTS_IN_ORDER = inTheirOrder(PACKAGE_FACTS);
const NO_READINGS = orderedReadings(inTheirOrder([]), []);

/** Facts that policies declare, each asked for in its edition by whatever answered: a script, a collector, a recording of old. */
function readDeclared(
  facts: readonly FactDefinition[],
  output: ProbeOutput,
  sections: Frames,
  collector: CollectorSaid | undefined,
  isRecorded: boolean,
): Readings {
  if (facts.length === 0) return NO_READINGS;
  const editions = declaredEditions(facts);
  const why = whyDeclaredNotAsked(collector, isRecorded);
  const table = output.declared();
  const read = (fact: FactDefinition): Reading => {
    if (!table.ok) return why !== undefined && !sections.has('declared') ? why : table.reading;
    if (!table.value.asked.has(editions.get(fact.id) ?? '')) return why ?? NOT_ASKED_AT_ALL;
    return intern(fact.origin.via === 'command' ? readingOf(fact, output) : readDeclaredFiles(fact, table.value));
  };
  return orderedReadings(inTheirOrder(facts), facts.map(read));
}

/**
 * What the probe's output says of each fact. Nothing in it is trusted: a reading is known only where its section came
 * whole, and absent only where something proves it.
 *
 * @param output stdout of the session as it came, login noise included
 * @param nonce the one that was sent
 * @param ended whether the session ended by itself
 * @param declared what the probe was asked for beside the catalogue
 * @returns a reading for every fact of `FACTS`, and of those; `ok: false` when no frame of ours is in the output
 */
export function parseProbe(
  output: Uint8Array,
  nonce: string,
  ended: Ended,
  declared: readonly FactDefinition[] = [],
  isRecorded = false,
): Parsed {
  const sections = readFrames(output, nonce);
  if (sections === undefined)
    return {
      ok: false,
      detail: 'the session printed nothing of the probe: is the login shell a POSIX shell that runs commands?',
    };
  const observed = toOutput(sections, ended, isRecorded);
  const collector = collectorIn(sections);
  // What is asked for last, a recording of old has not: it is whole up to there. One that is not, or begins it and does not end it, was damaged.
  const asksForBoot =
    !isRecorded ||
    sections.has('boot') ||
    !observed.section('dumps').ok ||
    new TextDecoder('latin1').decode(output).includes(`kw ${nonce} begin boot\n`);
  const ofOld = (fact: FactDefinition): Reading | undefined =>
    !asksForBoot && fact.origin.via === 'command' && fact.origin.sections.includes('boot')
      ? notRecorded(fact)
      : undefined;
  const readings = orderedReadings(
    FACTS_IN_ORDER,
    readFacts(FACTS, observed, (fact) => notAskedBy(collector, fact) ?? ofOld(fact)),
  );
  const ofPolicies = readDeclared(declared, observed, sections, collector, isRecorded);
  return { ok: true, readings: withFurther(readings, ofPolicies), ...defined({ collector }) };
}

/** One object for all hosts: what is computed from it is found again. */
const NO_SECOND_LOOK = unreadable(
  'truncated',
  'the host printed nothing of the second look; a forced command that is the probe alone refuses it',
);

/**
 * Parses what the package script printed. Where it failed, only these facts are unreadable.
 *
 * @param nonce the package script's own
 * @param collector what answered the probe, and answers this
 * @returns a reading for every fact of `PACKAGE_FACTS`
 */
export function parsePackages(output: Uint8Array, nonce: string, ended: Ended, collector?: CollectorSaid): Readings {
  const sections = readFrames(output, nonce);
  if (sections === undefined && ended === 'complete') {
    return orderedReadings(
      PACKAGE_FACTS_IN_ORDER,
      PACKAGE_FACTS.map(() => NO_SECOND_LOOK),
    );
  }
  const observed = toOutput(sections ?? new Map(), ended);
  return orderedReadings(
    PACKAGE_FACTS_IN_ORDER,
    readFacts(PACKAGE_FACTS, observed, (fact) => notAskedBy(collector, fact)),
  );
}

/** Parses output that may hold no package script's; returns no readings where none of its sections was begun. */
export function packagesIn(output: Uint8Array, nonce: string): Readings {
  const sections = readFrames(output, nonce);
  return sections !== undefined && PACKAGE_SECTIONS.some((name) => sections.has(name))
    ? parsePackages(output, nonce, 'complete')
    : NO_READINGS;
}
