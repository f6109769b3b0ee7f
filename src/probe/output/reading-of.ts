import type { CommandSection, FactDefinition } from '../../facts/definition.js';
import { LONGEST_TEXT } from '../../facts/intern.js';
import { quote } from '../../facts/parse.js';
import { unreadable, type Reading } from '../../model/reading.js';
import { append } from '../../text/append.js';
import { detached } from '../../text/detached.js';
import { NO_SUCH_FILE, refusal, type FileTable } from './files.js';
import { globPattern } from './foreign-path.js';
import { commandFailed, unread, whole, type Whole, type ProbeOutput } from './probe-output.js';
import { findWitness } from './prove-absence.js';

/** A proven absence, or why nothing proves it. */
function missing(path: string, output: ProbeOutput): Reading<never> {
  const places = output.places();
  return places.ok ? findWitness(path, places.value) : places.reading;
}

function textOf(path: string, { contents, errors, missing: gone }: FileTable, output: ProbeOutput): Whole<string> {
  const error = errors.get(path);
  if (error !== undefined && error !== NO_SUCH_FILE) return unread(refusal(path, error));
  const hasGone = gone.has(path);
  if (hasGone && error !== undefined && !contents.has(path)) return unread(missing(path, output));
  if (hasGone || error !== undefined)
    return unread(unreadable('malformed', `${path} was there at one moment and not at another`));
  return whole(contents.get(path) ?? '');
}

/** Whether nothing at all was said of a path: neither that it is there nor that it is not. Every file that was there has answered. */
function isUnasked(path: string, { contents, errors, missing: gone, someEmpty }: FileTable): boolean {
  return !someEmpty && !contents.has(path) && !errors.has(path) && !gone.has(path);
}

/** Of what the probe that was recorded did not ask for. */
export function notRecorded({ id }: FactDefinition): Reading<never> {
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

/** What the output says of a fact: known only where its sections came whole, absent only where something proves it. */
export function readingOf(fact: FactDefinition, output: ProbeOutput): Reading {
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
