import { loadRuleSet, type RuleSet } from '../rule-set.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from './package-files.js';

/**
 * The rules that the package ships: its policies, its profiles, the known kernel fixes and the dates of support, read
 * from the package's own folder.
 *
 * @returns the same as `loadRuleSet` of these files; loading them takes about 0.1 s
 * @throws {Error} where the package is damaged: a file is missing, or one of them is wrong
 */
export function loadShippedRules(): RuleSet {
  const { value, diagnostics } = loadRuleSet({
    policies: shippedPolicies(),
    profiles: shippedProfiles(),
    known: [],
    fixes: shippedFixes(),
    support: shippedSupport(),
  });
  if (value === undefined)
    throw new Error(
      `the rules that kernward ships have mistakes: ${diagnostics.map(({ message }) => message).join('; ')}`,
    );
  return value;
}
