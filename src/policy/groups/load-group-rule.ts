import { defined } from '../../language/defined.js';
import type { Path } from '../../text/yaml/load.js';
import { createEnvironment } from '../cel/environment.js';
import { compileExpression, type Expression } from '../cel/expression.js';
import { GROUP_FACTS, type Ask, type Bound, type CaseHosts, type Chosen, type GroupRule } from './group-rule.js';
import {
  checkReferences,
  compileBecause,
  compileCondition,
  DEFAULT_CASE_HOST,
  addDiagnostic,
  addExpressionError,
  stateFacts,
  type Context,
} from '../compile-context.js';
import { defaultReadings } from '../parameters.js';
import type { GroupRuleText } from '../schema.js';

const SENTENCE = createEnvironment(GROUP_FACTS);

/** The one of these fields that is given; none or several are an error. */
function oneOf<Name extends string>(
  context: Context,
  path: Path,
  given: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): Name | undefined {
  const found = names.filter((name) => given[name] !== undefined);
  const [only] = found;
  if (found.length === 1) return only;
  addDiagnostic(
    context,
    path,
    'policy/one-of',
    `exactly one of ${names.join(', ')} is expected here, and ${found.length === 0 ? 'none' : found.join(' and ')} is given`,
    `keep one of ${names.join(', ')}`,
    'key',
  );
  return undefined;
}

function compileValue(context: Context, path: Path, text: string): Expression | undefined {
  const compiled = compileExpression(text, context.environment, 'any');
  if ('problem' in compiled) {
    addExpressionError(context, path, compiled.problem);
    return undefined;
  }
  if (compiled.expression.facts.length > 0) return compiled.expression;
  addDiagnostic(
    context,
    path,
    'policy/no-evidence',
    'this has the same value on every host, whatever its facts',
    'name the facts that decide: docs/reference/facts.md',
  );
  return undefined;
}

function shareOf(text: string): readonly [number, number] {
  const [numerator = '', denominator] = text.replace('%', '/100').split('/');
  return [Number(numerator), Number(denominator)];
}

type BoundText = NonNullable<GroupRuleText['requires']['atMost']>;

/** A bound that every group keeps would be a pass without evidence. */
function isVacuous(kind: 'at-most' | 'at-least', bound: Bound): boolean {
  if (kind === 'at-most') return 'share' in bound && bound.share[0] >= bound.share[1];
  return 'share' in bound ? bound.share[0] === 0 : bound.hosts === 0;
}

function loadBound(context: Context, path: Path, kind: 'at-most' | 'at-least', text: BoundText): Bound | undefined {
  if (oneOf(context, path, text, ['share', 'hosts']) === undefined) return undefined;
  const { share, hosts } = text;
  const bound: Bound =
    share === undefined
      ? { hosts: hosts ?? 0, words: `${hosts} hosts` }
      : { share: shareOf(share), words: `${share} of the hosts` };
  if (!isVacuous(kind, bound)) return bound;
  addDiagnostic(
    context,
    path,
    'policy/no-evidence',
    `every group has ${kind === 'at-most' ? 'at most' : 'at least'} ${bound.words}`,
    'give a bound that a group can break',
  );
  return undefined;
}

function loadAsk(
  context: Context,
  path: Path,
  text: GroupRuleText['requires'],
  parameters: GroupRule['parameters'],
): Ask | undefined {
  const only = oneOf(context, path, text, ['uniform', 'atMost', 'atLeast']);
  if (only === undefined) return undefined;
  if (text.uniform !== undefined) {
    const of = compileValue(context, [...path, 'uniform'], text.uniform);
    return of && { kind: 'uniform', of };
  }
  const kind = only === 'atMost' ? 'at-most' : 'at-least';
  const given = text.atMost ?? text.atLeast;
  if (given === undefined) return undefined;
  const of = compileCondition(context, [...path, only, 'of'], given.of, parameters);
  const bound = loadBound(context, [...path, only], kind, given);
  return of && bound && { kind, of, bound };
}

function loadChosen(context: Context, path: Path, { label, names }: GroupRuleText['groups']): Chosen | undefined {
  if (oneOf(context, path, { label, names }, ['label', 'names']) === undefined) return undefined;
  return label === undefined ? { names: names ?? [] } : { label };
}

type CaseHostsText = NonNullable<GroupRuleText['cases']>[number]['hosts'][number];

function loadCaseHosts(context: Context, path: Path, { count, host, facts, unreachable }: CaseHostsText): CaseHosts {
  if (unreachable === true && facts !== undefined)
    addDiagnostic(
      context,
      [...path, 'facts'],
      'policy/one-of',
      'a host that was not reached has no facts',
      'keep facts or unreachable',
      'key',
    );
  return {
    count: count ?? 1,
    host: host ?? DEFAULT_CASE_HOST,
    facts: unreachable === true ? undefined : stateFacts(context, [...path, 'facts'], facts ?? {}),
  };
}

/** Compiles a rule over groups; everything that is wrong goes to the context. */
export function loadGroupRule(
  context: Context,
  path: Path,
  policy: string,
  text: GroupRuleText,
): GroupRule | undefined {
  const parameters = defaultReadings(context.parameters, policy);
  const chosen = loadChosen(context, [...path, 'groups'], text.groups);
  const ask = loadAsk(context, [...path, 'requires'], text.requires, parameters);
  const because = compileBecause(context, [...path, 'because'], text.because, SENTENCE);
  checkReferences(context, [...path, 'references'], text.references ?? []);
  const cases = (text.cases ?? []).map(({ name, hosts, gives }, index) => ({
    name,
    hosts: hosts.map((each, at) => loadCaseHosts(context, [...path, 'cases', index, 'hosts', at], each)),
    gives,
    at: context.source.positionOf([...path, 'cases', index]),
  }));
  if (chosen === undefined || ask === undefined || because === undefined) return undefined;
  return {
    id: text.id,
    policy,
    title: text.title,
    severity: text.severity,
    chosen,
    minHosts: text.minHosts ?? 2,
    ask,
    because,
    ...defined({ rationale: text.rationale?.trim(), remediation: text.remediation }),
    references: text.references ?? [],
    parameters,
    cases,
    at: context.source.positionOf([...path, 'id']),
  };
}
