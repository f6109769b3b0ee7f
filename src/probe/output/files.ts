import { memoize } from '../../language/memoize.js';
import { absent, unreadable, type Reading } from '../../model/reading.js';
import { quote } from '../../facts/parse.js';
import { detached } from '../../text/detached.js';
import { standsAt } from '../familiar/stands-at.js';
import { familiarFiles, type FamiliarFile } from '../familiar/files.js';
import { familiarLayouts, MOST_PATHS, type FileLayout } from '../familiar/file-layouts.js';
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

/** Path → its lines, each ended. A path without lines is not in it. */
interface FileContents {
  readonly paths: readonly string[];
  /** What each of the paths says. */
  readonly list: readonly string[];
  readonly get: (path: string) => string | undefined;
  readonly has: (path: string) => boolean;
}

/** What one `grep -H '' FILES` said, by path. */
export interface FileTable {
  readonly contents: FileContents;
  /** One object for hosts that differ in what their files say, if in anything. */
  readonly layout: FileLayout;
  /** Path → grep's reason. */
  readonly errors: ReadonlyMap<string, string>;
  /** Paths for which the shell's `test -e` said no. */
  readonly missing: ReadonlySet<string>;
  /** Some file was there and gave neither a line nor an error. */
  readonly someEmpty: boolean;
}

/** Where the next line begins that begins with a slash, `at` being where a line begins; the end of the text where none does. */
function nextPath(text: string, at: number): number {
  if (text.startsWith('/', at)) return at;
  const before = text.indexOf('\n/', at);
  return before < 0 ? text.length : before + 1;
}

/** Lines of a file one after the other. */
interface Run {
  /** Without their paths. */
  readonly content: string;
  /** It is no part of the text any more. */
  readonly isOwn: boolean;
  readonly end: number;
}

/** More lines than any file has that facts are read from: of more, all paths are taken out at once. */
const MOST_LINES = 1024;

/** Where the lines end that begin like this, from `at` on, one after the other. */
function endOfRun(text: string, at: number, start: string): number {
  let end = at;
  while (text.startsWith(start, end)) {
    const lineEnd = text.indexOf('\n', end) + 1;
    if (lineEnd === 0) break;
    end = lineEnd;
  }
  return end;
}

/** The lines of a file from `at` on, where its first is behind the path and the colon; undefined where that does not end. */
function runOfLines(text: string, at: number, start: string): Run | undefined {
  let end = text.indexOf('\n', at) + 1;
  if (end === 0) return undefined;
  const first = text.slice(at, end);
  if (!standsAt(start, text, end)) return { content: first, isOwn: false, end };
  const lines = [first];
  while (text.startsWith(start, end)) {
    const from = end + start.length;
    const isLong = lines.length >= MOST_LINES;
    const next = isLong ? endOfRun(text, end, start) : text.indexOf('\n', from) + 1;
    if (next <= end) break;
    const found = text.slice(from, next);
    lines.push(isLong ? found.replaceAll(`\n${start}`, '\n') : found);
    end = next;
  }
  return { content: lines.join(''), isOwn: true, end };
}

const FAMILIAR = familiarFiles();

/** What the file says, by itself: while the host is asked further, and in a report, nothing holds all that it said. */
function keep(file: FamiliarFile, { content, isOwn }: Run): string {
  const own = isOwn ? content : detached(content);
  FAMILIAR.keep(file, own);
  return own;
}

/** Files as they were told of: one whose lines do not come one after the other is there more than once. */
interface Told {
  readonly paths: readonly string[];
  readonly contents: readonly string[];
}

function addTo(byPath: Map<string, string>, path: string, content: string): void {
  byPath.set(path, (byPath.get(path) ?? '') + content);
}

/** Each path once, with all that was told of it. */
function joined({ paths, contents }: Told): Map<string, string> {
  const byPath = new Map<string, string>();
  let at = 0;
  for (const path of paths) addTo(byPath, path, contents[at++] ?? '');
  return byPath;
}

/**
 * A file's lines come one after the other, so they are cut out together. Linear in the size of the text, and what is nobody's line is
 * passed over in one search: a host may send millions.
 */
function filesIn(text: string): Told {
  const paths: string[] = [];
  const contents: string[] = [];
  let byPath: Map<string, string> | undefined;
  const add = (path: string, content: string): void => {
    if (byPath !== undefined) addTo(byPath, path, content);
    else {
      paths.push(path);
      contents.push(content);
      // No layout has so many: no list of each line is made of those that a host repeats.
      if (paths.length > MOST_PATHS) byPath = joined({ paths, contents });
    }
  };
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
    const run = runOfLines(text, at + start.length, start);
    // A line that does not end is none.
    if (run === undefined) break;
    add(path, FAMILIAR.find(file, run.content) ?? keep(file, run));
    before = file;
    at = nextPath(text, run.end);
  }
  return byPath === undefined ? { paths, contents } : { paths: [...byPath.keys()], contents: [...byPath.values()] };
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

const someEmpty = memoize(({ paths, places, notes, errors }: FileLayout): boolean => {
  const { missing, there } = notedIn(notes);
  let answered = 0;
  for (const path of paths) if (!missing.has(path)) answered += 1;
  for (const path of errorsOf(errors).keys()) if (!missing.has(path) && !places.has(path)) answered += 1;
  return there !== String(answered);
});

const LAYOUTS = familiarLayouts();

export function fileTable({ text, notes, errors }: ProbeSection): FileTable {
  const told = filesIn(text);
  const familiar = LAYOUTS.find(told.paths, notes, errors);
  const byPath = familiar === undefined ? joined(told) : undefined;
  const isEachOnce = byPath === undefined || byPath.size === told.paths.length;
  const paths = isEachOnce ? told.paths : [...byPath.keys()];
  const list = isEachOnce ? told.contents : [...byPath.values()];
  const layout = familiar ?? LAYOUTS.make(paths, notes, errors, isEachOnce);
  const { places } = layout;
  const get = (path: string): string | undefined => {
    const place = places.get(path);
    return place === undefined ? undefined : list[place];
  };
  return {
    contents: { paths, list, get, has: (path) => places.has(path) },
    layout,
    errors: errorsOf(errors),
    missing: notedIn(notes).missing,
    someEmpty: someEmpty(layout),
  };
}
