import { ParseError, TypeError as CelTypeError, type ParseResult } from '@marcbachmann/cel-js';
import type { FactId, ReadingLookup } from '../../model/reading.js';
import { withDescendants, type Node } from './node.js';
import type { CelValue } from './value.js';
import { checkEnumLiterals } from './check-enum-literals.js';
import { checkTextOrder } from './check-text-order.js';
import { checkVersions, schemesOf } from './check-versions.js';
import { EXPRESSION_LIMITS, type Environment } from './environment.js';
import { createExplainer } from './explain-steps.js';
import { createEvaluator, type Evaluation } from './evaluate.js';
import type { ExpressionError } from './expression-error.js';
import { resolveExpression } from './resolve.js';
import { openNode, saveNode, type SavedNode } from './saved-node.js';
import { explainSyntaxError, explainTypeError, typesHelp } from './explain-type-error.js';

/** A checked CEL expression over facts. Nothing of the engine that parsed it is in it. */
export interface Expression {
  readonly source: string;
  /** Every fact that stands in it, in the order of the text, each once. */
  readonly facts: readonly FactId[];
  /** Every number and text that stands in it: where its answer may change. */
  readonly literals: readonly (bigint | string)[];
  /** Never throws; bounded in time; the same readings always give the same outcome. */
  readonly evaluate: (readings: ReadingLookup) => Evaluation;
  /** What every part of it comes to, a line each, inner ones indented. */
  readonly explain: (readings: ReadingLookup) => readonly string[];
  /** The schemes by which `versionAtLeast()` compares this fact; each once. */
  readonly schemesOf: (fact: FactId) => readonly string[];
  /** What it was parsed and resolved to, as JSON. */
  readonly save: () => SavedNode;
}

export type Compiled = { readonly expression: Expression } | { readonly problem: ExpressionError };

const RESERVED_HELP = { help: 'split it into several rules' } as const;

/**
 * The parser recurses over `!!!…` and has no limit for it: running out of stack is an error in the text, not a bug.
 */
function parse(
  source: string,
  environment: Environment,
): { readonly parsed: ParseResult } | { readonly problem: ExpressionError } {
  if (source.length > EXPRESSION_LIMITS.characters)
    return {
      problem: {
        start: 0,
        end: 1,
        code: 'policy/too-large',
        message: `the expression has ${source.length} characters; at most ${EXPRESSION_LIMITS.characters} are read`,
        ...RESERVED_HELP,
      },
    };
  try {
    return { parsed: environment.cel().parse(source) };
  } catch (thrown) {
    if (thrown instanceof ParseError) return { problem: explainSyntaxError(thrown, source) };
    if (!(thrown instanceof RangeError)) throw thrown;
    return {
      problem: {
        start: 0,
        end: 1,
        code: 'policy/too-large',
        message: 'the expression is nested too deep',
        ...RESERVED_HELP,
      },
    };
  }
}

function byPlace(a: ExpressionError, b: ExpressionError): number {
  return a.start - b.start;
}

function literalsOf(nodes: readonly Node[]): readonly (bigint | string)[] {
  const values = nodes.flatMap((node): readonly CelValue[] => {
    if (node.op === 'literal') return [node.value];
    return node.op === 'has-key' ? [node.key] : [];
  });
  return [...new Set(values.filter((value) => typeof value === 'bigint' || typeof value === 'string'))];
}

function expressionOf(source: string, node: Node): Expression {
  const nodes = withDescendants(node);
  const facts = new Set(
    nodes.flatMap((inner) => (inner.op === 'fact' || inner.op === 'has-fact' ? [inner.fact.id] : [])),
  );
  return {
    source,
    facts: [...facts],
    literals: literalsOf(nodes),
    evaluate: createEvaluator(node),
    explain: createExplainer(node, source),
    schemesOf: (fact) => schemesOf(node, fact),
    save: () => saveNode(node),
  };
}

function savedOf(source: string, { saved }: Environment): SavedNode | undefined {
  return saved !== undefined && Object.hasOwn(saved, source) ? saved[source] : undefined;
}

/**
 * Parses, looks up every name, and type-checks; see docs/reference/policies.md for the language. What was compiled when
 * kernward was built is taken as it is.
 *
 * @param expected `bool` for a condition, `any` for what a sentence shows
 * @returns the first problem with its place in `source`, or the expression; never throws for any text
 */
export function compileExpression(source: string, environment: Environment, expected: 'bool' | 'any'): Compiled {
  const saved = savedOf(source, environment);
  const known = saved && openNode(saved, environment.facts);
  if (known !== undefined) return { expression: expressionOf(source, known) };
  const parsing = parse(source, environment);
  if ('problem' in parsing) return parsing;
  const { parsed } = parsing;
  const { node, problems } = resolveExpression(parsed.ast, source, environment);
  const [unresolved] = problems.toSorted(byPlace);
  if (unresolved !== undefined) return { problem: unresolved };

  const checked = parsed.check();
  if (checked.error instanceof CelTypeError || checked.error instanceof ParseError)
    return { problem: explainTypeError(checked.error, source, node) };
  if (checked.error !== undefined) throw checked.error;
  const [meaningless] = [...checkEnumLiterals(node), ...checkTextOrder(node, source), ...checkVersions(node)].toSorted(
    byPlace,
  );
  if (meaningless !== undefined) return { problem: meaningless };
  if (expected === 'bool' && checked.type !== 'bool') {
    const { start, end } = node;
    return {
      problem: {
        start,
        end,
        code: 'policy/wrong-type',
        message: `a condition must be true or false, and this is ${checked.type ?? 'something else'}`,
        ...typesHelp(node, node),
      },
    };
  }
  return { expression: expressionOf(source, node) };
}
