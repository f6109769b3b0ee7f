import type { FactDefinition, SectionName } from '../../facts/definition.js';
import type { Reading } from '../../model/reading.js';
import { detached } from '../../text/detached.js';
import { isShared } from './lists.js';

/** What was read out of a section, for hosts that sent the same. */
export interface ReadBefore {
  /**
   * What `read` gives, once for these facts.
   *
   * @param places what the host said of its folders, one object for all that said the same
   */
  readonly readings: (
    facts: readonly FactDefinition[],
    places: object,
    read: () => readonly Reading[],
  ) => readonly Reading[];
}

/** What a section says. */
interface Said {
  readonly notes: readonly string[];
  readonly text: string;
  readonly errors: readonly string[];
  readonly status: number;
}

/** As many as a setting has of values, in a fleet. */
const MOST_SECTIONS = 8;
export const LONGEST_SECTION = 16 * 1024;
/** So often in a row another text than all that are kept: then this section is not kept for so many hosts as `PAUSE`. */
export const MOST_MISSED = 64;
export const PAUSE = 1024;

interface Kept<Section> {
  /** The one that was found last stands last. */
  readonly sections: Section[];
  /** Since one was found. */
  missed: number;
}

function readBefore(): ReadBefore {
  const byPlaces = new WeakMap<object, Map<readonly FactDefinition[], readonly Reading[]>>();
  return {
    readings: (facts, places, read) => {
      let byFacts = byPlaces.get(places);
      if (byFacts === undefined) byPlaces.set(places, (byFacts = new Map()));
      const before = byFacts.get(facts);
      if (before !== undefined) return before;
      const readings = read();
      byFacts.set(facts, readings);
      return readings;
    },
  };
}

function isSame(one: Said, other: Said): boolean {
  return (
    one.text === other.text && one.notes === other.notes && one.errors === other.errors && one.status === other.status
  );
}

/**
 * Hosts that are set up alike send most sections alike, but for their counters: a section is one object for all that sent the same, so
 * that what is read out of it is kept with it. A long one, or one whose lists are not shared, is nobody else's.
 */
export function sharingSections<Section extends Said>(): (
  name: SectionName,
  section: Section,
) => Section & { readonly readBefore?: ReadBefore } {
  const all = new Map<SectionName, Kept<Section & { readonly readBefore: ReadBefore }>>();
  return (name, section) => {
    if (section.text.length > LONGEST_SECTION || !isShared(section.notes) || !isShared(section.errors)) return section;
    let kept = all.get(name);
    if (kept === undefined) all.set(name, (kept = { sections: [], missed: 0 }));
    const { sections } = kept;
    const at = sections.findLastIndex((before) => isSame(before, section));
    const found = sections[at];
    if (found !== undefined) {
      kept.missed = 0;
      if (at < sections.length - 1) {
        sections.splice(at, 1);
        sections.push(found);
      }
      return found;
    }
    kept.missed += 1;
    if (kept.missed > MOST_MISSED) {
      sections.length = 0;
      if (kept.missed > MOST_MISSED + PAUSE) kept.missed = 0;
      return section;
    }
    const own = { ...section, text: detached(section.text), readBefore: readBefore() };
    if (sections.length >= MOST_SECTIONS) sections.shift();
    sections.push(own);
    return own;
  };
}
