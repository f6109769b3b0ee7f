import { SEVERITIES } from '../model/verdict.js';
import type { Profile, Rule } from './policy.js';

function names(profiles: readonly Profile[]): string {
  return profiles.map(({ id }) => id).join(', ');
}

/**
 * Which profiles judge a rule, where that is not all of them, and which change its severity; the shorter of "only in"
 * and "not in". Empty: every profile judges it, as severe as it says.
 */
export function formatSelection(rule: Rule, all: Iterable<Profile>): string {
  const profiles = [...all].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const selecting = profiles.filter(({ rules }) => rules.has(rule.id));
  const others = profiles.filter(({ rules }) => !rules.has(rule.id));
  const selection =
    others.length === 0
      ? []
      : selecting.length === 0
        ? ['in no profile']
        : selecting.length <= others.length
          ? [`only in ${names(selecting)}`]
          : [`not in ${names(others)}`];
  const changed = SEVERITIES.filter((severity) => severity !== rule.severity).flatMap((severity) => {
    const having = selecting.filter(({ rules }) => rules.get(rule.id) === severity);
    return having.length === 0 ? [] : [`${severity} in ${names(having)}`];
  });
  return [...selection, ...changed].join('; ');
}
