import { RE2JS, RE2JSException } from 're2js';
import type { Term } from './parse.js';

export type NameMatcher = (name: string) => boolean;

const LONGEST = 1000;

/** A glob as an expression of RE2's syntax: `*`, `?`, `[ab]`, `[!ab]`; a bracket without a partner is itself. */
function globSource(glob: string): string {
  return glob.replace(
    /\*|\?|\[(!?)(\][^\]]*|[^\]]+)\]|[^*?[]+|\[/g,
    (part: string, not: string | undefined, characters: string | undefined) => {
      if (part === '*') return '.*';
      if (part === '?') return '.';
      if (characters !== undefined) return `[${not === '!' ? '^' : ''}${characters.replace(/[\\^&~[\]]/g, '\\$&')}]`;
      return RE2JS.quote(part);
    },
  );
}

/**
 * Matches names in linear time, whatever the user wrote (RE2, never the engine's own expressions). A `~regex` is
 * anchored at the start only, as in Ansible; a glob at both ends.
 *
 * @returns what is wrong with the expression, in words, where it is none
 */
export function nameMatcher(term: Term): NameMatcher | string {
  if (term.match === 'name') return (name) => name === term.text;
  if (term.text.length > LONGEST) return `it has more than ${LONGEST} characters`;
  try {
    const expression = RE2JS.compile(term.match === 'glob' ? globSource(term.text) : term.text);
    return term.match === 'glob' ? (name) => expression.matches(name) : (name) => expression.matcher(name).lookingAt();
  } catch (thrown) {
    if (thrown instanceof RE2JSException) return thrown.message;
    throw thrown;
  }
}
