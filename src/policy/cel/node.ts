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

/**
 * An expression with every name already resolved: a fact is a fact, a function is one of ours, a pattern is compiled.
 * What is not in this union cannot be evaluated, so there is no way from an expression to JavaScript.
 */
export type Node = SourceSpan &
  (
    | { readonly op: 'literal'; readonly value: CelValue }
    | { readonly op: 'fact'; readonly fact: FactDescription }
    | { readonly op: 'local'; readonly slot: number }
    /** A map's entry or a list's item. `shown`: as it is written, for a doubt. */
    | { readonly op: 'part'; readonly of: Node; readonly key: Node; readonly shown: string }
    | { readonly op: 'has-fact'; readonly fact: FactDescription }
    | { readonly op: 'has-key'; readonly of: Node; readonly key: string }
    | { readonly op: 'and' | 'or'; readonly left: Node; readonly right: Node }
    | { readonly op: 'choose'; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly op: 'not' | 'negate'; readonly operand: Node }
    | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
    | { readonly op: 'list'; readonly items: readonly Node[] }
    | { readonly op: 'call'; readonly function: CelFunction; readonly args: readonly Node[] }
    | { readonly op: 'match'; readonly text: Node; readonly pattern: Pattern }
    | { readonly op: 'loop'; readonly loop: Loop; readonly over: Node; readonly slot: number; readonly body: Node }
  );

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
