import type { FactDefinition } from '../facts/definition.js';
import { readFrom } from '../facts/source-description.js';
import { SEVERITIES } from '../model/verdict.js';
import { clean } from '../text/clean.js';
import { getSetters, type Parameter } from './parameters.js';
import { formatForm, formatChosen, type GroupRule } from './groups/group-rule.js';
import { formatSelection } from './selection.js';
import { allRules, type Conflict, type Policy, type Profile, type Remediation, type Rule } from './policy.js';

type Profiles = ReadonlyMap<string, Profile>;

/** Ends in one line break; blank lines between blocks. */
function page(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** With what a terminal would act on written out; line breaks and tabs stay. */
function visible(text: string): string {
  return text.replace(/[^\n\t]+/g, (run) => clean(run));
}

/** The longest run of backticks in a text. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Closed by more backticks than stand in it, so that nothing in it ends it. */
function fence(language: string, lines: readonly string[]): string {
  const text = visible(lines.join('\n'));
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${language}\n${text}\n${marks}`;
}

/** A piece of code within a line; in a cell of a table no bar ends it. */
function code(text: string): string {
  const shown = visible(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const marks = '`'.repeat(longestRun(shown) + 1);
  return /^`|`$/.test(shown) ? `${marks} ${shown} ${marks}` : `${marks}${shown}${marks}`;
}

function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** Prose of a policy, as text in Markdown: no tags, no tables out of a stray bar. */
function prose(text: string): string {
  return oneLine(text).replace(/[<>|*\\[\]`]/g, (mark) => `\\${mark}`);
}

function byName(profiles: Profiles): readonly Profile[] {
  return [...profiles.values()].toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}

/** A long condition with one alternative a line. */
function condition(source: string): string {
  return fence('cel', [source.length > 120 ? source.trim().replaceAll(' || ', '\n|| ') : source.trim()]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function overview(rules: readonly Rule[], profiles: readonly Profile[]): string {
  return table(
    ['rule', 'what it asks for', 'severity', 'profiles'],
    rules.map((rule) => [
      `[${rule.id}](#${rule.id})`,
      prose(rule.title),
      rule.severity,
      formatSelection(rule, profiles) || 'all',
    ]),
  );
}

function profileLine({ id, title, description }: Profile): string {
  return `- **${id}**: ${prose(title)}.${description === undefined ? '' : ` ${prose(description)}`}`;
}

function settings(
  values: Readonly<Record<string, string | number>> | undefined,
  line: (name: string, value: string) => string,
): readonly string[] {
  return Object.entries(values ?? {}).map(([name, value]) => line(name, String(value)));
}

function listed(items: readonly string[] | undefined): string {
  return (items ?? []).map(code).join(', ');
}

function remediation({
  summary,
  sysctl,
  sysfs,
  accepts,
  bootParameters,
  commands,
  packages,
  mayBreak,
}: Remediation): readonly string[] {
  const inSysctlD = settings(sysctl, (name, value) => `${name} = ${value}`);
  const now = settings(sysfs, (path, value) => `echo ${value} > ${path}`);
  const inTmpfilesD = settings(sysfs, (path, value) => `w ${path} - - - - ${value}`);
  return [
    `**Remediation.** ${prose(summary)}`,
    inSysctlD.length === 0
      ? ''
      : fence('ini', ['# a file in /etc/sysctl.d, applied with sysctl -p FILE', ...inSysctlD]),
    inTmpfilesD.length === 0 ? '' : fence('sh', ['# now', ...now]),
    inTmpfilesD.length === 0 ? '' : fence('text', ['# a file in /etc/tmpfiles.d, for every boot', ...inTmpfilesD]),
    accepts === undefined
      ? ''
      : `The rule passes too with ${Object.entries(accepts)
          .map(([name, values]) => `${code(name)} ${listed(values.map(String))}`)
          .join('; ')}.`,
    bootParameters === undefined ? '' : `On the kernel command line: ${listed(bootParameters)}`,
    packages === undefined ? '' : `Packages: ${packages.map(prose).join(', ')}`,
    commands === undefined ? '' : fence('sh', commands),
    mayBreak === undefined ? '' : `**May break.** ${prose(mayBreak)}`,
  ];
}

const WHEN_ABSENT: Readonly<Record<Rule['ifAbsent'], string>> = {
  pass: 'Where the kernel has no such knob the rule passes.',
  fail: 'Where the kernel has no such knob the rule fails.',
  notapplicable: 'Where the kernel has no such knob the rule does not apply.',
  unknown: '',
};

function conflictLine({ with: other, says, profile, source }: Conflict): string {
  return `- **${prose(other)}**: ${prose(says)}${profile === undefined ? '' : ` The profile \`${profile}\` agrees with it.`} See <${source}>.`;
}

function conflictsOf({ conflicts }: Rule): string {
  return conflicts.length === 0
    ? ''
    : ['**What asks for the opposite:**', '', ...conflicts.map(conflictLine)].join('\n');
}

function rangeOf({ fact: { type } }: Parameter): string {
  if (type.kind === 'enum') return type.values.map(code).join(', ');
  const bounds =
    type.kind === 'int'
      ? [
          ...(type.min === undefined ? [] : [`at least ${type.min}`]),
          ...(type.max === undefined ? [] : [`at most ${type.max}`]),
        ]
      : [];
  return [type.kind, ...bounds].join(', ');
}

function parametersOf(policy: Policy, profiles: readonly Profile[]): string {
  return policy.parameters.length === 0
    ? ''
    : table(
        ['parameter', 'values', 'default', 'set by', 'meaning'],
        policy.parameters.map((parameter) => [
          `\`param.${parameter.name}\``,
          rangeOf(parameter),
          code(parameter.formattedDefault),
          getSetters(profiles, policy.id, parameter.fact.id)
            .map(([id, value]) => `${id}: ${code(value)}`)
            .join(', ') || '–',
          prose(parameter.description),
        ]),
      );
}

function formatSeverity(rule: Rule, profiles: readonly Profile[]): string {
  const selection = formatSelection(rule, profiles);
  return `${rule.severity}${selection === '' ? '' : `; ${selection}`}`;
}

function section(rule: Rule, profiles: readonly Profile[]): readonly string[] {
  return [
    `### ${rule.id}`,
    `**${prose(rule.title)}.** Severity: ${formatSeverity(rule, profiles)}.`,
    rule.rationale === undefined ? '' : prose(rule.rationale),
    rule.appliesTo === undefined ? '' : 'Applies to machines where:',
    rule.appliesTo === undefined ? '' : condition(rule.appliesTo.source),
    'Requires:',
    condition(rule.requires.source),
    WHEN_ABSENT[rule.ifAbsent],
    ...(rule.remediation === undefined ? [] : remediation(rule.remediation)),
    conflictsOf(rule),
    rule.references.length === 0
      ? ''
      : ['References:', '', ...rule.references.map((reference) => `- <${reference}>`)].join('\n'),
  ];
}

function groupSection(rule: GroupRule): readonly string[] {
  return [
    `### ${rule.id}`,
    `**${prose(rule.title)}.** Severity: ${rule.severity}. A rule over groups.`,
    rule.rationale === undefined ? '' : prose(rule.rationale),
    `Of ${prose(formatChosen(rule))}, where they are at least ${rule.minHosts}, it requires:`,
    fence('text', [formatForm(rule)]),
    rule.remediation === undefined ? '' : `**Remediation.** ${prose(rule.remediation.summary)}`,
    rule.remediation?.mayBreak === undefined ? '' : `**May break.** ${prose(rule.remediation.mayBreak)}`,
    rule.references.length === 0
      ? ''
      : ['References:', '', ...rule.references.map((reference) => `- <${reference}>`)].join('\n'),
  ];
}

const INTRODUCTION = `# Rules

Generated from the shipped policies and profiles (\`npm run generate\`); do not edit.

A rule reads facts of one host and gives \`pass\`, \`fail\`, \`unknown\` (a fact that decides it could not be had) or
\`notapplicable\`. No setting is right for every machine: the profile of a host, given in the inventory, says which rules
are judged and how severe they are. The severities are ${SEVERITIES.join(', ')}.`;

const PERSISTENCE = `## Where a setting persists

A result is about what the kernel does now; beside it stands what becomes of it with the [next boot](next-boot.md). That is decided by, in this order, the later winning:

1. the kernel command line (\`/proc/cmdline\` is what was used; \`/etc/default/grub\` and \`/etc/default/grub.d/*.cfg\` are
   what the next boot gets on Debian and Ubuntu once \`update-grub\` has run, \`grubby --update-kernel=ALL --args=…\` sets it on RHEL);
2. \`sysctl.d\`: of all files in \`/etc/sysctl.d\`, \`/run/sysctl.d\`, \`/usr/local/lib/sysctl.d\` and \`/usr/lib/sysctl.d\` the one
   whose name sorts last, whichever folder it is in; \`/etc/sysctl.conf\` counts for systemd-sysctl only where a symbolic
   link brings it in, while \`sysctl --system\` reads it last;
3. \`tmpfiles.d\` and units for files under \`/sys\`, which no sysctl reaches;
4. tuned, which by default applies the sysctls of \`/etc\` and \`/run\` again after its own, but its own choice for transparent huge pages
   unless \`transparent_hugepage=\` is on the command line;
5. whoever writes at run time: the kubelet, kdump-config, configuration management, people.

See <https://manpages.debian.org/bookworm/systemd/sysctl.d.5.en.html> and
<https://manpages.debian.org/bookworm/systemd/tmpfiles.d.5.en.html>.`;

/**
 * docs/reference/rules.md: every rule with its reason, its severity in each profile, its condition, the way out and
 * what that may break.
 *
 * @returns Markdown; policies and rules in the order given, profiles by name
 */
export function rulesPage(policies: readonly Policy[], profiles: Profiles): string {
  const roles = byName(profiles);
  return page([
    INTRODUCTION,
    '## Profiles',
    roles.map(profileLine).join('\n'),
    '## Overview',
    overview(allRules(policies), roles),
    ...chaptersOf(policies, roles),
    PERSISTENCE,
  ]);
}

/**
 * A page of somebody's own policies: every rule, and the facts that they declare.
 *
 * @param profiles those that may select the rules
 */
export function ownRulesPage(
  policies: readonly Policy[],
  profiles: Profiles,
  declared: readonly FactDefinition[],
): string {
  const roles = byName(profiles);
  return page([
    policies.length === 1 ? `# ${prose(policies[0]?.title ?? '')}` : '# Rules',
    'Written by `kernward policy docs`.',
    overview(allRules(policies), roles),
    ...chaptersOf(policies, roles),
    ...(declared.length === 0
      ? []
      : [
          '## Facts that are declared here',
          table(
            ['fact', 'what it is', 'read from'],
            declared.map((fact) => [
              `\`${fact.id}\``,
              prose(fact.title),
              visible(readFrom(fact)).replaceAll('|', '\\|'),
            ]),
          ),
        ]),
  ]);
}

function chaptersOf(policies: readonly Policy[], roles: readonly Profile[]): readonly string[] {
  return policies.flatMap((policy) => [
    `## ${prose(policy.title)}`,
    `Policy ${code(policy.id)}, ${code(policy.file)}.`,
    parametersOf(policy, roles),
    policy.description === undefined || policy.groupRules.length === 0 ? '' : prose(policy.description),
    ...policy.rules.flatMap((rule) => section(rule, roles)),
    ...policy.groupRules.flatMap(groupSection),
  ]);
}
