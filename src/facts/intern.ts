import type { FactId, Reading } from '../model/reading.js';

/**
 * How many texts are kept of each fact. A reading keeps the host's whole output in memory, of which its text is a part.
 */
const MOST_TEXTS = 128;
/** A longer text is of many lines, and hardly ever comes again. */
const LONGEST_TEXT = 1024;
const MOST_WITHOUT_VALUE = 4096;

/**
 * `parse`, giving the same object for the same text, so that what was computed from it is found again
 * (`memoizeByReadings`).
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

const withoutValue = new Map<string, Reading>();

const ofText = new Map<string, Reading>();

/** A reading that was made of others, the same object for all that say the same: what is made of it in turn is found again. */
export function internMade(reading: Reading): Reading {
  if (reading.state !== 'known') return intern(reading);
  if (reading.raw.length > LONGEST_TEXT) return reading;
  const key = JSON.stringify([reading.value, reading.raw]);
  const before = ofText.get(key);
  if (before !== undefined) return before;
  if (ofText.size >= MOST_WITHOUT_VALUE) ofText.clear();
  ofText.set(key, reading);
  return reading;
}

/** A reading without a value, the same object for all that say the same; one with a value as it is. */
export function intern(reading: Reading): Reading {
  if (reading.state === 'known') return reading;
  const key = reading.state === 'absent' ? `absent ${reading.witness}` : `${reading.cause} ${reading.detail}`;
  const before = withoutValue.get(key);
  if (before !== undefined) return before;
  if (withoutValue.size >= MOST_WITHOUT_VALUE) withoutValue.clear();
  withoutValue.set(key, reading);
  return reading;
}

/** As long as what most hosts say of their boot. */
const LONGEST_SAVED = 8192;
/** More facts than there are and policies declare. */
const MOST_FACTS = 4096;
const ofFact = new Map<FactId, Map<string, Reading>>();

/** A reading that comes back from a line of text, the same object for all of its fact that say the same. */
export function internSaved(fact: FactId, reading: Reading): Reading {
  const text = JSON.stringify(reading);
  if (text.length > LONGEST_SAVED) return reading;
  let kept = ofFact.get(fact);
  if (kept === undefined) {
    if (ofFact.size >= MOST_FACTS) ofFact.clear();
    kept = new Map();
    ofFact.set(fact, kept);
  }
  const before = kept.get(text);
  if (before !== undefined) return before;
  // What differs from host to host takes no other fact's place.
  if (kept.size >= MOST_TEXTS) kept.clear();
  kept.set(text, reading);
  return reading;
}
