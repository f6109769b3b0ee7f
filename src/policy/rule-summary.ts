import type { ConflictSummary, RemediationSetting, RemediationSettings, RuleSummary } from '../model/report.js';
import type { Conflict, Remediation, Rule } from './policy.js';

const assignments = (settings: Remediation['sysctl']): string =>
  Object.entries(settings ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

const parts = (remediation: Remediation): readonly (readonly [string, string])[] => [
  ['sysctl', assignments(remediation.sysctl)],
  ['sysfs', assignments(remediation.sysfs)],
  ['boot parameters', (remediation.bootParameters ?? []).join(' ')],
  ['commands', (remediation.commands ?? []).join('; ')],
  ['packages', (remediation.packages ?? []).join(', ')],
];

const settingsInWords = (remediation: Remediation): string =>
  parts(remediation)
    .filter(([, words]) => words !== '')
    .map(([name, words]) => `${name}: ${words}`)
    .join(' | ');

const settingsOf = (settings: Remediation['sysctl'], accepts: Remediation['accepts']): readonly RemediationSetting[] =>
  Object.entries(settings ?? {}).map(([name, value]) => {
    const others = accepts !== undefined && Object.hasOwn(accepts, name) ? accepts[name] : undefined;
    return { name, value: String(value), accepts: (others ?? []).map(String) };
  });

const settingsOneByOne = ({
  sysctl,
  sysfs,
  accepts,
  bootParameters,
  commands,
  packages,
}: Remediation): RemediationSettings => ({
  sysctl: settingsOf(sysctl, accepts),
  sysfs: settingsOf(sysfs, accepts),
  bootParameters: bootParameters ?? [],
  commands: commands ?? [],
  packages: packages ?? [],
});

/** One sentence, for whoever reads the rule's finding. */
export const conflictInWords = ({ with: other, says, profile, source }: ConflictSummary): string =>
  `${other}: ${says.trim()}${profile === undefined ? '' : ` The profile ${profile} agrees with it.`} (${source})`;

const withoutPlace = ({ with: other, says, profile, source }: Conflict): ConflictSummary => ({
  with: other,
  says: says.trim(),
  ...(profile === undefined ? {} : { profile }),
  source,
});

/** What a report says of a rule; empty texts where the rule says nothing. */
export const ruleSummary = (rule: Rule): RuleSummary => ({
  id: rule.id,
  policy: rule.policy,
  title: rule.title,
  severity: rule.severity,
  rationale: rule.rationale ?? '',
  remediation: rule.remediation?.summary.trim() ?? '',
  settings: rule.remediation === undefined ? '' : settingsInWords(rule.remediation),
  ...(rule.remediation === undefined ? {} : { remediationSettings: settingsOneByOne(rule.remediation) }),
  mayBreak: rule.remediation?.mayBreak?.trim() ?? '',
  references: rule.references,
  ...(rule.conflicts.length === 0 ? {} : { conflicts: rule.conflicts.map(withoutPlace) }),
});
