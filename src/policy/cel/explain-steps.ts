import type { ReadingLookup } from '../../model/reading.js';
import { clean } from '../../text/clean.js';
import { formatUndecidedReasons } from '../explain-result.js';
import { createEvaluator } from './evaluate.js';
import { getChildren, type Node } from './node.js';
import { showCelValue } from './value.js';

const LONGEST_PART = 120;

/** What is worth a line: a literal is what it is, and the body of a loop has another value for each item. */
function innerOf(node: Node): readonly Node[] {
  const inner = node.op === 'loop' ? [node.over] : getChildren(node);
  return inner.filter(({ op }) => op !== 'literal' && op !== 'local');
}

/** Each part of an expression with what it comes to: `sysctl.vm.swappiness <= 10 is false`. */
export function createExplainer(node: Node, source: string): (readings: ReadingLookup) => readonly string[] {
  const lines = (part: Node, depth: number, readings: ReadingLookup): readonly string[] => {
    const outcome = createEvaluator(part)(readings);
    const text = clean(
      (depth === 0 ? source : source.slice(part.start, part.end)).replace(/\s+/g, ' ').trim(),
      LONGEST_PART,
    );
    const value = outcome.decided
      ? `is ${clean(showCelValue(outcome.value), LONGEST_PART)}`
      : `is undecided: ${formatUndecidedReasons(outcome.doubts)}`;
    return [
      `${'  '.repeat(depth)}${text} ${value}`,
      ...innerOf(part).flatMap((inner) => lines(inner, depth + 1, readings)),
    ];
  };
  return (readings) => lines(node, 0, readings);
}
