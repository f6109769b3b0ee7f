import type { HostOutcome } from '../model/outcome.js';
import { readerOf } from '../model/ordered-readings.js';
import type { RuleId, Verdict } from '../model/verdict.js';
import type { Profile, Rule } from '../policy/policy.js';
import { clean } from '../text/clean.js';
import { memoize } from '../language/memoize.js';
import { readFor } from '../policy/apply-rule.js';
import { verdictsOf, type HostlessVerdict } from '../model/said.js';
import { ruleOfProfile } from './judge.js';
import type { AskNextBoot } from './next-boot.js';

/** A host's verdicts, and, where judging it broke, what is to be reported as a bug of ours (exit 4). */
export interface JudgedHost {
  /** One for each rule, sorted by rule id. */
  readonly verdicts: readonly Verdict[];
  readonly bug?: { readonly rule: RuleId; readonly detail: string };
}

function compareIds(a: Rule, b: Rule): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Sorted once for all hosts: the rules of a run are one list. */
const sortedById = memoize((rules: readonly Rule[]): readonly Rule[] => rules.toSorted(compareIds));

/** Likewise, the rules of each profile. */
const sayings = memoize((rules: readonly Rule[]) =>
  memoize((profile: Profile) => rules.map((rule) => [rule, ruleOfProfile(rule, profile)] as const)),
);

function errors(outcome: HostOutcome, rules: readonly Rule[], profile: Profile, because: string): readonly Verdict[] {
  return rules.map(({ id, severity }) => ({
    host: outcome.host,
    rule: id,
    severity: profile.rules.get(id) ?? severity,
    result: 'error',
    because,
    evidence: [],
  }));
}

function wordsOf(thrown: unknown): string {
  return clean(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown), 500);
}

/**
 * Every loaded rule on one host. A host that was not reached has `error` for every rule, selected by its profile or
 * not: nothing is known of it, not even what would have been left out.
 *
 * The only place where an exception while judging becomes data: that host's verdicts are `error`, and `bug` says why.
 *
 * @param outcome its readings with the derived facts
 * @param askNextBoot what each rule will say after the next boot, which stands beside the verdict
 * @param complete adds what a verdict is to have beside what its rule says; the same object for the same one
 */
export function judgeHost(
  outcome: HostOutcome,
  rules: readonly Rule[],
  profile: Profile,
  askNextBoot?: AskNextBoot,
  complete: (said: HostlessVerdict) => HostlessVerdict = (said) => said,
): JudgedHost {
  const sorted = sortedById(rules);
  if (!outcome.reached)
    return { verdicts: errors(outcome, sorted, profile, clean(`not reached: ${outcome.failure.detail}`, 1000)) };
  const said: HostlessVerdict[] = [];
  const read = readFor(readerOf(outcome.readings));
  for (const [rule, say] of sayings(sorted)(profile)) {
    try {
      said.push(complete(say(read, askNextBoot)));
    } catch (thrown) {
      const detail = wordsOf(thrown);
      const because = `kernward itself failed on rule ${rule.id}, please report it: ${detail}`;
      return { verdicts: errors(outcome, sorted, profile, because), bug: { rule: rule.id, detail } };
    }
  }
  return { verdicts: verdictsOf(outcome.host, said) };
}
