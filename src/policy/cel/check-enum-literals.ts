import type { FactDescription } from '../../model/fact.js';
import { suggest } from '../../text/suggest.js';
import { withDescendants, type Node } from './node.js';
import type { ExpressionError } from './expression-error.js';

function checkLiteral(fact: FactDescription, literal: Node): readonly ExpressionError[] {
  const { type } = fact;
  if (type.kind !== 'enum' || literal.op !== 'literal' || typeof literal.value !== 'string') return [];
  const { start, end, value } = literal;
  if (type.values.includes(value)) return [];
  const near = suggest(value, type.values);
  const list = `${fact.id} is one of ${type.values.map((name) => `"${name}"`).join(', ')}`;
  return [
    {
      start,
      end,
      code: 'policy/unknown-value',
      message: `${fact.id} is never "${value}"`,
      help: near === undefined ? list : `did you mean "${near}"? ${list}`,
    },
  ];
}

function checkNode(node: Node): readonly ExpressionError[] {
  if (node.op !== 'binary' || !['==', '!=', 'in'].includes(node.operator)) return [];
  const { operator, left, right } = node;
  if (left.op === 'fact' && operator === 'in' && right.op === 'list')
    return right.items.flatMap((item) => checkLiteral(left.fact, item));
  if (operator === 'in') return [];
  return [
    ...(left.op === 'fact' ? checkLiteral(left.fact, right) : []),
    ...(right.op === 'fact' ? checkLiteral(right.fact, left) : []),
  ];
}

/**
 * A fact out of a closed list compared with a text that is not in the list: always false, and always a typing error.
 */
export function checkEnumLiterals(node: Node): readonly ExpressionError[] {
  return withDescendants(node).flatMap(checkNode);
}
