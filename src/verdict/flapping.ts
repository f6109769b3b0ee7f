import type { HostId } from '../model/host.js';
import type { Gate, HostReport } from '../model/report.js';
import { FLAPPING, type Result, type RuleId, type Verdict } from '../model/verdict.js';

/** What a history knows of a rule on a host before the run: how often its decided result changed, and what it was last. */
export interface PastChanges {
  readonly changes: number;
  readonly last: Result;
}

/** Undefined: fewer changes than it takes. */
export type Flaps = (host: HostId, rule: RuleId) => PastChanges | undefined;

function isDecided({ result }: Verdict): boolean {
  return result !== 'error' && result !== 'unknown';
}

/** The host with how often each of its results changed, where that is flapping; the run itself may bring the change that makes it so. */
export function withFlapping(host: HostReport, flaps: Flaps): HostReport {
  const verdicts = host.verdicts.map((verdict) => {
    const past = flaps(host.host, verdict.rule);
    if (past === undefined) return verdict;
    const changes = past.changes + Number(isDecided(verdict) && verdict.result !== past.last);
    return changes < FLAPPING.changes ? verdict : { ...verdict, flaps: changes };
  });
  return { ...host, verdicts };
}

/** Whether the gate lets a fail through because it flaps. */
export function isIgnoredFlap({ flapping }: Pick<Gate, 'flapping'>, { flaps }: Verdict): boolean {
  return flapping === 'ignore' && flaps !== undefined;
}
