import type { FactDescription } from '../../model/fact.js';
import { assertNever } from './assert-never.js';
import type { CelFunction } from './functions.js';
import type { CelValue } from './value.js';
import type { Pattern } from './regex.js';

const BINARY_OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

export const LOOPS = ['all', 'exists', 'exists_one', 'map', 'filter'] as const;
export type Loop = (typeof LOOPS)[number];

/** A place in the expression's text, in UTF-16 units. */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
}

/** What stands at the ends of an expression's tree. */
interface Leaves {
  readonly value: unknown;
  readonly fact: unknown;
  readonly function: unknown;
  readonly pattern: unknown;
}

/** The tree of an expression, over whatever stands for values, facts, functions and patterns. */
export type NodeOf<L extends Leaves> = SourceSpan &
  (
    | { readonly op: 'literal'; readonly value: L['value'] }
    | { readonly op: 'fact'; readonly fact: L['fact'] }
    | { readonly op: 'local'; readonly slot: number }
    /** A map's entry or a list's item. `shown`: as it is written, for a doubt. */
    | { readonly op: 'part'; readonly of: NodeOf<L>; readonly key: NodeOf<L>; readonly shown: string }
    | { readonly op: 'has-fact'; readonly fact: L['fact'] }
    | { readonly op: 'has-key'; readonly of: NodeOf<L>; readonly key: string }
    | { readonly op: 'and' | 'or'; readonly left: NodeOf<L>; readonly right: NodeOf<L> }
    | { readonly op: 'choose'; readonly condition: NodeOf<L>; readonly yes: NodeOf<L>; readonly no: NodeOf<L> }
    | { readonly op: 'not' | 'negate'; readonly operand: NodeOf<L> }
    | {
        readonly op: 'binary';
        readonly operator: BinaryOperator;
        readonly left: NodeOf<L>;
        readonly right: NodeOf<L>;
      }
    | { readonly op: 'list'; readonly items: readonly NodeOf<L>[] }
    | { readonly op: 'call'; readonly function: L['function']; readonly args: readonly NodeOf<L>[] }
    | { readonly op: 'match'; readonly text: NodeOf<L>; readonly pattern: L['pattern'] }
    | {
        readonly op: 'loop';
        readonly loop: Loop;
        readonly over: NodeOf<L>;
        readonly slot: number;
        readonly body: NodeOf<L>;
      }
  );

interface Resolved {
  readonly value: CelValue;
  readonly fact: FactDescription;
  readonly function: CelFunction;
  readonly pattern: Pattern;
}

/**
 * An expression with every name already resolved: a fact is a fact, a function is one of ours, a pattern is compiled.
 * What is not in this union cannot be evaluated, so there is no way from an expression to JavaScript.
 */
export type Node = NodeOf<Resolved>;

/** The same tree with other leaves. */
export function withLeaves<A extends Leaves, B extends Leaves>(
  node: NodeOf<A>,
  to: { readonly [Leaf in keyof Leaves]: (leaf: A[Leaf]) => B[Leaf] },
): NodeOf<B> {
  const inner = (child: NodeOf<A>): NodeOf<B> => withLeaves(child, to);
  switch (node.op) {
    case 'literal':
      return { ...node, value: to.value(node.value) };
    case 'fact':
    case 'has-fact':
      return { ...node, fact: to.fact(node.fact) };
    case 'local':
      return node;
    case 'part':
      return { ...node, of: inner(node.of), key: inner(node.key) };
    case 'has-key':
      return { ...node, of: inner(node.of) };
    case 'and':
    case 'or':
    case 'binary':
      return { ...node, left: inner(node.left), right: inner(node.right) };
    case 'choose':
      return { ...node, condition: inner(node.condition), yes: inner(node.yes), no: inner(node.no) };
    case 'not':
    case 'negate':
      return { ...node, operand: inner(node.operand) };
    case 'list':
      return { ...node, items: node.items.map(inner) };
    case 'call':
      return { ...node, function: to.function(node.function), args: node.args.map(inner) };
    case 'match':
      return { ...node, text: inner(node.text), pattern: to.pattern(node.pattern) };
    case 'loop':
      return { ...node, over: inner(node.over), body: inner(node.body) };
    default:
      return assertNever(node);
  }
}

/** The nodes directly under one. */
export function getChildren(node: Node): readonly Node[] {
  switch (node.op) {
    case 'literal':
    case 'fact':
    case 'local':
    case 'has-fact':
      return [];
    case 'part':
      return [node.of, node.key];
    case 'has-key':
      return [node.of];
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right];
    case 'choose':
      return [node.condition, node.yes, node.no];
    case 'not':
    case 'negate':
      return [node.operand];
    case 'list':
      return node.items;
    case 'call':
      return node.args;
    case 'match':
      return [node.text];
    case 'loop':
      return [node.over, node.body];
    default:
      return assertNever(node);
  }
}

/** The node and everything under it, in the order of the text. */
export function withDescendants(node: Node): readonly Node[] {
  return [node, ...getChildren(node).flatMap(withDescendants)];
}
