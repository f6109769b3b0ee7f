import type { RuleSummary } from '../model/report.js';
import type { Remediation, Rule } from './policy.js';

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

/** The remediation as one paragraph: the sentence, then each kind of setting. */
export const remediationInWords = (remediation: Remediation | undefined): string => {
  if (remediation === undefined) return '';
  const settings = parts(remediation).filter(([, words]) => words !== '');
  return [remediation.summary.trim(), ...settings.map(([name, words]) => `${name}: ${words}`)].join(' | ');
};

/** What a report says of a rule; empty texts where the rule says nothing. */
export const ruleSummary = (rule: Rule): RuleSummary => ({
  id: rule.id,
  policy: rule.policy,
  title: rule.title,
  severity: rule.severity,
  rationale: rule.rationale ?? '',
  remediation: remediationInWords(rule.remediation),
  mayBreak: rule.remediation?.mayBreak?.trim() ?? '',
  references: rule.references,
});
