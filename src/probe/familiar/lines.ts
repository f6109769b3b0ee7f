import { standsAt } from './stands-at.js';
import { detached } from '../../text/detached.js';

/** A line that the scripts wrote, from behind the nonce to its line break, and what it is. */
export interface FrameLine {
  /** With its line break. */
  readonly text: string;
  /** Without. */
  readonly line: string;
  /** Its first three words, each empty where there are fewer. */
  readonly word: string;
  readonly name: string;
  readonly status: string;
  readonly isNote: boolean;
  /** Lines that came behind it. */
  readonly next: FrameLine[];
}

/** Lines of ours that stand between the frames, each before the errors. */
const NOTE = /^(?:place (?:search|there|none) \/\S+|missing \/\S+|there \d{1,9})$/;

/** More lines than all scripts have; a longer one is none of theirs. */
export const MOST_LINES = 2048;
const LONGEST_LINE = 256;
/** A file is there or not, a place can be searched or not, a section ends with this status or that. */
const MOST_NEXT = 4;

function toLine(text: string): FrameLine {
  const line = text.slice(0, -1);
  const [word = '', name = '', status = ''] = line.split(' ', 3);
  return { text, line, word, name, status, isNote: NOTE.test(line), next: [] };
}

/** The line that begins at `at`, `before` being the one of ours before it; undefined where it does not end. */
export type LineAt = (before: FrameLine | undefined, text: string, at: number) => FrameLine | undefined;

/**
 * Hosts answer the same script alike: a line is looked for among those that came behind the one before it, and is one object for all
 * hosts. Of more lines than `MOST_LINES` all are forgotten; of one answer no more than that are kept.
 */
export function familiarLines(): LineAt {
  let known = new Map<string, FrameLine>();
  /** How many were kept of this answer. */
  let ofAnswer = 0;
  return (before, text, at) => {
    if (before === undefined) ofAnswer = 0;
    else for (const line of before.next) if (standsAt(line.text, text, at)) return line;
    const end = text.indexOf('\n', at) + 1;
    if (end === 0) return undefined;
    const found = text.slice(at, end);
    let line = known.get(found);
    if (line === undefined) {
      if (found.length > LONGEST_LINE || ofAnswer >= MOST_LINES) return toLine(detached(found));
      if (known.size >= MOST_LINES) known = new Map();
      ofAnswer += 1;
      line = toLine(detached(found));
      known.set(line.text, line);
    }
    if (before !== undefined && before.next.length < MOST_NEXT) before.next.push(line);
    return line;
  };
}
