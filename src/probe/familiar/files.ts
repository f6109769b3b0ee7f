import { standsAt } from './stands-at.js';
import { detached } from '../../text/detached.js';

/** A file of which hosts have told: how its lines begin, what they said, and which files came behind it. */
export interface FamiliarFile {
  /** The path and a colon. */
  readonly start: string;
  readonly path: string;
  /** Its lines without their paths. */
  readonly contents: string[];
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
  /** The same content, if it was kept: one text for all hosts whose file says the same. */
  readonly find: (file: FamiliarFile, content: string) => string | undefined;
  /** @param content by itself, not cut out of what the host said */
  readonly keep: (file: FamiliarFile, content: string) => void;
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
      if (before !== undefined) for (const file of before.next) if (standsAt(file.start, text, at)) return file;
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
    find: (file, content) => {
      for (const before of file.contents)
        if (before === content) {
          file.found += 1;
          return before;
        }
      return undefined;
    },
    keep: (file, content) => {
      if (file.isVaried || content.length > LONGEST_CONTENT || file.start.length > LONGEST_CONTENT) return;
      if (file.contents.length >= MOST_CONTENTS) {
        file.isVaried = file.found < MOST_CONTENTS;
        file.found = 0;
        file.contents.length = 0;
        if (file.isVaried) return;
      }
      if (kept > MOST_KEPT) forget();
      kept += content.length;
      file.contents.push(content);
    },
  };
}
