import {
  PACKAGE_SECTIONS,
  type CommandSection,
  type FactDefinition,
  type FileSection,
  type SectionName,
} from '../facts/definition.js';
import { FACTS, PACKAGE_FACTS } from '../facts/index.js';
import { intern, LONGEST_TEXT } from '../facts/intern.js';
import { quote } from '../facts/parse.js';
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
import { fileTable, NO_SUCH_FILE, refusal, type FileTable } from './files.js';
import { declaredTable, readDeclaredFiles, type DeclaredTable } from './declared-files.js';
import { declaredEditions } from './declared-editions.js';
import { foreignPath, globPattern, matchedPaths } from './foreign-path.js';
import { readFrames, type Frames, type ProbeSection } from './frames.js';
import { readingChanged } from './familiar/host-before.js';
import { readPlaces, findWitness, type Places } from './prove-absence.js';
import { append } from '../text/append.js';
import { detached } from '../text/detached.js';

export type Ended = 'complete' | 'timed-out' | 'truncated';
/** `collector`: one that is installed on the host has answered. */
export type Parsed =
  | { readonly ok: true; readonly readings: Readings; readonly collector?: CollectorSaid }
  | { readonly ok: false; readonly detail: string };

/** A value, or else the reading of every fact that needs it. */
type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reading: Reading<never> };

function found<T>(value: T): Found<T> {
  return { ok: true, value };
}

function unread(reading: Reading<never>): Found<never> {
  return { ok: false, reading };
}

interface Matched {
  readonly contents: readonly string[];
  readonly errors: readonly string[];
}

const NOTHING_MATCHED: Matched = { contents: [], errors: [] };

/** The parts of the probe's output, each parsed once for all facts. */
interface ProbeOutput {
  readonly section: (name: SectionName) => Found<ProbeSection>;
  readonly files: (name: FileSection) => Found<FileTable>;
  /** A path in that section that nobody asked for. */
  readonly foreign: (name: FileSection) => string | undefined;
  /** What answered or could not be read of that section and is asked for by some pattern. */
  readonly matched: (name: FileSection) => Matched;
  readonly places: () => Found<Places>;
  readonly declared: () => Found<DeclaredTable>;
  /** It was recorded by a probe that may have asked for less. */
  readonly isRecorded: boolean;
}

function toOutput(
  sections: ReadonlyMap<SectionName, ProbeSection | 'broken'>,
  ended: Ended,
  isRecorded = false,
): ProbeOutput {
  const section = (name: SectionName): Found<ProbeSection> => {
    const given = sections.get(name);
    if (given === 'broken')
      return unread(unreadable('malformed', `the section ${name} of the probe's output is not in order`));
    if (given !== undefined) return found(given);
    return unread(
      ended === 'timed-out'
        ? unreadable('timed-out', `the probe was stopped before its section ${name} was complete`)
        : unreadable('truncated', `the probe's output ends before its section ${name} is complete`),
    );
  };
  const files = memoize((name: FileSection): Found<FileTable> => {
    const given = section(name);
    if (!given.ok) return given;
    // grep: 0 something matched, 1 nothing did, 2 a file could not be read. Above that it did not run.
    return given.value.status <= 2 ? found(fileTable(given.value)) : unread(commandFailed(name, given.value));
  });
  const foreign = memoize((name: FileSection): string | undefined => {
    const table = files(name);
    return table.ok ? foreignPath(name, table.value) : undefined;
  });
  const matched = memoize((name: FileSection): Matched => {
    const table = files(name);
    if (!table.ok) return NOTHING_MATCHED;
    const { contents, errors } = table.value;
    return { contents: matchedPaths(name, contents.paths), errors: matchedPaths(name, errors.keys()) };
  });
  const places = memoize((): Found<Places> => {
    const given = section('places');
    return given.ok ? found(readPlaces(given.value)) : given;
  });
  const declared = memoize((): Found<DeclaredTable> => {
    const given = section('declared');
    if (!given.ok) return given;
    return given.value.status <= 2 ? found(declaredTable(given.value)) : unread(commandFailed('declared', given.value));
  });
  return { section, files, foreign, matched, places, declared, isRecorded };
}

function commandFailed(name: SectionName, { status, errors }: ProbeSection): Reading<never> {
  const said = errors.find((line) => line !== '') ?? '';
  if (/argument list too long/i.test(said))
    return unreadable('truncated', 'the host has more processes than one command can be given');
  return /permission denied|not permitted/i.test(said)
    ? unreadable('denied', `section ${name}: ${quote(said)}`)
    : unreadable('malformed', `the command of section ${name} ended with status ${status}: ${quote(said)}`);
}

/** A proven absence, or why nothing proves it. */
function missing(path: string, output: ProbeOutput): Reading<never> {
  const places = output.places();
  return places.ok ? findWitness(path, places.value) : places.reading;
}

function textOf(path: string, { contents, errors, missing: gone }: FileTable, output: ProbeOutput): Found<string> {
  const error = errors.get(path);
  if (error !== undefined && error !== NO_SUCH_FILE) return unread(refusal(path, error));
  const hasGone = gone.has(path);
  if (hasGone && error !== undefined && !contents.has(path)) return unread(missing(path, output));
  if (hasGone || error !== undefined)
    return unread(unreadable('malformed', `${path} was there at one moment and not at another`));
  return found(contents.get(path) ?? '');
}

/** Whether nothing at all was said of a path: neither that it is there nor that it is not. Every file that was there has answered. */
function isUnasked(path: string, { contents, errors, missing: gone, someEmpty }: FileTable): boolean {
  return !someEmpty && !contents.has(path) && !errors.has(path) && !gone.has(path);
}

function notRecorded({ id }: FactDefinition): Reading<never> {
  return unreadable('not-collected', `the probe that this was recorded with did not ask for ${id}`);
}

function readFile(fact: FactDefinition, paths: readonly string[], table: FileTable, output: ProbeOutput): Reading {
  let first: Reading | undefined;
  if (output.isRecorded && paths.every((path) => isUnasked(path, table))) return notRecorded(fact);
  for (const path of paths) {
    const text = textOf(path, table, output);
    if (text.ok) return fact.parse(text.value);
    if (text.reading.state !== 'absent') return text.reading;
    first ??= text.reading;
  }
  return first ?? unreadable('malformed', 'no file is named');
}

function readFiles(fact: FactDefinition, paths: readonly string[], table: FileTable, output: ProbeOutput): Reading {
  let all = '';
  if (output.isRecorded && paths.every((path) => isUnasked(path, table))) return notRecorded(fact);
  for (const path of paths) {
    const text = textOf(path, table, output);
    if (text.ok) all += (text.value === '' ? '\n' : text.value).replace(/^(?=.|\n)/gm, `${path}:`);
    else if (text.reading.state !== 'absent') return text.reading;
  }
  return fact.parse(all);
}

type GlobOrigin = Extract<FactDefinition['origin'], { via: 'glob' }>;

function readGlob(fact: FactDefinition, origin: GlobOrigin, table: FileTable, output: ProbeOutput): Reading {
  if (table.someEmpty) return unreadable('malformed', 'a file that is there gave nothing');
  const wanted = origin.patterns.map(globPattern);
  const matched = output.matched(origin.section);
  for (const directory of origin.directories) {
    const inside = `${directory}/`;
    const matches = (path: string): boolean =>
      path.startsWith(inside) && wanted.some((pattern) => pattern.test(path.slice(inside.length)));
    // A pattern without a star names one file, and its absence is told as that of any other file is.
    for (const path of matched.errors) {
      const reason = matches(path) ? table.errors.get(path) : undefined;
      if (reason !== undefined && !(reason === NO_SUCH_FILE && table.missing.has(path))) return refusal(path, reason);
    }
    const matching = matched.contents.filter(matches);
    if (matching.length > 0)
      return fact.parse(
        matching
          .map((path) =>
            (table.contents.get(path) ?? '').replace(/^(?=.|\n)/gm, () => `${path.slice(directory.length + 1)}:`),
          )
          .join(''),
      );
    if (output.isRecorded && origin.patterns.every((pattern) => isUnasked(`${directory}/${pattern}`, table)))
      return notRecorded(fact);
    if (!origin.patterns.every((pattern) => table.missing.has(`${directory}/${pattern}`)))
      return unreadable('malformed', `nothing was said of ${directory}`);
  }
  const [directory = '', ...others] = origin.directories;
  const witness = missing(`${directory}/${origin.patterns[0]?.split('/')[0]}`, output);
  const isThere = witness.state === 'absent' && witness.witness.startsWith(`${directory} `);
  return isThere && origin.mayBeEmpty && others.length === 0 ? fact.parse('') : witness;
}

interface Expected {
  readonly statuses: readonly number[];
  /** What the command may complain of without its output being worth less. */
  readonly harmless?: RegExp;
}

/** grep over processes: 1 is no match, 2 a process that has ended meanwhile, which is none of our business. */
const OF_PROCESSES: Expected = { statuses: [0, 1, 2], harmless: /: No such (?:file or directory|process)$/ };

const EXPECTED: Readonly<Record<CommandSection, Expected>> = {
  cmdline: { statuses: [0] },
  machine: { statuses: [0] },
  parameters: { statuses: [0] },
  // 1: nothing of it is in the file.
  kconfig: { statuses: [0, 1] },
  kthreads: OF_PROCESSES,
  tasks: OF_PROCESSES,
  dumps: { statuses: [0] },
  // find: what its command says, or a file that has gone meanwhile; its last line says that it came to its end.
  boot: { statuses: [0, 1, 2] },
  pstore: { statuses: [0] },
  // rpm: how many of the packages that were asked for are not installed. dpkg-query: 1 where none is.
  installed: { statuses: [0, 1, 2, 3, 4, 5], harmless: /^(?:dpkg-query: no packages found matching |warning: )/ },
  // The search's own status; what gzip or rpm complains of may stand beside lines that were found, which are proof.
  changelog: { statuses: [0], harmless: /^(?:\/\S*\/)?(?:gzip|zcat|rpm|error|warning|sh)\b/ },
};

function readCommand(fact: FactDefinition, names: readonly CommandSection[], output: ProbeOutput): Reading {
  let text = '';
  const grumbles: string[] = [];
  for (const name of names) {
    const section = output.section(name);
    if (!section.ok) return section.reading;
    const { status, errors, text: printed } = section.value;
    const { statuses, harmless } = EXPECTED[name];
    const complaints = errors.filter((line) => line !== '' && harmless?.test(line) !== true);
    const unexplained = OF_PROCESSES === EXPECTED[name] && status === 2 && errors.every((line) => line === '');
    if (!statuses.includes(status) || complaints.length > 0 || unexplained)
      return commandFailed(name, { ...section.value, errors: complaints });
    if (harmless !== undefined && EXPECTED[name] !== OF_PROCESSES)
      append(
        grumbles,
        errors.filter((line) => line !== ''),
      );
    text += printed;
  }
  // A short one is kept for other hosts.
  const reading = fact.parse(text.length > LONGEST_TEXT ? text : detached(text));
  const [said] = grumbles;
  return said !== undefined && reading.state === 'unreadable'
    ? { ...reading, detail: `${reading.detail}: ${quote(said)}` }
    : reading;
}

function readingOf(fact: FactDefinition, output: ProbeOutput): Reading {
  const { origin } = fact;
  if (origin.via === 'command') return readCommand(fact, origin.sections, output);
  const table = output.files(origin.section);
  if (!table.ok) return table.reading;
  // What is made of several files is not whole where the path of one of them was damaged.
  const foreign = origin.via === 'file' ? undefined : output.foreign(origin.section);
  if (foreign !== undefined) return unreadable('malformed', `nobody asked for ${quote(foreign)}`);
  if (origin.via === 'glob') return readGlob(fact, origin, table.value, output);
  return (origin.via === 'file' ? readFile : readFiles)(fact, origin.paths, table.value, output);
}

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
