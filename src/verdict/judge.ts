import type { HostId } from '../model/host.js';
import { readerOf } from '../model/ordered-readings.js';
import type { Readings } from '../model/reading.js';
import { shapedSaid, type HostlessVerdict } from '../model/said.js';
import type { NextBoot, Severity, Verdict } from '../model/verdict.js';
import { ruleAnswers, readFor, type RuleAnswer, type ReadFor } from '../policy/apply-rule.js';
import type { ReadIfAny } from '../facts/memoize-by-readings.js';
import type { Profile, Rule } from '../policy/policy.js';
import type { AskNextBoot } from './next-boot.js';

/** What a rule says of a host: the same object for all hosts of which it says the same. */
export type SayOfHost = (read: ReadFor, askNextBoot: AskNextBoot | undefined) => HostlessVerdict;

/** How much is kept of one answer: a rule has a severity in each profile, and the next boot brings this or that. */
const MOST_SAID = 8;

function saidOf(
  rule: Rule,
  severity: Severity,
  { applied, said: kept }: RuleAnswer,
  nextBoot: NextBoot | undefined,
): HostlessVerdict {
  for (const said of kept) if (said.severity === severity && said.nextBoot === nextBoot) return said;
  const { result, because, evidence } = applied;
  const made = { rule: rule.id, severity, result, because, evidence };
  const said = shapedSaid(nextBoot === undefined ? made : { ...made, nextBoot });
  if (kept.length < MOST_SAID) kept.push(said);
  return said;
}

function notSelected(rule: Rule, profile: Profile): HostlessVerdict {
  return {
    rule: rule.id,
    severity: rule.severity,
    result: 'notselected',
    because: `the profile ${profile.id} does not select this rule`,
    evidence: [],
  };
}

/** A rule as a profile has it, with the profile's severity and parameters; `notselected` where the profile has it not. */
export function ruleOfProfile(rule: Rule, profile: Profile): SayOfHost {
  const severity = profile.rules.get(rule.id);
  if (severity === undefined) {
    const said = notSelected(rule, profile);
    return () => said;
  }
  const chosen = profile.parameters.get(rule.policy);
  const answers: (read: ReadIfAny) => RuleAnswer = ruleAnswers(rule);
  return (read, askNextBoot) => {
    const answer = answers(read(rule, chosen));
    return saidOf(rule, severity, answer, askNextBoot?.(rule, answer.applied));
  };
}

/**
 * One rule on one host that was reached: `notselected` by the profile, else what the rule says of the readings, with
 * the profile's severity.
 *
 * @param readings derived facts included
 */
export function judge(rule: Rule, readings: Readings, host: HostId, profile: Profile): Verdict {
  return { host, ...ruleOfProfile(rule, profile)(readFor(readerOf(readings)), undefined) };
}
