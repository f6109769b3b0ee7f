import type { ConflictSummary } from '../model/report.js';
import { clean } from '../text/clean.js';

/** Who asks for the opposite of a rule, in one sentence. */
export function conflictWords({ with: other, says, profile, source }: ConflictSummary): string {
  return clean(
    `${other}: ${says}${profile === undefined ? '' : ` The profile ${profile} agrees with it.`} (${source})`,
    1000,
  );
}
