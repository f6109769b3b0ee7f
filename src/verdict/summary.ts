import { defined } from '../language/defined.js';
import type {
  Baseline,
  Collected,
  DriftSummary,
  Gate,
  GroupSummary,
  GroupVerdict,
  HostReport,
  HostStatus,
  NotJudged,
  Rerun,
  Summary,
  WaiverSummary,
} from '../model/report.js';
import { SEVERITIES, isAtGate } from '../model/verdict.js';
import type { Drift, Result, RuleId, Severity, Verdict } from '../model/verdict.js';
import { openBlast, type BlastCounter } from './blast-radius.js';
import { decideExit } from './exit-code.js';
import type { ExitFacts } from './exit-code.js';
import { addToLimits, emptyLimits, type LimitTally } from './failing-limits.js';
import { isIgnoredFlap } from './flapping.js';
import { hostStatus, wasReached } from './host-status.js';

type Counts<Key extends string> = Record<Key, number>;

interface GroupTally {
  hosts: number;
  readonly statuses: Counts<HostStatus>;
  readonly fails: Counts<Severity>;
  /** Hosts by the severity of their worst unwaived fail; hosts without one are not counted. */
  readonly hostsByWorstFail: Counts<Severity>;
}

/** What is known after some hosts. */
export interface Tally {
  readonly gate: Gate;
  hosts: number;
  waived: number;
  internalErrors: number;
  readonly statuses: Counts<HostStatus>;
  readonly results: Counts<Result>;
  /** Unwaived fails, and unwaived errors and unknowns of hosts that were reached, by severity. */
  readonly fails: Counts<Severity>;
  readonly undecided: Counts<Severity>;
  /** Hosts by the severity of their worst unwaived fail; hosts without one are not counted. */
  readonly hostsByWorstFail: Counts<Severity>;
  /**
   * Reached hosts with a pass or a fail, by the severity of their worst unwaived error or unknown; `none`: they have
   * none.
   */
  readonly checkedByWorstUndecided: Counts<Severity | 'none'>;
  readonly groups: Map<string, GroupTally>;
  readonly waivedFails: Counts<Severity>;
  readonly drifts: Counts<Drift>;
  /** Unwaived fails that are new since the baseline, by severity; unwaived fails by rule. */
  readonly newFails: Counts<Severity>;
  readonly failsByRule: Map<RuleId, Counts<Severity>>;
  /** Hosts by the severity of their worst new fail. */
  readonly hostsByWorstNewFail: Counts<Severity>;
  /** Unwaived fails that flap; and where the gate lets them through, the others, and the hosts by the worst of those. */
  readonly flappingFails: Counts<Severity>;
  readonly steadyFails: Counts<Severity>;
  readonly hostsByWorstSteadyFail: Counts<Severity>;
  newHosts: number;
  /** Set where the gate has limits: they need the gate while hosts are counted. */
  readonly limits: LimitTally | undefined;
  readonly blast: BlastCounter;
}

export interface SummaryOptions {
  readonly gate: Gate;
  /** How many rules were loaded. */
  readonly rules: number;
  readonly tookMs: number;
  readonly interruptedBy?: 'SIGINT' | 'SIGTERM';
  /** Outputs that could not be written; known only after the report was. */
  readonly unwrittenOutputs?: number;
  /** What became of each waiver that the run was given. */
  readonly waivers?: readonly WaiverSummary[];
  readonly baseline?: Baseline;
  readonly notJudged?: NotJudged;
  readonly collected?: Collected;
  readonly rerun?: Rerun;
  /** When the run began. */
  readonly startedAt?: string;
  /** Of the rules over groups; not there where no such rule was loaded. */
  readonly groupVerdicts?: readonly GroupVerdict[];
}

function noSeverities(): Counts<Severity> {
  return { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
}
function noResults(): Counts<Result> {
  return {
    pass: 0,
    fail: 0,
    error: 0,
    unknown: 0,
    notapplicable: 0,
    notselected: 0,
    informational: 0,
  };
}
function noStatuses(): Counts<HostStatus> {
  return { unreachable: 0, failing: 0, undecided: 0, unchecked: 0, lesser: 0, clean: 0 };
}

function isUnwaived(verdict: Verdict): boolean {
  return verdict.waiver === undefined;
}
function isFail(verdict: Verdict): boolean {
  return verdict.result === 'fail';
}
function isUndecided(verdict: Verdict): boolean {
  return verdict.result === 'error' || verdict.result === 'unknown';
}
function showsSomething(verdict: Verdict): boolean {
  return verdict.result === 'pass' || verdict.result === 'fail';
}

function worst(verdicts: readonly Verdict[]): Severity | undefined {
  return SEVERITIES.find((severity) => verdicts.some((verdict) => verdict.severity === severity));
}

function emptyGroup(): GroupTally {
  return { hosts: 0, statuses: noStatuses(), fails: noSeverities(), hostsByWorstFail: noSeverities() };
}

/** @param gate what a host's status goes by; a summary is made of the tally with the same one */
export function emptyTally(gate: Gate): Tally {
  return {
    gate,
    ...emptyGroup(),
    waived: 0,
    internalErrors: 0,
    results: noResults(),
    undecided: noSeverities(),
    checkedByWorstUndecided: { ...noSeverities(), none: 0 },
    groups: new Map(),
    waivedFails: noSeverities(),
    drifts: { 'newly-failing': 0, 'still-failing': 0, resolved: 0, 'no-longer-known': 0 },
    newFails: noSeverities(),
    failsByRule: new Map(),
    flappingFails: noSeverities(),
    steadyFails: noSeverities(),
    hostsByWorstSteadyFail: noSeverities(),
    hostsByWorstNewFail: noSeverities(),
    newHosts: 0,
    limits: gate.maxFailing === undefined ? undefined : emptyLimits(gate),
    blast: openBlast(),
  };
}

function addTo(tally: GroupTally, status: HostStatus, fails: readonly Verdict[]): void {
  tally.hosts += 1;
  tally.statuses[status] += 1;
  for (const { severity } of fails) tally.fails[severity] += 1;
  const worstFail = worst(fails);
  if (worstFail !== undefined) tally.hostsByWorstFail[worstFail] += 1;
}

/** What counts of a host's verdicts. */
interface Counting {
  /** Unwaived. */
  readonly fails: readonly Verdict[];
  /** Unwaived. */
  readonly undecided: readonly Verdict[];
  readonly showsSomething: boolean;
}

/** One pass over all verdicts of a host; few of them are looked at again. */
function countVerdicts(tally: Tally, verdicts: readonly Verdict[]): Counting {
  const fails: Verdict[] = [];
  const undecided: Verdict[] = [];
  let shows = false;
  for (const verdict of verdicts) {
    tally.results[verdict.result] += 1;
    if (verdict.drift !== undefined) tally.drifts[verdict.drift] += 1;
    shows ||= showsSomething(verdict);
    if (!isUnwaived(verdict)) {
      tally.waived += 1;
      if (isFail(verdict)) tally.waivedFails[verdict.severity] += 1;
    } else if (isFail(verdict)) fails.push(verdict);
    else if (isUndecided(verdict)) undecided.push(verdict);
  }
  return { fails, undecided, showsSomething: shows };
}

/** Those that flap count at the gate only where it says so. */
function countFails(tally: Tally, fails: readonly Verdict[]): void {
  const steady: Verdict[] = [];
  const fresh: Verdict[] = [];
  for (const fail of fails) {
    const { rule, severity } = fail;
    const ofRule = tally.failsByRule.get(rule) ?? noSeverities();
    ofRule[severity] += 1;
    tally.failsByRule.set(rule, ofRule);
    if (fail.flaps !== undefined) tally.flappingFails[severity] += 1;
    if (isIgnoredFlap(tally.gate, fail)) continue;
    steady.push(fail);
    tally.steadyFails[severity] += 1;
    if (fail.drift !== 'newly-failing') continue;
    fresh.push(fail);
    tally.newFails[severity] += 1;
  }
  const worstSteadyFail = worst(steady);
  if (worstSteadyFail !== undefined) tally.hostsByWorstSteadyFail[worstSteadyFail] += 1;
  const worstNewFail = worst(fresh);
  if (worstNewFail !== undefined) tally.hostsByWorstNewFail[worstNewFail] += 1;
}

function countGroups(tally: Tally, groups: readonly string[], status: HostStatus, fails: readonly Verdict[]): void {
  for (const name of new Set(groups)) {
    const group = tally.groups.get(name) ?? emptyGroup();
    addTo(group, status, fails);
    tally.groups.set(name, group);
  }
}

/** Counts one more host, in place: 10,000 hosts are never held together. Gives the same tally back. */
export function countHost(tally: Tally, host: HostReport): Tally {
  const reached = wasReached(host);
  const status = hostStatus(host.verdicts, reached, tally.gate);
  const counting = countVerdicts(tally, host.verdicts);
  const undecided = reached ? counting.undecided : [];
  tally.blast.add(host);
  addTo(tally, status, counting.fails);
  countGroups(tally, host.groups, status, counting.fails);
  countFails(tally, counting.fails);
  if (host.isNew === true) tally.newHosts += 1;
  if (tally.limits !== undefined) addToLimits(tally.limits, host);
  for (const { severity } of undecided) tally.undecided[severity] += 1;
  if (host.failure?.code === 'internal') tally.internalErrors += 1;
  if (reached && counting.showsSomething) tally.checkedByWorstUndecided[worst(undecided) ?? 'none'] += 1;
  return tally;
}

function atGate({ failOn }: Gate): readonly Severity[] {
  return SEVERITIES.filter((severity) => isAtGate(failOn, severity));
}

function sum<Key extends string>(counts: Counts<Key>, keys: readonly Key[]): number {
  return keys.reduce((total, key) => total + counts[key], 0);
}

/** Hosts that were reached and have neither a pass nor a fail. */
function uncheckedHosts(tally: Tally): number {
  return tally.hosts - tally.statuses.unreachable - sum(tally.checkedByWorstUndecided, [...SEVERITIES, 'none']);
}

/** The fails that count at the gate: all of them, the new ones, or those that no limit covers. */
function countingFails(tally: Tally, gate: Gate): ExitFacts['counting'] {
  if (tally.limits !== undefined) return { fails: tally.limits.uncovered, hosts: tally.limits.uncoveredHosts };
  if ((gate.maxFailing ?? []).length > 0)
    throw new Error('the limits of the gate were not known when the hosts were counted');
  const gated = atGate(gate);
  return gate.failOnNew === true
    ? { fails: sum(tally.newFails, gated), hosts: sum(tally.hostsByWorstNewFail, gated) }
    : { fails: sum(tally.steadyFails, gated), hosts: sum(tally.hostsByWorstSteadyFail, gated) };
}

/** Unwaived fails of these severities of rules that the baseline does not have. */
function failsOfNewRules(tally: Tally, { newRules }: Baseline, severities: readonly Severity[]): number {
  return newRules.reduce((total, rule) => total + sum(tally.failsByRule.get(rule) ?? noSeverities(), severities), 0);
}

/** Verdicts of rules over groups with this result, at or above the gate's severity. */
function countOfGroups({ groupVerdicts }: SummaryOptions, gated: readonly Severity[], wanted: Result): number {
  return (groupVerdicts ?? []).filter(({ result, severity }) => result === wanted && gated.includes(severity)).length;
}

/** The tally seen through a gate: what the exit code depends on. */
function exitFacts(tally: Tally, options: SummaryOptions): ExitFacts {
  const gated = atGate(options.gate);
  const isNewOnly = options.gate.failOnNew === true;
  const groupFails = countOfGroups(options, gated, 'fail');
  return {
    gate: options.gate,
    hosts: tally.hosts,
    rules: options.rules,
    notJudged: options.notJudged,
    coveredHosts:
      sum(tally.checkedByWorstUndecided, [...SEVERITIES, 'none']) - sum(tally.checkedByWorstUndecided, gated),
    unreachedHosts: tally.statuses.unreachable,
    uncheckedHosts: uncheckedHosts(tally),
    fails: sum(tally.fails, SEVERITIES),
    gateFails: sum(tally.fails, gated),
    counting: countingFails(tally, options.gate),
    gateFailsOfNewRules:
      isNewOnly && options.baseline !== undefined ? failsOfNewRules(tally, options.baseline, gated) : 0,
    limits: tally.limits?.limits ?? [],
    gateUndecided: sum(tally.undecided, gated),
    // What a group did before is not known: with --fail-on-new its fails do not count.
    gateGroupFails: isNewOnly ? 0 : groupFails,
    gateGroupFailsLetThrough: isNewOnly ? groupFails : 0,
    gateGroupUndecided: countOfGroups(options, gated, 'unknown'),
    internalErrors: tally.internalErrors,
    unwrittenOutputs: options.unwrittenOutputs ?? 0,
    interruptedBy: options.interruptedBy,
    ...defined({
      collected: options.collected,
      rerun: options.rerun,
      startedAt: options.startedAt,
      endedWaivers: options.waivers?.filter(({ state }) => state === 'expired'),
    }),
  };
}

function driftSummary(tally: Tally, baseline: Baseline, gate: Gate): DriftSummary {
  return {
    verdicts: { ...tally.drifts },
    gateNewFails: sum(tally.newFails, atGate(gate)),
    failsOfNewRules: failsOfNewRules(tally, baseline, SEVERITIES),
    newHosts: tally.newHosts,
    goneHosts: baseline.gone.length,
  };
}

function byName(a: GroupSummary, b: GroupSummary): number {
  return a.group < b.group ? -1 : Number(a.group > b.group);
}

export function toSummary(tally: Tally, options: SummaryOptions): Summary {
  if (tally.gate.failOn !== options.gate.failOn) throw new Error('the hosts were counted by another gate');
  const facts = exitFacts(tally, options);
  const { code, insteadOf, verdict } = decideExit(facts);
  const { hosts, statuses, results, fails, waived, internalErrors } = tally;
  return {
    hosts,
    statuses: { ...statuses },
    results: { ...results },
    fails: { ...fails },
    hostsByWorstFail: { ...tally.hostsByWorstFail },
    waived,
    waivedFails: { ...tally.waivedFails },
    ...(sum(tally.flappingFails, SEVERITIES) > 0 ? { flappingFails: { ...tally.flappingFails } } : {}),
    coveredHosts: facts.coveredHosts,
    gateFails: facts.gateFails,
    gateUndecided: facts.gateUndecided,
    internalErrors,
    interrupted: options.interruptedBy !== undefined,
    groups: [...tally.groups]
      .map(([group, counts]) => ({
        group,
        hosts: counts.hosts,
        statuses: { ...counts.statuses },
        fails: { ...counts.fails },
        hostsByWorstFail: { ...counts.hostsByWorstFail },
      }))
      .sort(byName),
    blast: tally.blast.summaries(),
    ...defined({ groupVerdicts: options.groupVerdicts, waivers: options.waivers }),
    ...(tally.limits === undefined ? {} : { limits: tally.limits.limits.map((limit) => ({ ...limit })) }),
    ...(options.baseline === undefined ? {} : { drift: driftSummary(tally, options.baseline, options.gate) }),
    tookMs: options.tookMs,
    exitCode: code,
    ...defined({ insteadOf }),
    verdict,
  };
}

/** One pass over the hosts, holding none of them. */
export function summarise(hosts: Iterable<HostReport>, options: SummaryOptions): Summary {
  const tally = emptyTally(options.gate);
  for (const host of hosts) countHost(tally, host);
  return toSummary(tally, options);
}
