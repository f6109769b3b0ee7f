import { memoize } from '../language/memoize.js';
import { absent, unreadable, type Reading } from '../model/reading.js';
import { quote } from '../facts/parse.js';
import { familiarFiles, type FamiliarFile } from './familiar/files.js';
import type { ProbeSection } from './frames.js';

export const NO_SUCH_FILE = 'No such file or directory';

/**
 * `denied` where the host's own words say so, absent where the kernel answers that it does not do this (EOPNOTSUPP),
 * else `malformed`.
 */
export function refusal(path: string, reason: string): Reading<never> {
  return /^(?:operation )?not supported$/i.test(reason)
    ? absent(`the kernel has ${path} and answers that it is not supported`)
    : /permission denied|not permitted/i.test(reason)
      ? unreadable('denied', `${path}: permission denied`)
      : unreadable('malformed', `${path} could not be read: ${quote(reason)}`);
}

/** What one `grep -H '' FILES` said, by path. */
export interface FileTable {
  /** Path → its lines, each ended. A path without lines is not in it. */
  readonly contents: ReadonlyMap<string, string>;
  /** Path → grep's reason. */
  readonly errors: ReadonlyMap<string, string>;
  /** Paths for which the shell's `test -e` said no. */
  readonly missing: ReadonlySet<string>;
  /** Some file was there and gave neither a line nor an error. */
  readonly someEmpty: boolean;
}

/** Where the lines end that begin like this, from `at` on, one after the other. */
function endOfRun(text: string, at: number, start: string): number {
  let end = at;
  while (text.startsWith(start, end)) end = text.indexOf('\n', end) + 1;
  return end;
}

/** Where the next line begins that begins with a slash, `at` being where a line begins; the end of the text where none does. */
function nextPath(text: string, at: number): number {
  if (text.startsWith('/', at)) return at;
  const before = text.indexOf('\n/', at);
  return before < 0 ? text.length : before + 1;
}

const FAMILIAR = familiarFiles();

/**
 * A file's lines come one after the other, so they are cut out together. Linear in the size of the text, and what is nobody's line is
 * passed over in one search: a host may send millions.
 */
function contentsOf(text: string): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  let before: FamiliarFile | undefined;
  for (let at = nextPath(text, 0); at < text.length;) {
    let file = FAMILIAR.guess(before, text, at);
    if (file === undefined) {
      const colon = text.indexOf(':', at);
      if (colon < 0) break;
      // No line before the one with the colon has any.
      const lineStart = text.lastIndexOf('\n', colon) + 1;
      if (lineStart > at) {
        at = nextPath(text, lineStart);
        continue;
      }
      file = FAMILIAR.of(before, text.slice(at, colon + 1));
    }
    const { start, path } = file;
    const from = at + start.length;
    const lineEnd = text.indexOf('\n', from) + 1;
    // A line that does not end is none.
    if (lineEnd === 0) break;
    const familiar = FAMILIAR.find(file, text, from);
    const end = familiar === undefined ? endOfRun(text, lineEnd, start) : from + familiar.rest.length;
    const content =
      familiar?.content ?? FAMILIAR.keep(file, text.slice(from, end), (rest) => rest.replaceAll(`\n${start}`, '\n'));
    const earlier = contents.get(path);
    contents.set(path, earlier === undefined ? content : earlier + content);
    before = file;
    at = nextPath(text, end);
  }
  return contents;
}

/** Hosts share what they say of files that are not there. */
const errorsOf = memoize((lines: readonly string[]): ReadonlyMap<string, string> => {
  const errors = new Map<string, string>();
  for (const line of lines) {
    // "grep: /proc/sys/kernel/sysrq: No such file or directory"
    const start = line.indexOf(' /');
    const colon = line.indexOf(': ', start + 1);
    if (start > 0 && colon > 0 && line[start - 1] === ':')
      errors.set(line.slice(start + 1, colon), line.slice(colon + 2));
  }
  return errors;
});

interface Noted {
  readonly missing: ReadonlySet<string>;
  /** How many files there are, as the host counts them. */
  readonly there: string | undefined;
}

const notedIn = memoize((notes: readonly string[]): Noted => {
  const missing = new Set<string>();
  for (const note of notes) if (note.startsWith('missing ')) missing.add(note.slice('missing '.length));
  const there = notes.findLast((note) => note.startsWith('there '))?.slice('there '.length);
  return { missing, there };
});

export function fileTable(section: ProbeSection): FileTable {
  const contents = contentsOf(section.text);
  const errors = errorsOf(section.errors);
  const { missing, there } = notedIn(section.notes);
  let answered = 0;
  for (const path of contents.keys()) if (!missing.has(path)) answered += 1;
  for (const path of errors.keys()) if (!missing.has(path) && !contents.has(path)) answered += 1;
  return { contents, errors, missing, someEmpty: there !== String(answered) };
}
