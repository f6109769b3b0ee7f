import type { FailingLimit, Gate, HostReport, LimitSummary } from '../model/report.js';
import { isAtGate } from '../model/verdict.js';
import type { Verdict } from '../model/verdict.js';
import { isIgnoredFlap } from './flapping.js';

type Counted = { -readonly [Field in keyof LimitSummary]: LimitSummary[Field] };

/** The fails that count at the gate, and the share of hosts that each limit allows, counted host by host. */
export interface LimitTally {
  readonly gate: Gate;
  readonly limits: readonly Counted[];
  /** Fails that count and that no limit covers, and the hosts that have one. */
  uncovered: number;
  uncoveredHosts: number;
}

export function emptyLimits(gate: Gate): LimitTally {
  return {
    gate,
    limits: (gate.maxFailing ?? []).map((limit) => ({ limit, hosts: 0, judgedHosts: 0, failingHosts: 0 })),
    uncovered: 0,
    uncoveredHosts: 0,
  };
}

function isDecided({ result }: Verdict): boolean {
  return result === 'pass' || result === 'fail';
}

/**
 * An unwaived fail; with `--fail-on-new` one that is new, with `--flapping ignore` one that does not flap. Its severity is checked apart: a limit of a rule does
 * not.
 */
function isFailThatCounts(gate: Gate, verdict: Verdict): boolean {
  const { failOnNew } = gate;
  return (
    verdict.result === 'fail' &&
    verdict.waiver === undefined &&
    !isIgnoredFlap(gate, verdict) &&
    (failOnNew !== true || verdict.drift === 'newly-failing')
  );
}

function isOn({ group }: FailingLimit, host: HostReport): boolean {
  return group === undefined || host.groups.includes(group);
}

/** Whether a fail falls under a limit: its own rule whatever the severity, or any rule at or above the gate's. */
function isOf({ rule }: FailingLimit, verdict: Verdict, gate: Gate): boolean {
  return rule === undefined ? isAtGate(gate.failOn, verdict.severity) : rule === verdict.rule;
}

/** Counts one more host, in place. */
export function addToLimits(tally: LimitTally, host: HostReport): void {
  const { gate, limits } = tally;
  const fails = host.verdicts.filter((verdict) => isFailThatCounts(gate, verdict));
  const here = limits.filter(({ limit }) => isOn(limit, host));
  for (const counted of here) {
    const { limit } = counted;
    counted.hosts += 1;
    counted.judgedHosts += Number(
      host.verdicts.some((verdict) => isDecided(verdict) && (limit.rule === undefined || limit.rule === verdict.rule)),
    );
    counted.failingHosts += Number(fails.some((fail) => isOf(limit, fail, gate)));
  }
  const uncovered = fails.filter(
    (fail) => isAtGate(gate.failOn, fail.severity) && !here.some(({ limit }) => isOf(limit, fail, gate)),
  ).length;
  tally.uncovered += uncovered;
  tally.uncoveredHosts += Number(uncovered > 0);
}

/** A percentage has at most four decimals, so whole numbers say exactly what is above it. */
const UNITS = 10_000;

/** Whether more hosts fail than the limit allows, of those that were judged: who did not answer thins nothing out. */
export function isExceeded({ limit, judgedHosts, failingHosts }: LimitSummary): boolean {
  return failingHosts * 100 * UNITS > Math.round(limit.percent * UNITS) * judgedHosts;
}

/** `--max-failing` as it was written. */
export function formatLimit({ rule, group, percent }: FailingLimit): string {
  const scope = rule ?? (group === undefined ? undefined : `group:${group}`);
  return `--max-failing ${scope === undefined ? '' : `${scope}=`}${percent}%`;
}
