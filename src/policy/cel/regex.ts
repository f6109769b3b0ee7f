import { RE2JS, RE2JSException } from 're2js';

/** A compiled regular expression that takes time linear in the text, whatever the pattern. */
export interface Pattern {
  readonly source: string;
  /** Instructions of the compiled pattern: a search costs at most this times the length of the text. */
  readonly size: number;
  /** Whether the pattern is found anywhere in the text; `^` and `$` anchor it. */
  readonly isIn: (text: string) => boolean;
}

const LONGEST_PATTERN = 500;
const LARGEST_PROGRAM = 2000;

/**
 * RE2 syntax: no back-references, no look-around, so no pattern can be slow.
 *
 * @returns the reason in words where it is not a pattern
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function compilePattern(source: string): { readonly pattern: Pattern } | { readonly problem: string } {
  if (source.length > LONGEST_PATTERN) return { problem: `the pattern is longer than ${LONGEST_PATTERN} characters` };
  try {
    const compiled = RE2JS.compile(source);
    const size = compiled.programSize();
    if (size > LARGEST_PROGRAM) return { problem: 'the pattern repeats too much' };
    return { pattern: { source, size, isIn: (text) => compiled.matcher(text).find() } };
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return { problem: thrown.message };
  }
}
