import type { UnreadableCause } from '../model/reading.js';

const WORDS: Readonly<Record<UnreadableCause, string>> = {
  denied: 'could not be read',
  'timed-out': 'could not be read in time',
  malformed: 'could not be made out',
  truncated: 'did not arrive whole',
  undetermined: 'is not known',
  'not-collected': 'was not asked for',
};

/** What a sentence says of a fact that could not be had, with its subject before it: `is not known: DETAIL`. */
export function doubtWords(cause: UnreadableCause, detail: string): string {
  return detail === '' ? WORDS[cause] : `${WORDS[cause]}: ${detail}`;
}
