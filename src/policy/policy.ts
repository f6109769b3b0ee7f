import type { Diagnostic, Position } from '../model/diagnostic.js';
import type { Readings } from '../model/reading.js';
import type { Result, RuleId, Severity } from '../model/verdict.js';
import type { Expression } from './cel/expression.js';
import type { GroupRule } from './groups/group-rule.js';
import type { Parameter } from './parameters.js';
import type { IfAbsent, RuleText } from './schema.js';
import type { Template } from './cel/template.js';

/** Something that asks for the opposite of a rule. */
export interface Conflict {
  readonly with: string;
  readonly says: string;
  /** The profile that agrees with it. */
  readonly profile?: string;
  readonly source: string;
  /** Where `profile` stands in the rule's file. */
  readonly place: Pick<Diagnostic, 'at' | 'excerpt' | 'length'>;
}

export type Remediation = NonNullable<RuleText['remediation']>;

/** A test of a rule that stands beside it. */
export interface PolicyCase {
  readonly name: string;
  /** The recorded host that it starts from. */
  readonly host: string;
  /** The facts in which it differs from that host. */
  readonly facts: Readings;
  readonly gives: Result;
  readonly at: Position;
}

/** A rule, compiled: whatever could be wrong with its text has been found. */
export interface Rule {
  readonly id: RuleId;
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  /** Where it would fail it is `informational`. */
  readonly informational: boolean;
  readonly appliesTo?: Expression;
  readonly requires: Expression;
  readonly ifAbsent: IfAbsent;
  readonly because: Template;
  /** The policy has a sentence of its own for it. */
  readonly saysWhy: boolean;
  readonly rationale?: string;
  readonly remediation?: Remediation;
  readonly references: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** `param.NAME` to its default, of all parameters of the policy. */
  readonly parameters: Readings;
  readonly cases: readonly PolicyCase[];
  readonly at: Position;
}

/** A document of rules. */
export interface Policy {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly file: string;
  readonly parameters: readonly Parameter[];
  readonly rules: readonly Rule[];
  readonly groupRules: readonly GroupRule[];
}

/** Which of the loaded rules, and how severe. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly file: string;
  /** The selected rules with the severity they have in this profile; a rule that is not here is `notselected`. */
  readonly rules: ReadonlyMap<RuleId, Severity>;
  /** By policy, what this profile and those that it extends set: `param.NAME` to the value. */
  readonly parameters: ReadonlyMap<string, Readings>;
  /** A host with all of these labels and no profile in the inventory has this one; empty: no host by its labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Sorted by id, as verdicts are. */
export function allRules(policies: readonly Policy[]): readonly Rule[] {
  return policies.flatMap(({ rules }) => rules).toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}
