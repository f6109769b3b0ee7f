import type { Gate, HostReport, HostStatus } from '../model/report.js';
import { isAtGate, type Verdict } from '../model/verdict.js';

function isFail({ result }: Verdict): boolean {
  return result === 'fail';
}
function isUndecided({ result }: Verdict): boolean {
  return result === 'error' || result === 'unknown';
}
function showsSomething({ result }: Verdict): boolean {
  return result === 'pass' || result === 'fail';
}

/**
 * What the gate makes of a host: the one place that says what "failing" is. It goes by the gate's severity, and by
 * nothing else of it: a fail that `--fail-on-new` or a limit lets through is one all the same.
 *
 * A waived fail shows that the host was checked; a waived error or unknown shows nothing.
 */
export function hostStatus(
  verdicts: readonly Verdict[],
  reached: boolean,
  { failOn }: Pick<Gate, 'failOn'>,
): HostStatus {
  if (!reached) return 'unreachable';
  let isUndecidedAtGate = false;
  let isLesser = false;
  let shows = false;
  // One pass, since every host of a run comes through here, more than once.
  for (const verdict of verdicts) {
    shows ||= showsSomething(verdict);
    if (verdict.waiver !== undefined || !(isFail(verdict) || isUndecided(verdict))) continue;
    isLesser = true;
    if (!isAtGate(failOn, verdict.severity)) continue;
    if (isFail(verdict)) return 'failing';
    isUndecidedAtGate = true;
  }
  if (isUndecidedAtGate) return 'undecided';
  if (!shows) return 'unchecked';
  return isLesser ? 'lesser' : 'clean';
}

/** A bug of ours while a host is judged leaves a failure too, and the readings that it had. */
export function wasReached({ failure, readings }: HostReport): boolean {
  return failure === undefined || readings.size > 0;
}

/** The host as another gate sees it. */
export function byGate(host: HostReport, gate: Pick<Gate, 'failOn'>): HostReport {
  const status = hostStatus(host.verdicts, wasReached(host), gate);
  return status === host.status ? host : { ...host, status };
}

/** What every fail and everything undecided counts at. Reports of schema 1 have their statuses from it. */
export const ANY_SEVERITY = { failOn: 'info' } as const satisfies Pick<Gate, 'failOn'>;
