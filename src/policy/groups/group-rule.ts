import type { Position } from '../../model/diagnostic.js';
import type { FactDescription } from '../../model/fact.js';
import type { ReadingLookup, Readings } from '../../model/reading.js';
import type { Result, RuleId, Severity } from '../../model/verdict.js';
import type { Expression } from '../cel/expression.js';
import type { Template } from '../cel/template.js';

/** `1/3`: numerator and denominator, so that the comparison is exact; or a number of hosts. */
export type Bound =
  | { readonly share: readonly [number, number]; readonly words: string }
  | { readonly hosts: number; readonly words: string };

export type Ask =
  | { readonly kind: 'uniform'; readonly of: Expression }
  | { readonly kind: 'at-most' | 'at-least'; readonly of: Expression; readonly bound: Bound };

/** Which groups: those that the values of a label make, or groups of the inventory by name. */
export type Chosen = { readonly label: string } | { readonly names: readonly string[] };

/** Some hosts of a case: undefined readings are those of hosts that were not reached. */
export interface CaseHosts {
  readonly count: number;
  readonly host: string;
  readonly facts: Readings | undefined;
}

export interface GroupCase {
  readonly name: string;
  readonly hosts: readonly CaseHosts[];
  readonly gives: Result;
  readonly at: Position;
}

/** A rule over groups, compiled. */
export interface GroupRule {
  readonly id: RuleId;
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  readonly chosen: Chosen;
  readonly minHosts: number;
  readonly ask: Ask;
  readonly because: Template;
  readonly rationale?: string;
  readonly remediation?: { readonly summary: string; readonly mayBreak?: string };
  readonly references: readonly string[];
  /** `param.NAME` to its default: a group has no profile that could set another. */
  readonly parameters: Readings;
  readonly cases: readonly GroupCase[];
  readonly at: Position;
}

/** What the sentence of a rule over groups can show. */
export const GROUP_FACTS: readonly FactDescription[] = [
  { id: 'group.name', title: 'The group, or the value of the label', type: { kind: 'string' }, sources: [] },
  { id: 'group.hosts', title: 'Its hosts', type: { kind: 'int' }, sources: [] },
  {
    id: 'group.matching',
    title: 'Hosts that are counted; of uniform, those with the most frequent value',
    type: { kind: 'int' },
    sources: [],
  },
  { id: 'group.unknown', title: 'Reached hosts of which it is not known', type: { kind: 'int' }, sources: [] },
  { id: 'group.unreachable', title: 'Hosts that were not reached', type: { kind: 'int' }, sources: [] },
  {
    id: 'group.distinct',
    title: 'Of uniform: how many different values there are',
    type: { kind: 'int' },
    sources: [],
  },
  {
    id: 'group.values',
    title: 'Of uniform: the values, the most frequent first, with how many hosts have them',
    type: { kind: 'list' },
    sources: [],
  },
  {
    id: 'group.examples',
    title: 'The first few hosts that are counted; of uniform, those with another value than most',
    type: { kind: 'list' },
    sources: [],
  },
];

const SPACES = /\s+/g;
function inLine({ source }: Expression): string {
  return source.replace(SPACES, ' ').trim();
}

/** `at most 1/3 of the hosts with hung_task.reboots == true`. */
export function formatForm({ ask }: Pick<GroupRule, 'ask'>): string {
  if (ask.kind === 'uniform') return `one value of ${inLine(ask.of)} on all hosts`;
  return `${ask.kind === 'at-most' ? 'at most' : 'at least'} ${ask.bound.words} with ${inLine(ask.of)}`;
}

export function formatChosen({ chosen }: Pick<GroupRule, 'chosen'>): string {
  return 'label' in chosen
    ? `hosts that share a value of the label ${chosen.label}`
    : `the groups ${chosen.names.join(', ')}`;
}

/** The readings that the expression of a rule over groups sees. */
export function withDefaults({ parameters }: GroupRule, readings: Readings): ReadingLookup {
  return parameters.size === 0 ? readings : { get: (id) => parameters.get(id) ?? readings.get(id) };
}
