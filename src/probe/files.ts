import { absent, unreadable, type Reading } from '../model/reading.js';
import { quote } from '../facts/parse.js';
import type { Section } from './frames.js';

export const NO_SUCH_FILE = 'No such file or directory';

/** `denied` where the host's own words say so, absent where the kernel answers that it does not do this (EOPNOTSUPP), else `malformed`. */
export const refusal = (path: string, reason: string): Reading<never> =>
  /^(?:operation )?not supported$/i.test(reason)
    ? absent(`the kernel has ${path} and answers that it is not supported`)
    : /permission denied|not permitted/i.test(reason)
    ? unreadable('denied', `${path}: permission denied`)
    : unreadable('malformed', `${path} could not be read: ${quote(reason)}`);

/** What one `grep -H '' FILES` said, by path. */
export interface FileTable {
  /** Path → its lines. A path without lines is not in it. */
  readonly contents: ReadonlyMap<string, readonly string[]>;
  /** Path → grep's reason. */
  readonly errors: ReadonlyMap<string, string>;
  /** Paths for which the shell's `test -e` said no. */
  readonly missing: ReadonlySet<string>;
  /** Some file was there and gave neither a line nor an error. */
  readonly someEmpty: boolean;
}

const contentsOf = (lines: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const contents = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (!line.startsWith('/') || colon < 0) continue;
    const path = line.slice(0, colon);
    const before = contents.get(path);
    if (before) before.push(line.slice(colon + 1));
    else contents.set(path, [line.slice(colon + 1)]);
  }
  return contents;
};

const errorsOf = (lines: readonly string[]): ReadonlyMap<string, string> => {
  const errors = new Map<string, string>();
  for (const line of lines) {
    // "grep: /proc/sys/kernel/sysrq: No such file or directory"
    const start = line.indexOf(' /');
    const colon = line.indexOf(': ', start + 1);
    if (start > 0 && colon > 0 && line[start - 1] === ':') errors.set(line.slice(start + 1, colon), line.slice(colon + 2));
  }
  return errors;
};

export const fileTable = (section: Section): FileTable => {
  const contents = contentsOf(section.lines);
  const errors = errorsOf(section.errors);
  const missing = new Set(section.notes.flatMap((note) => (note.startsWith('missing ') ? [note.slice('missing '.length)] : [])));
  const there = section.notes.findLast((note) => note.startsWith('there '))?.slice('there '.length);
  const answered = new Set([...contents.keys(), ...errors.keys()].filter((path) => !missing.has(path)));
  return { contents, errors, missing, someEmpty: there !== String(answered.size) };
};
