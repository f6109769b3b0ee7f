import type { ASTNode } from '@marcbachmann/cel-js';
import { defined } from '../../language/defined.js';
import { suggest } from '../../text/suggest.js';
import { helpForDashedSysctl } from './dashed-sysctl.js';
import { CEL_FUNCTIONS } from './functions.js';
import { LOOPS, type Loop, type Node, type SourceSpan } from './node.js';
import { EXPRESSION_LIMITS, type Environment } from './environment.js';
import type { ExpressionError, ExpressionErrorCode } from './expression-error.js';
import { compilePattern } from './regex.js';

/** What surrounds a node while it is resolved. */
interface Scope {
  readonly environment: Environment;
  readonly source: string;
  /** Loop variables, outermost first; a node's slot is its index. */
  readonly locals: readonly string[];
  readonly problems: ExpressionError[];
}

/** Adds the problem and returns a stand-in for the node, so that resolving goes on to the others. */
function refuse(
  scope: Scope,
  { start, end }: SourceSpan,
  code: ExpressionErrorCode,
  message: string,
  help?: string,
): Node {
  scope.problems.push({ start, end, code, message, ...defined({ help }) });
  return { start, end, op: 'literal', value: false };
}

/** `sysctl.kernel.panic` as `['sysctl', 'kernel', 'panic']`; undefined where the chain does not begin with a name. */
function namesOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return undefined;
  return namesOf(node.args[0])?.concat(node.args[1]);
}

const TYPE_IN_WORDS = {
  int: 'an int',
  bool: 'a bool',
  string: 'a string',
  enum: 'a string',
  list: 'a list',
  map: 'a map',
} as const;

function unknownParameter(scope: Scope, node: ASTNode, path: string): Node {
  const parameters = [...scope.environment.facts.keys()].filter((id) => id.startsWith('param.'));
  const near = suggest(path, parameters);
  const all = parameters.length === 0 ? 'it has none: declare it in parameters' : `there are ${parameters.join(', ')}`;
  return refuse(
    scope,
    node,
    'policy/unknown-parameter',
    `this policy has no parameter called ${path.slice('param.'.length)}`,
    near === undefined ? all : `did you mean ${near}?`,
  );
}

const SYSCTL = /^sysctl(?:\.[A-Za-z_][A-Za-z0-9_]*){2,}$/;

function declareSysctl(path: string, near: string | undefined): string {
  return [
    `${near === undefined ? '' : `did you mean ${near}? If not, `}declare it at the top of this policy, with the type that it has:`,
    'facts:',
    `  ${path}:`,
    '    type: int',
  ].join('\n');
}

function unknownName(scope: Scope, node: ASTNode, path: string): Node {
  const { facts, groups } = scope.environment;
  if (path.startsWith('param.')) return unknownParameter(scope, node, path);
  if (groups.has(path)) {
    const example = [...facts.keys()].find((id) => id.startsWith(`${path}.`)) ?? path;
    return refuse(
      scope,
      node,
      'policy/unknown-fact',
      `${path} is a group of facts, not a fact`,
      `name one of them: ${example}`,
    );
  }
  if (SYSCTL.test(path))
    return refuse(
      scope,
      node,
      'policy/unknown-fact',
      `there is no fact called ${path}`,
      helpForDashedSysctl(scope.source, node.start) ?? declareSysctl(path, suggest(path, facts.keys())),
    );
  const isWord = [...facts.values()].some(({ type }) => type.kind === 'enum' && type.values.includes(path));
  const near = suggest(path, facts.keys());
  const help = isWord
    ? `a text stands in quotes: "${path}"`
    : near === undefined
      ? 'docs/reference/facts.md lists every fact'
      : `did you mean ${near}?`;
  return refuse(scope, node, 'policy/unknown-fact', `there is no fact called ${path}`, help);
}

/** Keys after a fact or a loop variable, each one level into a map. */
function withKeys(scope: Scope, node: ASTNode, base: Node, keys: readonly string[]): Node {
  return keys.reduce<Node>((of, key) => {
    const { start, end } = node;
    return {
      start,
      end,
      op: 'part',
      of,
      key: { start, end, op: 'literal', value: key },
      shown: scope.source.slice(start, end),
    };
  }, base);
}

function resolveNames(scope: Scope, node: ASTNode, names: readonly string[]): Node {
  const { start, end } = node;
  const [first = '', ...rest] = names;
  const slot = scope.locals.lastIndexOf(first);
  if (slot !== -1) return withKeys(scope, node, { start, end, op: 'local', slot }, rest);
  const { facts } = scope.environment;
  const fact = facts.get(names.join('.'));
  if (fact !== undefined) return { start, end, op: 'fact', fact };
  for (let length = names.length - 1; length > 0; length--) {
    const owner = facts.get(names.slice(0, length).join('.'));
    if (owner === undefined) continue;
    if (owner.type.kind === 'map')
      return withKeys(scope, node, { start, end, op: 'fact', fact: owner }, names.slice(length));
    const near = suggest(names.join('.'), facts.keys());
    const help = near === undefined || near === owner.id ? undefined : `did you mean ${near}?`;
    return refuse(
      scope,
      node,
      'policy/unknown-fact',
      `${owner.id} is ${TYPE_IN_WORDS[owner.type.kind]} and has no ${names.slice(length).join('.')}`,
      help,
    );
  }
  return unknownName(scope, node, names.join('.'));
}

function resolveHas(scope: Scope, node: ASTNode, args: readonly ASTNode[]): Node {
  const { start, end } = node;
  const [of] = args;
  const target = of === undefined || args.length !== 1 || of.op !== '.' ? undefined : resolve(scope, of);
  if (target === undefined)
    return refuse(scope, node, 'policy/wrong-type', 'has() takes one fact, or one entry of a map: has(cmdline.panic)');
  if (target.op === 'fact') return { start, end, op: 'has-fact', fact: target.fact };
  if (target.op === 'part' && target.key.op === 'literal' && typeof target.key.value === 'string')
    return { start, end, op: 'has-key', of: target.of, key: target.key.value };
  return target;
}

function resolveMatch(scope: Scope, node: ASTNode, args: readonly ASTNode[]): Node {
  const { start, end } = node;
  const [text, pattern] = args;
  if (text === undefined || pattern === undefined || args.length !== 2)
    return refuse(
      scope,
      node,
      'policy/wrong-type',
      'rematch() takes a text and a pattern: rematch(uname.release, "^5[.]")',
    );
  if (pattern.op !== 'value' || typeof pattern.args !== 'string')
    return refuse(
      scope,
      pattern,
      'policy/not-supported',
      'the pattern of rematch() must be a text in quotes',
      'so that it is checked when the policy is loaded',
    );
  const compiled = compilePattern(pattern.args);
  if ('problem' in compiled)
    return refuse(
      scope,
      pattern,
      'policy/bad-pattern',
      compiled.problem,
      'patterns have RE2 syntax: https://github.com/google/re2/wiki/Syntax',
    );
  return { start, end, op: 'match', text: resolve(scope, text), pattern: compiled.pattern };
}

function isLoop(name: string): name is Loop {
  return LOOPS.some((loop) => loop === name);
}

function resolveLoop(scope: Scope, node: ASTNode, loop: Loop, receiver: ASTNode, args: readonly ASTNode[]): Node {
  const { start, end } = node;
  const [variable, body] = args;
  if (variable?.op !== 'id' || body === undefined || args.length !== 2)
    return refuse(scope, node, 'policy/wrong-type', `${loop}() takes a variable and an expression: list.${loop}(x, …)`);
  if (scope.locals.length >= EXPRESSION_LIMITS.loopDepth)
    return refuse(
      scope,
      node,
      'policy/too-large',
      `loops may be nested ${EXPRESSION_LIMITS.loopDepth} deep, not deeper`,
    );
  const inner = { ...scope, locals: [...scope.locals, variable.args] };
  return {
    start,
    end,
    op: 'loop',
    loop,
    over: resolve(scope, receiver),
    slot: scope.locals.length,
    body: resolve(inner, body),
  };
}

const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  'has',
  'rematch',
  ...LOOPS,
  ...CEL_FUNCTIONS.map(({ name }) => name),
]);

/** Names that CEL, or a person's memory of another language, has and we do not. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['matches', 'write rematch(text, "pattern"): RE2 syntax, never slow'],
  ['len', 'write size(value)'],
  ['length', 'write size(value)'],
  ['lower', 'write text.lowerAscii()'],
  ['upper', 'write text.upperAscii()'],
]);

function unknownFunction(scope: Scope, node: SourceSpan, name: string): Node {
  const near = suggest(name, FUNCTION_NAMES);
  const help =
    INSTEAD.get(name) ?? (near === undefined ? `there are ${[...FUNCTION_NAMES].join(', ')}` : `did you mean ${near}?`);
  return refuse(scope, node, 'policy/unknown-function', `there is no function called ${name}`, help);
}

function resolveCall(
  scope: Scope,
  node: ASTNode,
  name: string,
  receiver: ASTNode | undefined,
  args: readonly ASTNode[],
): Node {
  const { start, end } = node;
  if (receiver === undefined && name === 'has') return resolveHas(scope, node, args);
  if (receiver === undefined && name === 'rematch') return resolveMatch(scope, node, args);
  if (receiver !== undefined && isLoop(name)) return resolveLoop(scope, node, name, receiver, args);
  const found = CEL_FUNCTIONS.find(
    (candidate) =>
      candidate.name === name &&
      candidate.isMethod === (receiver !== undefined) &&
      candidate.argumentCounts.includes(args.length),
  );
  if (found !== undefined) {
    const operands = receiver === undefined ? args : [receiver, ...args];
    return { start, end, op: 'call', function: found, args: operands.map((operand) => resolve(scope, operand)) };
  }
  const nameStart = receiver === undefined ? start : scope.source.indexOf(name, receiver.end);
  if (!FUNCTION_NAMES.has(name))
    return unknownFunction(scope, { start: nameStart, end: nameStart + name.length }, name);
  const usages = CEL_FUNCTIONS.filter((candidate) => candidate.name === name).map(({ usage }) => usage);
  const usage = usages.length > 0 ? usages.join(' or ') : isLoop(name) ? `list.${name}(x, …)` : `${name}(…)`;
  return refuse(scope, node, 'policy/wrong-type', `${name} is not called like this`, `write ${usage}`);
}

function resolveLiteral(scope: Scope, node: ASTNode, value: unknown): Node {
  const { start, end } = node;
  if (typeof value === 'boolean' || typeof value === 'string') return { start, end, op: 'literal', value };
  if (typeof value === 'bigint' && value <= 2n ** 63n) return { start, end, op: 'literal', value };
  if (typeof value === 'bigint')
    return refuse(scope, node, 'policy/not-supported', 'the number does not fit into 64 bits');
  if (typeof value === 'number')
    return refuse(
      scope,
      node,
      'policy/not-supported',
      'a fraction cannot be written here',
      'every number is a whole number, in the unit of the fact',
    );
  if (value === null)
    return refuse(scope, node, 'policy/not-supported', 'there is no null', 'has(fact) tells whether a fact is there');
  return refuse(
    scope,
    node,
    'policy/not-supported',
    'a value of this kind cannot be written here',
    'there are whole numbers, texts, true and false, and lists of them',
  );
}

function resolveIndex(scope: Scope, node: ASTNode, [of, key]: readonly [ASTNode, ASTNode]): Node {
  const { start, end } = node;
  const names = namesOf(of);
  if (names !== undefined && scope.environment.groups.has(names.join('.')) && !scope.locals.includes(names[0] ?? ''))
    return refuse(scope, node, 'policy/not-supported', 'a fact is named with dots', `write ${names.join('.')}.NAME`);
  return {
    start,
    end,
    op: 'part',
    of: resolve(scope, of),
    key: resolve(scope, key),
    shown: scope.source.slice(start, end),
  };
}

/** One node of the parser's tree as one of ours. */
function resolve(scope: Scope, node: ASTNode): Node {
  const { start, end } = node;
  const names = namesOf(node);
  if (names !== undefined) return resolveNames(scope, node, names);
  switch (node.op) {
    case 'value':
      return resolveLiteral(scope, node, node.args);
    case '.':
      return withKeys(scope, node, resolve(scope, node.args[0]), [node.args[1]]);
    case '[]':
      return resolveIndex(scope, node, node.args);
    case 'call':
      return resolveCall(scope, node, node.args[0], undefined, node.args[1]);
    case 'rcall':
      return resolveCall(scope, node, node.args[0], node.args[1], node.args[2]);
    case 'list':
      return { start, end, op: 'list', items: node.args.map((item) => resolve(scope, item)) };
    case '&&':
    case '||':
      return {
        start,
        end,
        op: node.op === '&&' ? 'and' : 'or',
        left: resolve(scope, node.args[0]),
        right: resolve(scope, node.args[1]),
      };
    case '?:': {
      const [condition, yes, no] = node.args;
      return {
        start,
        end,
        op: 'choose',
        condition: resolve(scope, condition),
        yes: resolve(scope, yes),
        no: resolve(scope, no),
      };
    }
    case '!_':
    case '-_':
      return { start, end, op: node.op === '!_' ? 'not' : 'negate', operand: resolve(scope, node.args) };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return {
        start,
        end,
        op: 'binary',
        operator: node.op,
        left: resolve(scope, node.args[0]),
        right: resolve(scope, node.args[1]),
      };
    case 'id':
    case '.?':
    case '[?]':
    case 'map':
    default:
      return refuse(
        scope,
        node,
        'policy/not-supported',
        'this cannot be written in an expression',
        'docs/reference/policies.md shows what can',
      );
  }
}

/**
 * Every name of a parsed expression looked up: facts, functions, patterns. What it gives holds nothing of the parser.
 * Where there are problems the node is a stand-in and must not be evaluated.
 */
export function resolveExpression(
  ast: ASTNode,
  source: string,
  environment: Environment,
): { readonly node: Node; readonly problems: readonly ExpressionError[] } {
  const problems: ExpressionError[] = [];
  return { node: resolve({ environment, source, locals: [], problems }, ast), problems };
}
