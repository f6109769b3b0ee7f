import { memoize } from '../language/memoize.js';
import type { HostId } from '../model/host.js';
import type { Readings } from '../model/reading.js';
import type { Verdict } from '../model/verdict.js';
import { applyRule } from '../policy/apply-rule.js';
import type { Profile, Rule } from '../policy/policy.js';

/** The same object for all hosts, as what rules say is (`applyRule`). */
const notSelected = memoize((rule: Rule) =>
  memoize((profile: Profile): Omit<Verdict, 'host'> => ({
    rule: rule.id,
    severity: rule.severity,
    result: 'notselected',
    because: `the profile ${profile.id} does not select this rule`,
    evidence: [],
  })),
);

/**
 * One rule on one host that was reached: `notselected` by the profile, else what the rule says of the readings, with
 * the profile's severity.
 *
 * @param readings derived facts included
 */
export function judge(rule: Rule, readings: Readings, host: HostId, profile: Profile): Verdict {
  const severity = profile.rules.get(rule.id);
  if (severity === undefined) {
    const { result, because, evidence } = notSelected(rule)(profile);
    return { host, rule: rule.id, severity: rule.severity, result, because, evidence };
  }
  const { result, because, evidence } = applyRule(rule, readings, profile.parameters.get(rule.policy));
  return { host, rule: rule.id, severity, result, because, evidence };
}
