import { assertNever } from './assert-never.js';
import { getChildren, type BinaryOperator, type Node } from './node.js';
import type { ExpressionError } from './expression-error.js';

/** As much of a type as tells whether a part of it is a text. */
type Shape = 'text' | 'other' | { readonly of: Shape };

const ORDERS: readonly BinaryOperator[] = ['<', '<=', '>', '>='];
const GIVES_TEXT: ReadonlySet<string> = new Set(['string', 'lowerAscii', 'upperAscii', 'trim', 'join']);

function itemOf(shape: Shape): Shape {
  return typeof shape === 'object' ? shape.of : 'other';
}

function shapeOfFact(kind: string): Shape {
  if (kind === 'string' || kind === 'enum') return 'text';
  // The keys of a map are gone through, and both they and what they lead to are texts.
  return kind === 'list' || kind === 'map' ? { of: 'text' } : 'other';
}

/** Of an expression whose types were checked, so that both sides of `+` and of `? :` have the same. */
function shapeOf(node: Node, locals: readonly Shape[]): Shape {
  switch (node.op) {
    case 'literal':
      return typeof node.value === 'string' ? 'text' : 'other';
    case 'fact':
      return shapeOfFact(node.fact.type.kind);
    case 'local':
      return locals[node.slot] ?? 'other';
    case 'part':
      return itemOf(shapeOf(node.of, locals));
    case 'choose':
      return shapeOf(node.yes, locals);
    case 'binary':
      return node.operator === '+' ? shapeOf(node.left, locals) : 'other';
    case 'list':
      return { of: node.items[0] === undefined ? 'other' : shapeOf(node.items[0], locals) };
    case 'call':
      if (node.function.name === 'split') return { of: 'text' };
      return GIVES_TEXT.has(node.function.name) ? 'text' : 'other';
    case 'loop':
      if (node.loop === 'filter') return shapeOf(node.over, locals);
      return node.loop === 'map' ? { of: shapeOf(node.body, inLoop(node, locals)) } : 'other';
    case 'and':
    case 'or':
    case 'not':
    case 'negate':
    case 'match':
    case 'has-fact':
    case 'has-key':
      return 'other';
    default:
      return assertNever(node);
  }
}

function inLoop({ over, slot }: Node & { readonly op: 'loop' }, locals: readonly Shape[]): readonly Shape[] {
  return locals.slice(0, slot).concat([itemOf(shapeOf(over, locals))]);
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Facts that are a day, as `2026-11-29`: there the order of the characters is that of the days. */
const IS_DAY = /^support\..*_ends$/;

function isDay(node: Node): boolean {
  return node.op === 'literal' && typeof node.value === 'string'
    ? DATE.test(node.value)
    : node.op === 'fact' && IS_DAY.test(node.fact.id);
}

/** What to write where one of the two is a day of support, and the other no day. */
function helpOfDays(node: Node): string | undefined {
  return node.op === 'fact' && IS_DAY.test(node.fact.id)
    ? `of days write one on the other side, as "2027-01-31", or ask ${node.fact.id.replace(/_ends$/, '_days_left')} >= 0`
    : undefined;
}

/** `a >= b` as a call: the older of the two, where the order is strict, stands behind a `!`. */
function asCall(operator: BinaryOperator, left: string, right: string): string {
  const [version, wanted] = operator === '>=' || operator === '<' ? [left, right] : [right, left];
  const call = `versionAtLeast(${version}, ${wanted}, "rpm")`;
  return operator === '>=' || operator === '<=' ? call : `!${call}`;
}

function checkNode(node: Node, source: string, locals: readonly Shape[]): readonly ExpressionError[] {
  const inner = getChildren(node).flatMap((child) =>
    checkNode(child, source, node.op === 'loop' && child === node.body ? inLoop(node, locals) : locals),
  );
  if (node.op !== 'binary' || !ORDERS.includes(node.operator)) return inner;
  const { left, right, operator, start, end } = node;
  if (shapeOf(left, locals) !== 'text' && shapeOf(right, locals) !== 'text') return inner;
  if (isDay(left) && isDay(right)) return inner;
  const [leftText, rightText] = [left, right].map((side) => source.slice(side.start, side.end));
  const call = asCall(operator, leftText ?? '', rightText ?? '');
  const number = left.op === 'literal' ? rightText : leftText;
  return [
    {
      start,
      end,
      code: 'policy/text-order',
      message: `${operator} would compare text by text, where "10" comes before "9"`,
      help:
        helpOfDays(left) ??
        helpOfDays(right) ??
        `of versions write ${call} ("dpkg" and "upstream" are other schemes), of numbers int(${number}) on both sides, of words == or in`,
    },
    ...inner,
  ];
}

/** Two texts that are put in order: character by character, which is the order of neither versions nor numbers. */
export function checkTextOrder(node: Node, source: string): readonly ExpressionError[] {
  return checkNode(node, source, []);
}
