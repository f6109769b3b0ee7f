import type { HostReport, RuleSummary } from '../model/report.js';
import { wayOut } from './failure-help.js';
import { isUnwaivedFail, worstFail } from './phrases.js';

/** Of the worst fails of a host what to do about each, or the way out where the host was not reached. */
export function whatToDo(host: HostReport, rules: readonly RuleSummary[]): string {
  if (host.failure !== undefined) return wayOut(host.failure).toDo;
  const worst = worstFail(host);
  const failing = new Set(
    host.verdicts.flatMap((verdict) => (isUnwaivedFail(verdict) && verdict.severity === worst ? [verdict.rule] : [])),
  );
  return [...new Set(rules.flatMap(({ id, remediation }) => (failing.has(id) ? [remediation] : [])))].join(' ');
}
