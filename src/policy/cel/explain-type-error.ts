import type { ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { defined } from '../../language/defined.js';
import type { FactDescription } from '../../model/fact.js';
import { helpForDashedSysctl } from './dashed-sysctl.js';
import { withDescendants, type Node, type SourceSpan } from './node.js';
import { EXPRESSION_LIMITS } from './environment.js';
import type { ExpressionError } from './expression-error.js';

/** Maps, not records: what is looked up in them is the user's text, and might be `__proto__`. */
const OPERATOR_OF_WORD: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['=', '=='],
  ['&', '&&'],
  ['|', '||'],
]);

const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected token: EOF$/, 'the expression ends too early'],
  [/^Expected (\w+), got EOF$/, 'the expression ends too early: $1 is missing'],
  [/^Unexpected token: (\w+)$/, 'this is not expected here'],
  [/^Expected (\w+), got \w+$/, '$1 was expected here'],
  [/^Unexpected character: .+$/s, 'this is not expected here'],
  [/^Unterminated (?:triple-quoted )?string$/, 'the text has no closing quote'],
  [/^Reserved identifier: (.+)$/, '$1 is a reserved word'],
];

const IN_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['RPAREN', ')'],
  ['RBRACKET', ']'],
  ['RBRACE', '}'],
  ['COLON', ':'],
  ['IDENTIFIER', 'a name'],
]);

function formatSyntaxError(summary: string): string {
  const found = TOKENS.find(([pattern]) => pattern.test(summary));
  if (found === undefined) return `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
  return summary
    .replace(found[0], found[1])
    .replace(/\b[A-Z]{5,}\b/g, (token) => IN_SYMBOLS.get(token) ?? token.toLowerCase());
}

const LIMIT_IN_WORDS: readonly (readonly [string, string])[] = [
  ['maxAstNodes', `the expression has more than ${EXPRESSION_LIMITS.nodes} parts`],
  ['maxDepth', `the expression is nested more than ${EXPRESSION_LIMITS.depth} deep`],
  ['maxListElements', `a list may have ${EXPRESSION_LIMITS.listItems} items`],
  ['maxMapEntries', 'a map cannot be written in an expression'],
  ['maxCallArguments', `a function takes at most ${EXPRESSION_LIMITS.arguments} arguments`],
];

function rangeOf(error: ParseError | CelTypeError, source: string): SourceSpan {
  // A field access is reported at its last name; its node says where the whole of it begins.
  const { start, end } = error.node ?? error.range ?? { start: 0, end: source.length };
  return { start: Math.min(start, source.length), end: Math.min(Math.max(end, start), source.length) };
}

/** What the parser refused, in our words. */
export function explainSyntaxError(error: ParseError, source: string): ExpressionError {
  const span = rangeOf(error, source);
  if (error.code === 'limit_exceeded') {
    const message = LIMIT_IN_WORDS.find(([key]) => error.summary.includes(key))?.[1] ?? error.summary;
    return { ...span, code: 'policy/too-large', message, help: 'split it into several rules' };
  }
  const instead = OPERATOR_OF_WORD.get(source.slice(span.start, span.end).toLowerCase());
  const isAfterNot = /\bnot\s+$/i.test(source.slice(Math.max(0, span.start - 20), span.start));
  const help =
    helpForDashedSysctl(source, span.start) ??
    (instead === undefined ? (isAfterNot ? 'write ! instead of not' : undefined) : `write ${instead}`);
  return {
    ...span,
    code: 'policy/syntax',
    message: formatSyntaxError(error.summary),
    ...defined({ help }),
  };
}

function describe({ id, type, unit }: FactDescription): string {
  if (type.kind === 'enum') return `${id} is one of ${type.values.map((value) => `"${value}"`).join(', ')}`;
  const article = type.kind === 'int' ? 'an' : 'a';
  return `${id} is ${article} ${type.kind}${unit === undefined ? '' : ` (${unit})`}`;
}

const TYPE_IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^no such overload: (.+)$/, '$1 is not possible'],
  [/^Logical operator requires bool operands, got '(.+)'$/, '&& and || join conditions (bool), and this is $1'],
  [/^Ternary condition must be bool, got '(.+)'$/, 'what stands before ? must be a condition (bool), and this is $1'],
  [
    /^.* predicate must return bool, got '(.+)'$/,
    'what is asked of each item must be a condition (bool), and this is $1',
  ],
  [/^found no matching overload for '(.+)'$/, '$1 is not possible'],
];

/** What the type checker refused, in our words, with the types of the facts that stand there. */
export function explainTypeError(error: CelTypeError | ParseError, source: string, node: Node): ExpressionError {
  const span = rangeOf(error, source);
  const found = TYPE_IN_WORDS.find(([pattern]) => pattern.test(error.summary));
  const message =
    found === undefined
      ? `${error.summary.charAt(0).toLowerCase()}${error.summary.slice(1)}`
      : error.summary.replace(found[0], found[1]);
  return { ...span, code: 'policy/wrong-type', message, ...typesHelp(node, span) };
}

/** The types of the first facts within a span, as help. */
export function typesHelp(node: Node, span: SourceSpan): { readonly help?: string } {
  const facts = withDescendants(node).flatMap((inner) =>
    inner.op === 'fact' && inner.start >= span.start && inner.end <= Math.max(span.end, span.start + 1)
      ? [inner.fact]
      : [],
  );
  const descriptions = [...new Set(facts)].slice(0, 3).map(describe);
  return descriptions.length === 0 ? {} : { help: descriptions.join('; ') };
}
