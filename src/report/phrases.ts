import type { Reading, Value } from '../model/reading.js';
import type { HostReport, ReportHeader } from '../model/report.js';
import { count } from '../text/count.js';
import { FLAPPING, SEVERITIES } from '../model/verdict.js';
import type { Evidence, Severity, Verdict } from '../model/verdict.js';

const NEEDS_ATTENTION = ['fail', 'error', 'unknown'] as const;

function formatValue(value: Value): string {
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value)
    ? value.join(' ')
    : Object.entries(value)
        .map(([key, item]) => `${key}:${item}`)
        .join(' ');
}

function formatReading(reading: Reading): string {
  if (reading.state === 'known') return formatValue(reading.value);
  return reading.state === 'absent' ? '(absent)' : `(unreadable: ${reading.cause})`;
}

/** `sysctl.kernel.hung_task_panic=1; sysctl.kernel.panic=(unreadable: denied)` */
export function formatEvidence(evidence: readonly Evidence[]): string {
  return evidence.map(({ fact, reading }) => `${fact}=${formatReading(reading)}`).join('; ');
}

/** The text of a known string, and nothing for anything else: an empty cell, never a word for "not known". */
export function knownText(host: HostReport, fact: string): string {
  const reading = host.readings.get(fact);
  return reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : '';
}

export function label(host: HostReport, name: string): string {
  return Object.hasOwn(host.labels, name) ? (host.labels[name] ?? '') : '';
}

/**
 * How the host was reached, where that is more than a plain connection of ssh2: `openssh (user certificate), over
 * audit@gate:22`.
 */
export function formatRoute({ transport, transportReason, via }: HostReport): string {
  return [
    transportReason === undefined ? transport : `${transport} (${transportReason})`,
    ...(via === undefined ? [] : [`over ${via.join(' and ')}`]),
  ].join(', ');
}

/** Fails before errors before unknowns, the more severe first, then by rule id. */
export function byUrgency(a: Verdict, b: Verdict): number {
  return (
    NEEDS_ATTENTION.findIndex((result) => result === a.result) -
      NEEDS_ATTENTION.findIndex((result) => result === b.result) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (a.rule < b.rule ? -1 : Number(a.rule > b.rule))
  );
}

export function isUnwaivedFail(verdict: Verdict): boolean {
  return verdict.result === 'fail' && verdict.waiver === undefined;
}
export function isUnwaivedUndecided(verdict: Verdict): boolean {
  return (verdict.result === 'error' || verdict.result === 'unknown') && verdict.waiver === undefined;
}

/** Severity of the worst unwaived fail. */
export function worstFail(host: HostReport): Severity | undefined {
  const fails = host.verdicts.filter(isUnwaivedFail);
  return SEVERITIES.find((severity) => fails.some((verdict) => verdict.severity === severity));
}

/** When what is judged was collected: a day and a time, or two of them; undefined where nothing says so. */
export function collectedAt({ collected }: ReportHeader): string | undefined {
  const { times } = collected ?? {};
  if (times === undefined) return undefined;
  return times.oldest === times.newest ? times.oldest : `${times.oldest} to ${times.newest}`;
}

/** Hosts of the inventory that nobody asked, since only hosts of an earlier report were asked again. */
export function leftOutText({ rerun }: ReportHeader): string {
  const { added = [] } = rerun ?? {};
  return added.length === 0
    ? ''
    : `; ${count(added.length, 'host')} of the inventory ${added.length === 1 ? 'is' : 'are'} in no earlier report and ${added.length === 1 ? 'was' : 'were'} not asked`;
}

/** When the run began that asked this host: this one, or an earlier one whose report went into it. */
export function askedAt({ fromRun }: HostReport, { startedAt, rerun }: ReportHeader): string {
  return (
    (fromRun === undefined ? undefined : rerun?.runs.find(({ runId }) => runId === fromRun)?.startedAt) ?? startedAt
  );
}

/** What kept a host from being reached, and how often that was seen where it was asked again. */
/** What is to be said of a collector that is not this kernward's; undefined where there is nothing to say. */
export function otherCollector({ collector }: Pick<HostReport, 'collector'>): string | undefined {
  if (collector?.differs !== true) return undefined;
  const which =
    collector.sha256 === undefined
      ? 'of an unknown edition (the host has no sha256sum)'
      : `sha256 ${collector.sha256.slice(0, 12)}…`;
  return `the collector on the host is not the one that this kernward prints: ${which}; what it does not ask for is not-collected`;
}

/** A reason, and that its result keeps changing. */
export function withFlaps(because: string, flaps: number | undefined): string {
  return flaps === undefined ? because : `${because} (flaps: ${flaps} changes in ${FLAPPING.days} days)`;
}

export function failureDetail({ failure, attempts }: Pick<HostReport, 'failure' | 'attempts'>): string {
  return `${failure?.detail ?? ''}${attempts === undefined ? '' : ` (asked ${attempts} times)`}`;
}

/** What is wrong with a host, one sentence after the other; empty for a compliant one. */
export function formatFindingCounts(host: HostReport): string {
  if (host.failure !== undefined) return `not reached (${host.failure.code}): ${failureDetail(host)}`;
  if (host.status === 'unchecked') return 'nothing was checked: no rule passed or failed';
  return host.verdicts
    .filter((verdict) => isUnwaivedFail(verdict) || isUnwaivedUndecided(verdict))
    .sort(byUrgency)
    .map(
      ({ severity, rule, result, because }) =>
        `${severity} ${rule}${result === 'fail' ? '' : ` (${result})`}: ${because}`,
    )
    .join('; ');
}
