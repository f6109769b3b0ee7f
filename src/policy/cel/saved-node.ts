import { memoize } from '../../language/memoize.js';
import type { FactId } from '../../model/reading.js';
import { CEL_FUNCTIONS } from './functions.js';
import { withLeaves, type Node, type NodeOf } from './node.js';
import { compilePattern, type Pattern } from './regex.js';
import type { CelValue, FactTable } from './value.js';

/** What JSON has no word for. */
interface SavedInt {
  readonly int: string;
}

interface Saved {
  /** A list or a map is written with its parts, and is no literal. */
  readonly value: boolean | string | SavedInt;
  readonly fact: FactId;
  /** Its place in `CEL_FUNCTIONS`. */
  readonly function: number;
  readonly pattern: string;
}

/** A resolved expression as JSON, for the kernward that saved it and no other. */
export type SavedNode = NodeOf<Saved>;

function saveValue(value: CelValue): Saved['value'] {
  if (typeof value === 'object') throw new Error('a literal is a number, a text, true or false');
  return typeof value === 'bigint' ? { int: String(value) } : value;
}

export function saveNode(node: Node): SavedNode {
  return withLeaves(node, {
    value: saveValue,
    fact: ({ id }) => id,
    function: (called) => CEL_FUNCTIONS.indexOf(called),
    pattern: ({ source }) => source,
  });
}

function missing(what: string): never {
  throw new Error(`${what} was there when kernward was built`);
}

/** Compiled when a host's answer depends on it. */
function patternWhenAsked(source: string): Pattern {
  const compiled = memoize((): Pattern => {
    const result = compilePattern(source);
    return 'pattern' in result ? result.pattern : missing(`the pattern ${source}`);
  });
  return {
    source,
    get size() {
      return compiled().size;
    },
    isIn: (text) => compiled().isIn(text),
  };
}

/** Thrown and caught here. */
class FactMissing extends Error {}

/**
 * @returns undefined where a fact is not there: whoever loads the shipped policies without the shipped fixes is told at its place
 * @throws Error where a function is not there any more
 */
export function openNode(saved: SavedNode, facts: FactTable): Node | undefined {
  try {
    return withLeaves(saved, {
      value: (value) => (typeof value === 'object' ? BigInt(value.int) : value),
      fact: (id) => {
        const fact = facts.get(id);
        if (fact === undefined) throw new FactMissing();
        return fact;
      },
      function: (index) => CEL_FUNCTIONS[index] ?? missing(`the function ${index}`),
      pattern: patternWhenAsked,
    });
  } catch (thrown) {
    if (thrown instanceof FactMissing) return undefined;
    throw thrown;
  }
}
