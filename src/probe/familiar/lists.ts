import type { SectionName } from '../../facts/definition.js';
import { detached } from '../../text/detached.js';

/** As many as there are kinds of machines with other files, in the same fleet; what differs more is not found again. */
const MOST_LISTS = 8;
const LONGEST_LIST = 256;
/** Longer ones may be a place in all that the host said. */
const LONGEST_LINE = 256;
const LONGEST_TEXT = 8192;

/** What is one object for all hosts that wrote the same. */
const SHARED = new WeakSet<readonly string[]>();

/** Whether a list is the one that all hosts have who wrote the same: short, and nothing of what a host said beside it is kept by it. */
export function isShared(list: readonly string[]): boolean {
  return SHARED.has(list);
}

type Lists<Made> = Map<SectionName, Made[]>;

function keptIn<Made>(lists: Lists<Made>, name: SectionName): Made[] {
  const before = lists.get(name);
  if (before !== undefined) return before;
  const kept: Made[] = [];
  lists.set(name, kept);
  return kept;
}

function keep<Made>(kept: Made[], made: Made): void {
  if (kept.length >= MOST_LISTS) kept.shift();
  kept.push(made);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** The same list for all hosts that wrote the same lines into a section, so that what is read out of it is kept with it. */
export function sharingLists(): (name: SectionName, list: readonly string[]) => readonly string[] {
  const lists: Lists<readonly string[]> = new Map();
  return (name, list) => {
    if (list.length > LONGEST_LIST || list.some((line) => line.length > LONGEST_LINE)) return list;
    const kept = keptIn(lists, name);
    for (const before of kept) if (isSame(before, list)) return before;
    keep(kept, list);
    SHARED.add(list);
    return list;
  };
}

function split(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

/** The lines of a text, each ended, and the same list for the same text. */
export function sharingLines(): (name: SectionName, text: string) => readonly string[] {
  const lists: Lists<{ readonly text: string; readonly lines: readonly string[] }> = new Map();
  return (name, text) => {
    if (text.length > LONGEST_TEXT) return split(text);
    const kept = keptIn(lists, name);
    for (const before of kept) if (before.text === text) return before.lines;
    const own = detached(text);
    const lines = split(own);
    keep(kept, { text: own, lines });
    SHARED.add(lines);
    return lines;
  };
}
