import { Type } from 'typebox';
import type { Static } from 'typebox';
import { PARSES } from '../facts/declared/declared.js';
import { FACT_KINDS, UNITS } from '../model/fact.js';
import { SEVERITIES } from '../model/verdict.js';

const KEBAB = '^[a-z0-9]+(-[a-z0-9]+)*$';
const strict = { additionalProperties: false } as const;

const IF_ABSENT = ['pass', 'fail', 'notapplicable', 'unknown'] as const;
export type IfAbsent = (typeof IF_ABSENT)[number];

/** What a case can expect: `error` and `notselected` are about hosts and profiles, not about a rule and its facts. */
const CASE_RESULTS = ['pass', 'fail', 'unknown', 'notapplicable', 'informational'] as const;

function text(description: string, options: { readonly maxLength?: number } = {}) {
  return Type.String({ minLength: 1, maxLength: 10_000, description, ...options });
}
function texts(description: string) {
  return Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 100, description });
}
function settings(description: string) {
  return Type.Record(Type.String({ minLength: 1 }), Type.Union([Type.Integer(), Type.String()]), { description });
}

function Condition(description: string) {
  return text(`${description} A CEL expression over facts that is true or false; see docs/reference/policies.md.`);
}

const RemediationSchema = Type.Object(
  {
    summary: text('What to do, in one imperative sentence.', { maxLength: 1000 }),
    sysctl: Type.Optional(settings('Sysctls to set, each with its value.')),
    sysfs: Type.Optional(settings('Files under /sys to write, each with what to write.')),
    accepts: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1 }),
        Type.Array(Type.Union([Type.Integer(), Type.String()]), { minItems: 1, maxItems: 20, uniqueItems: true }),
        {
          description:
            'Of a sysctl or file that is set: other values with which the rule passes too. What a host has of these stays, and where two rules want different values, one that both accept is taken.',
        },
      ),
    ),
    bootParameters: Type.Optional(texts('Parameters to add to the kernel command line.')),
    commands: Type.Optional(texts('Commands to run as root.')),
    packages: Type.Optional(texts('Packages to install or update.')),
    mayBreak: Type.Optional(text('What the remediation may break, in words.')),
  },
  { ...strict, description: 'What makes the rule pass.' },
);

const CaseSchema = Type.Object(
  {
    name: text('What this case shows.', { maxLength: 200 }),
    host: Type.Optional(
      Type.String({
        pattern: KEBAB,
        description:
          'The recorded host that the case starts from, in lower-case words joined by dashes; debian-12 where it is not given.',
      }),
    ),
    facts: Type.Record(Type.String({ minLength: 1 }), Type.Unknown(), {
      description:
        'The facts in which the case differs from the recorded host: a value, the word absent, or { unreadable: CAUSE }.',
    }),
    gives: Type.Enum([...CASE_RESULTS], { description: 'The result that the rule must have.' }),
  },
  { ...strict, description: 'A test of the rule: facts and the result they must give.' },
);

const PARAMETER_TYPES = ['int', 'bool', 'string', 'enum'] as const;

const ParameterValue = Type.Union([Type.Integer(), Type.Boolean(), Type.String()]);

const ParameterSchema = Type.Object(
  {
    type: Type.Enum([...PARAMETER_TYPES], { description: 'What its values are.' }),
    default: Type.Unsafe<boolean | number | string>({
      ...ParameterValue,
      description: 'The value where no profile sets another.',
    }),
    description: text('What it means, with its unit.', { maxLength: 1000 }),
    min: Type.Optional(Type.Integer({ description: 'int: the least value.' })),
    max: Type.Optional(Type.Integer({ description: 'int: the greatest value.' })),
    values: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'enum: the values.',
      }),
    ),
  },
  { ...strict, description: 'A value that a profile may set: param.NAME in the expressions of this policy.' },
);

/** CEL can name it: letters and digits, and none of CEL's own words. */
const PARAMETER_NAME = '^(?!(?:in|true|false|null)$)[a-z][A-Za-z0-9]*$';

export const ParametersSchema = Type.Record(Type.String({ minLength: 1 }), ParameterSchema, {
  description: 'Values that a profile may set, by name.',
  propertyNames: {
    type: 'string',
    pattern: PARAMETER_NAME,
    maxLength: 60,
    description: 'letters and digits, a small letter first',
  },
});

/** A fact's first word says where it is read; CEL can name the rest. */
const DECLARED_NAME = '^(?:sysctl|sysfs|module|cmdline|boot|config|file)(?:\\.[A-Za-z_][A-Za-z0-9_]*)+$';

const Paths = Type.Union([
  Type.String({ minLength: 1, maxLength: 300 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { minItems: 1, maxItems: 8 }),
]);

export const DeclaredFactSchema = Type.Object(
  {
    type: Type.Enum([...FACT_KINDS], { description: 'What its values are.' }),
    title: Type.Optional(text('What it is, in one line.', { maxLength: 200 })),
    note: Type.Optional(text('What a reader of the value must know.', { maxLength: 2000 })),
    unit: Type.Optional(Type.Enum([...UNITS], { description: 'What a number counts.' })),
    range: Type.Optional(
      Type.Array(Type.Integer(), {
        minItems: 2,
        maxItems: 2,
        description: 'int: the least and the greatest value; another is malformed.',
      }),
    ),
    values: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'enum: the values; another is malformed.',
      }),
    ),
    path: Type.Optional(
      Type.Unsafe<string | string[]>({
        ...Paths,
        description:
          'Where it is read: a path with * for any part of a name, or several, of which the first that is there counts. A sysctl and a parameter of a module need none.',
      }),
    ),
    paths: Type.Optional(Type.Unsafe<string | string[]>({ ...Paths, description: 'The same as path.' })),
    bootParameter: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'cmdline and boot: the boot parameter, where the name does not say it.',
      }),
    ),
    kernelConfig: Type.Optional(
      Type.String({
        pattern: '^CONFIG_[A-Z0-9_]{1,80}$',
        description: "config: the option of the kernel's build, where the name does not say it.",
      }),
    ),
    parse: Type.Optional(
      Type.Enum([...PARSES], {
        description:
          'How the content becomes the value: value (one line), selected (the word in brackets), lines, words. By the type where it is not given.',
      }),
    ),
    samples: Type.Optional(
      Type.Array(
        Type.Object(
          {
            text: Type.String({ maxLength: 4000, description: 'The content, with its line end.' }),
            gives: Type.Unknown({ description: 'The value, or { unreadable: malformed }.' }),
          },
          { ...strict, description: 'What a host may send, and what must become of it.' },
        ),
        { maxItems: 20, description: 'Checked when the policy is loaded.' },
      ),
    ),
  },
  { ...strict, description: 'A fact that is read of hosts and that kernward does not know of.' },
);

const FactsSchema = Type.Record(Type.String({ minLength: 1 }), DeclaredFactSchema, {
  description:
    'Facts that the rules read and that kernward does not know of, by name; see docs/reference/declared-facts.md.',
  propertyNames: {
    type: 'string',
    pattern: DECLARED_NAME,
    maxLength: 120,
    description:
      'sysctl, sysfs, module, cmdline, boot, config or file, and letters, digits and _ after dots; where the name of the setting has another character, write _ for it and give its path',
  },
});

const ConflictSchema = Type.Object(
  {
    with: text('The benchmark, component or profile of another tool that asks for the opposite.', { maxLength: 200 }),
    says: text('What it asks for, and why it does.', { maxLength: 1000 }),
    profile: Type.Optional(
      Type.String({
        pattern: KEBAB,
        maxLength: 100,
        description: 'The profile that agrees with it: machines that are to follow it belong there.',
      }),
    ),
    source: Type.String({
      pattern: '^https://[^\\s/]+\\S*$',
      maxLength: 1000,
      description: 'Where it can be read: an https address.',
    }),
  },
  { ...strict, description: 'Something that a fleet may follow and that asks for the opposite of this rule.' },
);

export const RuleSchema = Type.Object(
  {
    id: Type.String({
      pattern: KEBAB,
      maxLength: 100,
      description: 'Lower-case words joined by dashes, unique over all policies.',
    }),
    title: text('What the rule asks for, in one line.', { maxLength: 200 }),
    severity: Type.Enum([...SEVERITIES], {
      description: 'How bad it is when the rule fails. A profile may change it.',
    }),
    informational: Type.Optional(
      Type.Boolean({
        description: 'True: where the rule would fail, it tells and does not fail (result informational).',
      }),
    ),
    appliesTo: Type.Optional(
      Condition('Which machines the rule is about; where it is false, the result is notapplicable.'),
    ),
    requires: Condition('What must be true: true is pass, false is fail, undecided is unknown.'),
    ifAbsent: Type.Optional(
      Type.Enum([...IF_ABSENT], {
        description:
          'The result where a fact that the kernel does not have would decide. unknown where it is not given.',
      }),
    ),
    because: Type.Optional(
      text(
        'The sentence of a fail. {EXPRESSION} shows a value, {{ and }} are braces. Where it is not given, what was required and what was read.',
        { maxLength: 2000 },
      ),
    ),
    rationale: Type.Optional(text('Why it matters.')),
    remediation: Type.Optional(RemediationSchema),
    references: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), {
        minItems: 1,
        maxItems: 50,
        uniqueItems: true,
        description: 'Where what the rule says is known from: https addresses.',
      }),
    ),
    conflicts: Type.Optional(
      Type.Array(ConflictSchema, {
        minItems: 1,
        maxItems: 20,
        description: 'Benchmarks and components that ask for the opposite.',
      }),
    ),
    cases: Type.Optional(
      Type.Array(CaseSchema, {
        maxItems: 200,
        description: 'Tests of the rule: at least one that passes, one that fails and one that is unknown.',
      }),
    ),
  },
  { ...strict, description: 'The smallest judged thing: one requirement on one host.' },
);

const BoundSchema = Type.Object(
  {
    share: Type.Optional(
      Type.String({
        pattern: '^(?:[0-9]{1,6}/[1-9][0-9]{0,5}|[0-9]{1,3}%)$',
        description: 'A share of the hosts of the group: 1/3, 25%.',
      }),
    ),
    hosts: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'A number of hosts.' })),
    of: Condition('Which hosts are counted.'),
  },
  { ...strict, description: 'How many hosts of the group: share or hosts, one of the two.' },
);

const GroupCaseSchema = Type.Object(
  {
    name: text('What this case shows.', { maxLength: 200 }),
    hosts: Type.Array(
      Type.Object(
        {
          count: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1000,
              description: 'How many hosts like this; 1 where it is not given.',
            }),
          ),
          host: Type.Optional(
            Type.String({
              pattern: KEBAB,
              description: 'The recorded host that it starts from; debian-12 where it is not given.',
            }),
          ),
          facts: Type.Optional(
            Type.Record(Type.String({ minLength: 1 }), Type.Unknown(), {
              description: 'The facts in which it differs from the recorded host.',
            }),
          ),
          unreachable: Type.Optional(Type.Literal(true, { description: 'true: it was not reached.' })),
        },
        { ...strict, description: 'One or more hosts of the group.' },
      ),
      { minItems: 1, maxItems: 100, description: 'The hosts of the group.' },
    ),
    gives: Type.Enum(['pass', 'fail', 'unknown', 'notapplicable'], {
      description: 'The result that the rule must have.',
    }),
  },
  { ...strict, description: 'A test of the rule: a group and the result it must give.' },
);

/** A rule over groups. */
const GroupRuleSchema = Type.Object(
  {
    id: Type.String({
      pattern: KEBAB,
      maxLength: 100,
      description: 'Lower-case words joined by dashes, unique over all policies.',
    }),
    title: text('What the rule asks of a group, in one line.', { maxLength: 200 }),
    severity: Type.Enum([...SEVERITIES], { description: 'How bad it is when the rule fails.' }),
    groups: Type.Object(
      {
        label: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 100,
            description: 'Every value of this label makes a group of the hosts that have it.',
          }),
        ),
        names: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
            minItems: 1,
            maxItems: 100,
            description: 'Names of groups of the inventory; * stands for any characters.',
          }),
        ),
      },
      { ...strict, description: 'Which groups the rule is about: label or names, one of the two.' },
    ),
    minHosts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'A group with fewer hosts is notapplicable; 2 where it is not given.',
      }),
    ),
    requires: Type.Object(
      {
        uniform: Type.Optional(text('An expression that must have the same value on every host of the group.')),
        atMost: Type.Optional(BoundSchema),
        atLeast: Type.Optional(BoundSchema),
      },
      { ...strict, description: 'What must be true of the group: uniform, atMost or atLeast, one of the three.' },
    ),
    because: text(
      'The sentence of a fail. {EXPRESSION} shows a value; it reads group.name, group.hosts, group.matching, group.unknown, group.unreachable, group.distinct, group.values and group.examples.',
      { maxLength: 2000 },
    ),
    rationale: Type.Optional(text('Why it matters.')),
    remediation: Type.Optional(
      Type.Object(
        {
          summary: text('What to do, in one imperative sentence.', { maxLength: 1000 }),
          mayBreak: Type.Optional(text('What that may break, in words.')),
        },
        { ...strict, description: 'What makes the rule pass.' },
      ),
    ),
    references: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), {
        minItems: 1,
        maxItems: 50,
        uniqueItems: true,
        description: 'Where what the rule says is known from: https addresses.',
      }),
    ),
    cases: Type.Optional(
      Type.Array(GroupCaseSchema, {
        maxItems: 200,
        description: 'Tests of the rule: at least one that passes, one that fails and one that is unknown.',
      }),
    ),
  },
  { ...strict, description: 'One requirement on one group of hosts.' },
);

/** A policy file. The one source of `schemas/policy.schema.json` and of the type. */
export const PolicySchema = Type.Object(
  {
    policy: Type.String({
      pattern: KEBAB,
      maxLength: 100,
      description: 'Name of this policy: lower-case words joined by dashes, unique.',
    }),
    title: text('What the policy is about, in one line.', { maxLength: 200 }),
    description: Type.Optional(text('More about it, where one line is too little.')),
    facts: Type.Optional(FactsSchema),
    parameters: Type.Optional(ParametersSchema),
    rules: Type.Optional(
      Type.Array(RuleSchema, { minItems: 1, maxItems: 10_000, description: 'The rules, in reading order.' }),
    ),
    groupRules: Type.Optional(
      Type.Array(GroupRuleSchema, {
        minItems: 1,
        maxItems: 1000,
        description: 'Rules over groups of hosts, in reading order.',
      }),
    ),
  },
  { ...strict, title: 'kernward policy', description: 'Rules that kernward judges hosts by.' },
);

/** A profile file. The one source of `schemas/profile.schema.json` and of the type. */
export const ProfileSchema = Type.Object(
  {
    profile: Type.String({
      pattern: KEBAB,
      maxLength: 100,
      description: 'Name of this profile: lower-case words joined by dashes, unique.',
    }),
    title: text('What machines with this profile must do, in one line.', { maxLength: 200 }),
    description: Type.Optional(text('Which machines it is for.')),
    extends: Type.Optional(
      Type.String({
        pattern: KEBAB,
        maxLength: 100,
        description: 'The profile that this one starts from: its rules, severities and parameters.',
      }),
    ),
    labels: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.String({ minLength: 1, maxLength: 200 }), {
        minProperties: 1,
        description:
          'Hosts that have all of these labels and no profile of their own in the inventory are judged by this one.',
      }),
    ),
    include: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 1000,
        description:
          'Rules that are judged: rule ids, * stands for any characters. Needed where extends is not given; added to the rules of the other profile where it is.',
      }),
    ),
    exclude: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 1000,
        description: 'Rules that are not, though include names them.',
      }),
    ),
    severities: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), Type.Enum([...SEVERITIES]), {
        maxProperties: 10_000,
        description: 'Severities that differ from what the rules say, by rule id.',
      }),
    ),
    parameters: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1 }),
        Type.Record(Type.String({ minLength: 1 }), Type.Unsafe<boolean | number | string>(ParameterValue)),
        {
          description: 'Values of parameters that differ from their defaults, by policy and name.',
        },
      ),
    ),
  },
  {
    ...strict,
    title: 'kernward profile',
    description: 'Which rules a role of machine is judged by, and how severe they are.',
  },
);

export type DeclaredFactText = Static<typeof DeclaredFactSchema>;
export type PolicyText = Static<typeof PolicySchema>;
export type RuleText = NonNullable<PolicyText['rules']>[number];
export type GroupRuleText = NonNullable<PolicyText['groupRules']>[number];
export type CaseText = NonNullable<RuleText['cases']>[number];
export type ParameterText = NonNullable<PolicyText['parameters']>[string];
export type ProfileText = Static<typeof ProfileSchema>;
