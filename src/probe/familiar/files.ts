import { detached } from '../../text/detached.js';

/** What stands behind the first path of a file's lines, and its lines without their paths. */
interface FamiliarContent {
  readonly rest: string;
  readonly content: string;
}

/** A file of which hosts have told: how its lines begin, what stood there, and which files came behind it. */
export interface FamiliarFile {
  /** The path and a colon. */
  readonly start: string;
  readonly path: string;
  readonly contents: FamiliarContent[];
  readonly next: FamiliarFile[];
  /** How often what it says was found again since there was nothing to find. */
  found: number;
  /** It hardly ever says the same: nothing is kept. */
  isVaried: boolean;
}

/** More than all scripts ask for. */
export const MOST_FILES = 512;
/** As many as a setting has of values, or a fleet of kernels. */
export const MOST_CONTENTS = 32;
export const LONGEST_CONTENT = 1024;
/** Of all files, in UTF-16 units. */
const MOST_KEPT = 1024 * 1024;
/** The one that comes behind it is there or not. */
const MOST_NEXT = 4;

export interface FamiliarFiles {
  /** The file whose lines begin at `at`, if it came behind `before` earlier. */
  readonly guess: (before: FamiliarFile | undefined, text: string, at: number) => FamiliarFile | undefined;
  /** The file whose lines begin like this. */
  readonly of: (before: FamiliarFile | undefined, start: string) => FamiliarFile;
  /** What the file says, where it said it before; `at` is behind the path and the colon of its first line. */
  readonly find: (file: FamiliarFile, text: string, at: number) => FamiliarContent | undefined;
  readonly keep: (file: FamiliarFile, rest: string, toContent: (rest: string) => string) => string;
}

function newFile(start: string): FamiliarFile {
  return { start, path: start.slice(0, -1), contents: [], next: [], found: 0, isVaried: false };
}

/**
 * Hosts tell of the same files in the same order, and most of them the same: each file is looked for behind the one before it, and
 * what it says among what was said of it. One text for all hosts that say the same: it is cut out once, and what is made of it is found
 * fast. What is kept is bounded, and after that everything is forgotten.
 */
export function familiarFiles(): FamiliarFiles {
  let known = new Map<string, FamiliarFile>();
  let kept = 0;
  const forget = (): void => {
    known = new Map();
    kept = 0;
  };
  return {
    guess: (before, text, at) => {
      if (before !== undefined) for (const file of before.next) if (text.startsWith(file.start, at)) return file;
      return undefined;
    },
    of: (before, start) => {
      if (start.length > LONGEST_CONTENT) return newFile(start);
      let file = known.get(start);
      if (file === undefined) {
        if (known.size >= MOST_FILES) forget();
        file = newFile(detached(start));
        kept += start.length;
        known.set(file.start, file);
      }
      if (before !== undefined && before.next.length < MOST_NEXT) before.next.push(file);
      return file;
    },
    find: (file, text, at) => {
      for (const content of file.contents)
        // Further lines of the file would be a part of what it says.
        if (text.startsWith(content.rest, at) && !text.startsWith(file.start, at + content.rest.length)) {
          file.found += 1;
          return content;
        }
      return undefined;
    },
    keep: (file, rest, toContent) => {
      // By itself, whether it is kept or not: while the host is asked further, and in a report, nothing holds all that it said.
      const own = detached(rest);
      if (file.isVaried || own.length > LONGEST_CONTENT || file.start.length > LONGEST_CONTENT) return toContent(own);
      if (file.contents.length >= MOST_CONTENTS) {
        file.isVaried = file.found < MOST_CONTENTS;
        file.found = 0;
        file.contents.length = 0;
        if (file.isVaried) return toContent(own);
      }
      if (kept > MOST_KEPT) forget();
      const content = toContent(own);
      kept += own.length + content.length;
      file.contents.push({ rest: own, content });
      return content;
    },
  };
}
