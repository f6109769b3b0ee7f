import { matchesWildcard } from '../../../text/wildcard.js';
import { lowerAscii } from '../parse/lexer.js';

/** The text with one character for each byte of its UTF-8, since ssh compares bytes: `?` is one of them. */
export function toBytes(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the ASCII range is what is asked
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** As matchPattern, for texts that toBytes has made. */
export function matchBytes(text: string, pattern: string): boolean {
  return matchesWildcard(pattern, text, '*?');
}

/** `*` and `?`, nothing else, case-sensitive; the time is at most the product of the two lengths. */
export function matchPattern(text: string, pattern: string): boolean {
  return matchBytes(toBytes(text), toBytes(pattern));
}

/**
 * ssh's buffer for one pattern of a list; a longer one ends the list without a match.
 *
 * @see match_pattern_list, match.c
 */
const LONGEST_PATTERN = 1023;

/** A comma-separated list of patterns, `!` before those that exclude: true where one matches and none excludes. */
export function matchPatternList(text: string, list: string, lowerPatterns = false): boolean {
  const subject = toBytes(text);
  let found = false;
  const parts = toBytes(list).split(',');
  // ssh sees no empty pattern after a last comma.
  if (parts.at(-1) === '') parts.pop();
  for (const part of parts) {
    const negated = part.startsWith('!');
    const written = negated ? part.slice(1) : part;
    if (written.length >= LONGEST_PATTERN) return false;
    if (!matchBytes(subject, lowerPatterns ? lowerAscii(written) : written)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** A host name against the list of `Match host`: without regard to case. */
export function matchHostName(name: string, list: string): boolean {
  return matchPatternList(lowerAscii(name), list, true);
}
