import type { GroupRuleSummary } from '../../model/report.js';
import { formatForm, formatChosen, type GroupRule } from './group-rule.js';

/** What a report says of a rule over groups; empty texts where the rule says nothing. */
export function groupRuleSummary(rule: GroupRule): GroupRuleSummary {
  return {
    id: rule.id,
    policy: rule.policy,
    title: rule.title,
    severity: rule.severity,
    about: formatChosen(rule),
    asks: formatForm(rule),
    rationale: rule.rationale ?? '',
    remediation: rule.remediation?.summary.trim() ?? '',
    references: rule.references,
  };
}
