import type { Diagnostic } from '../../model/diagnostic.js';
import { suggest } from '../../text/suggest.js';
import type { Rule } from '../policy.js';

/** Conflicts of rules that name a profile which does not exist: nobody could follow them. */
export function validateConflicts(rules: readonly Rule[], profiles: readonly string[]): readonly Diagnostic[] {
  return rules.flatMap(({ id, conflicts }) =>
    conflicts.flatMap(({ profile, place }) => {
      if (profile === undefined || profiles.includes(profile)) return [];
      const near = suggest(profile, profiles);
      const help = near === undefined ? `the profiles are ${profiles.join(', ')}` : `did you mean ${near}?`;
      return [
        {
          code: 'policy/unknown-profile',
          severity: 'error',
          message: `${id}: there is no profile called ${profile}`,
          ...place,
          help,
        } as const,
      ];
    }),
  );
}
