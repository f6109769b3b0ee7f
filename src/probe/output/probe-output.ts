import type { FileSection, SectionName } from '../../facts/definition.js';
import { quote } from '../../facts/parse.js';
import { memoize } from '../../language/memoize.js';
import { unreadable, type Reading } from '../../model/reading.js';
import type { Ended } from '../ended.js';
import { declaredTable, type DeclaredTable } from './declared-files.js';
import { fileTable, type FileTable } from './files.js';
import { foreignPath, matchedPaths } from './foreign-path.js';
import type { ProbeSection } from './frames.js';
import { readPlaces, type Places } from './prove-absence.js';

/** A value, or else the reading of every fact that needs it. */
export type Whole<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reading: Reading<never> };

export function whole<T>(value: T): Whole<T> {
  return { ok: true, value };
}

export function unread(reading: Reading<never>): Whole<never> {
  return { ok: false, reading };
}

interface Matched {
  readonly contents: readonly string[];
  readonly errors: readonly string[];
}

const NOTHING_MATCHED: Matched = { contents: [], errors: [] };

/** The parts of the probe's output, each parsed once for all facts. */
export interface ProbeOutput {
  readonly section: (name: SectionName) => Whole<ProbeSection>;
  readonly files: (name: FileSection) => Whole<FileTable>;
  /** A path in that section that nobody asked for. */
  readonly foreign: (name: FileSection) => string | undefined;
  /** What answered or could not be read of that section and is asked for by some pattern. */
  readonly matched: (name: FileSection) => Matched;
  readonly places: () => Whole<Places>;
  readonly declared: () => Whole<DeclaredTable>;
  /** It was recorded by a probe that may have asked for less. */
  readonly isRecorded: boolean;
}

export function toOutput(
  sections: ReadonlyMap<SectionName, ProbeSection | 'broken'>,
  ended: Ended,
  isRecorded = false,
): ProbeOutput {
  const section = (name: SectionName): Whole<ProbeSection> => {
    const given = sections.get(name);
    if (given === 'broken')
      return unread(unreadable('malformed', `the section ${name} of the probe's output is not in order`));
    if (given !== undefined) return whole(given);
    return unread(
      ended === 'timed-out'
        ? unreadable('timed-out', `the probe was stopped before its section ${name} was complete`)
        : unreadable('truncated', `the probe's output ends before its section ${name} is complete`),
    );
  };
  const files = memoize((name: FileSection): Whole<FileTable> => {
    const given = section(name);
    if (!given.ok) return given;
    // grep: 0 something matched, 1 nothing did, 2 a file could not be read. Above that it did not run.
    return given.value.status <= 2 ? whole(fileTable(given.value)) : unread(commandFailed(name, given.value));
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
  const places = memoize((): Whole<Places> => {
    const given = section('places');
    return given.ok ? whole(readPlaces(given.value)) : given;
  });
  const declared = memoize((): Whole<DeclaredTable> => {
    const given = section('declared');
    if (!given.ok) return given;
    return given.value.status <= 2 ? whole(declaredTable(given.value)) : unread(commandFailed('declared', given.value));
  });
  return { section, files, foreign, matched, places, declared, isRecorded };
}

/** What every fact of a section reads whose command failed. */
export function commandFailed(name: SectionName, { status, errors }: ProbeSection): Reading<never> {
  const said = errors.find((line) => line !== '') ?? '';
  if (/argument list too long/i.test(said))
    return unreadable('truncated', 'the host has more processes than one command can be given');
  return /permission denied|not permitted/i.test(said)
    ? unreadable('denied', `section ${name}: ${quote(said)}`)
    : unreadable('malformed', `the command of section ${name} ended with status ${status}: ${quote(said)}`);
}
