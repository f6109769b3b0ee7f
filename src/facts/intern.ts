import type { FactId, Reading } from '../model/reading.js';

/** How many texts are kept of each fact. */
const MOST_TEXTS = 128;
/** A longer text is of many lines, and hardly ever comes again. */
export const LONGEST_TEXT = 1024;
const MOST_WITHOUT_VALUE = 4096;
/** As long as what most hosts say of their boot, and what is made of it. */
const LONGEST_SAVED = 8192;

/**
 * `parse`, giving the same object for the same text, so that what was computed from it is found again
 * (`memoizeByReadings`). Texts are kept: whoever gives one sees to it that it is no part of a larger one, which V8 would keep with it.
 */
export function interning(parse: (text: string) => Reading): (text: string) => Reading {
  const parsed = new Map<string, Reading>();
  return (text) => {
    if (text.length > LONGEST_TEXT) return parse(text);
    const before = parsed.get(text);
    if (before !== undefined) return before;
    const reading = parse(text);
    if (parsed.size >= MOST_TEXTS) parsed.clear();
    parsed.set(text, reading);
    return reading;
  };
}

/** Gives the first item that came under a key. Of more keys than `most` all are forgotten. */
function firstOf<Item>(most: number): (key: string, item: Item) => Item {
  const kept = new Map<string, Item>();
  return (key, item) => {
    const before = kept.get(key);
    if (before !== undefined) return before;
    if (kept.size >= most) kept.clear();
    kept.set(key, item);
    return item;
  };
}

const firstWithoutValue = firstOf<Reading>(MOST_WITHOUT_VALUE);
const firstMade = firstOf<Reading>(MOST_WITHOUT_VALUE);

/** What `intern` and `internMade` gave: to know it again is cheaper than to make its text. */
const given = new WeakSet<Reading>();

/** A reading that was made of others, the same object for all that say the same: what is made of it in turn is found again. */
export function internMade(reading: Reading): Reading {
  if (reading.state !== 'known') return intern(reading);
  if (reading.raw.length > LONGEST_TEXT || given.has(reading)) return reading;
  const text = JSON.stringify([reading.value, reading.raw]);
  if (text.length > LONGEST_SAVED) return reading;
  const first = firstMade(text, reading);
  given.add(first);
  return first;
}

/** A reading without a value, the same object for all that say the same; one with a value as it is. */
export function intern(reading: Reading): Reading {
  if (reading.state === 'known' || given.has(reading)) return reading;
  const first = firstWithoutValue(
    reading.state === 'absent' ? `absent ${reading.witness}` : `${reading.cause} ${reading.detail}`,
    reading,
  );
  given.add(first);
  return first;
}

/** More facts than there are and policies declare. */
const MOST_FACTS = 4096;
const ofFact = new Map<FactId, (text: string, reading: Reading) => Reading>();

/** A reading that comes back from a line of text, the same object for all of its fact that say the same. */
export function internSaved(fact: FactId, reading: Reading): Reading {
  const text = JSON.stringify(reading);
  if (text.length > LONGEST_SAVED) return reading;
  const before = ofFact.get(fact);
  if (before !== undefined) return before(text, reading);
  if (ofFact.size >= MOST_FACTS) ofFact.clear();
  // Each fact by itself: what differs from host to host takes no other's place.
  const first = firstOf<Reading>(MOST_TEXTS);
  ofFact.set(fact, first);
  return first(text, reading);
}
