import type { GroupRuleSummary } from '../../model/report.js';
import { askInWords, chosenInWords, type GroupRule } from './group-rule.js';

/** What a report says of a rule over groups; empty texts where the rule says nothing. */
export function groupRuleSummary(rule: GroupRule): GroupRuleSummary {
  return {
    id: rule.id,
    policy: rule.policy,
    title: rule.title,
    severity: rule.severity,
    about: chosenInWords(rule),
    asks: askInWords(rule),
    rationale: rule.rationale ?? '',
    remediation: rule.remediation?.summary.trim() ?? '',
    references: rule.references,
  };
}
