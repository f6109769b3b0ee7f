import { defined } from '../language/defined.js';
import type { ConflictSummary, RemediationSetting, RemediationSettings, RuleSummary } from '../model/report.js';
import type { Conflict, Remediation, Rule } from './policy.js';

function assignments(settings: Remediation['sysctl']): string {
  return Object.entries(settings ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function parts(remediation: Remediation): readonly (readonly [string, string])[] {
  return [
    ['sysctl', assignments(remediation.sysctl)],
    ['sysfs', assignments(remediation.sysfs)],
    ['boot parameters', (remediation.bootParameters ?? []).join(' ')],
    ['commands', (remediation.commands ?? []).join('; ')],
    ['packages', (remediation.packages ?? []).join(', ')],
  ];
}

function formatSettings(remediation: Remediation): string {
  return parts(remediation)
    .filter(([, words]) => words !== '')
    .map(([name, words]) => `${name}: ${words}`)
    .join(' | ');
}

function settingsOf(settings: Remediation['sysctl'], accepts: Remediation['accepts']): readonly RemediationSetting[] {
  return Object.entries(settings ?? {}).map(([name, value]) => {
    const others = accepts !== undefined && Object.hasOwn(accepts, name) ? accepts[name] : undefined;
    return { name, value: String(value), accepts: (others ?? []).map(String) };
  });
}

function settingsOneByOne({
  sysctl,
  sysfs,
  accepts,
  bootParameters,
  commands,
  packages,
}: Remediation): RemediationSettings {
  return {
    sysctl: settingsOf(sysctl, accepts),
    sysfs: settingsOf(sysfs, accepts),
    bootParameters: bootParameters ?? [],
    commands: commands ?? [],
    packages: packages ?? [],
  };
}

/** One sentence, for whoever reads the rule's finding. */
export function formatConflict({ with: other, says, profile, source }: ConflictSummary): string {
  return `${other}: ${says.trim()}${profile === undefined ? '' : ` The profile ${profile} agrees with it.`} (${source})`;
}

function withoutPlace({ with: other, says, profile, source }: Conflict): ConflictSummary {
  return {
    with: other,
    says: says.trim(),
    ...defined({ profile }),
    source,
  };
}

/** What a report says of a rule; empty texts where the rule says nothing. */
export function ruleSummary(rule: Rule): RuleSummary {
  return {
    id: rule.id,
    policy: rule.policy,
    title: rule.title,
    severity: rule.severity,
    rationale: rule.rationale ?? '',
    remediation: rule.remediation?.summary.trim() ?? '',
    settings: rule.remediation === undefined ? '' : formatSettings(rule.remediation),
    ...(rule.remediation === undefined ? {} : { remediationSettings: settingsOneByOne(rule.remediation) }),
    mayBreak: rule.remediation?.mayBreak?.trim() ?? '',
    references: rule.references,
    ...(rule.conflicts.length === 0 ? {} : { conflicts: rule.conflicts.map(withoutPlace) }),
  };
}
