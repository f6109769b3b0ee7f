import type { FactDefinition } from '../facts/definition.js';
import { memoize } from '../language/memoize.js';
import { fnv1a32 } from '../text/fnv1a.js';
import { CMDLINE_AWK } from './cmdline-awk.js';
import { KCONFIG } from './declared-script.js';

function scriptOf({ origin }: FactDefinition): string {
  if (origin.via !== 'command') return '';
  return origin.sections.includes('kconfig') ? KCONFIG : CMDLINE_AWK;
}

/**
 * Of facts that policies declare: how each is asked for and read, in a word. What answered says which it was asked for, and
 * saved readings say which they are: another policy may have meant something else by the same name.
 */
export const declaredEditions = memoize(
  (declared: readonly FactDefinition[]): ReadonlyMap<string, string> =>
    new Map(declared.map((fact) => [fact.id, fnv1a32(`${fact.id} ${fact.declaredAs ?? ''} ${scriptOf(fact)}`)])),
);
