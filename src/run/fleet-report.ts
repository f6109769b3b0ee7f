import { createHash } from 'node:crypto';
import { derive } from '../kernel/derive-facts.js';
import { TODAY } from '../kernel/support/facts.js';
import type { Host } from '../model/host.js';
import type { ConnectFailure, HostOutcome } from '../model/outcome.js';
import type { FactId } from '../model/reading.js';
import type { Gate, HostReport, Report, ReportHeader } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { evidenceText } from '../verdict/evidence-text.js';
import { type JudgedHost, judgeHost } from '../verdict/judge-host.js';
import { openGroupVerdicts } from '../verdict/group-verdicts.js';
import { countHost, emptyTally, toSummary, hostStatus, type SummaryOptions } from '../verdict/summary.js';
import { type BaselineReport, withDrift } from '../verdict/drift.js';
import type { Waivers } from '../verdict/waivers/open.js';
import type { RuleSet } from './rule-set.js';
import { notAsked } from './host-not-asked.js';
import { openSpool } from './spool/spool.js';
import { JUDGED } from './spool/encode-host.js';

/** Judged by when neither the inventory nor `--profile` says otherwise. */
export const DEFAULT_PROFILE = 'stay-up';

export function getProfile(host: Host, override: string | undefined): string {
  return override ?? host.profile ?? DEFAULT_PROFILE;
}

/** A bug of ours is a failure of this host in the report, and exit 4 for the run; what was read of it stays. */
function failureOf(outcome: HostOutcome, judged: JudgedHost): { readonly failure?: ConnectFailure } {
  if (!outcome.reached) return { failure: outcome.failure };
  return judged.bug === undefined
    ? {}
    : { failure: { code: 'internal', detail: `rule ${judged.bug.rule}: ${judged.bug.detail}` } };
}

/** Facts that change although nobody touches the host: the day, and what is counted from it. */
function passingFacts({ derived }: RuleSet): ReadonlySet<FactId> {
  return new Set([TODAY.id, ...derived.flatMap(({ id, inputs }) => (inputs.includes(TODAY.id) ? [id] : []))]);
}

const CAN_BE_WAIVED: ReadonlySet<string> = new Set(['fail', 'unknown']);

/** Hosts of which the same is read share their evidence. */
const DIGESTS = new WeakMap<Verdict['evidence'], string>();

/** What a waiver may be bound to. Only where one is thinkable: most verdicts pass, and a digest costs. */
function withDigest(verdict: Verdict, passing: ReadonlySet<FactId>): Verdict {
  if (!CAN_BE_WAIVED.has(verdict.result)) return verdict;
  const before = DIGESTS.get(verdict.evidence);
  if (before !== undefined) return { ...verdict, digest: before };
  const text = evidenceText(verdict.evidence, passing);
  if (text === undefined) return verdict;
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  DIGESTS.set(verdict.evidence, digest);
  return { ...verdict, digest };
}

const SSH_PORT = 22;

/** How the host was reached; where nobody came so far, what the inventory says. */
export function toConnection(
  host: Host,
  { reach }: HostOutcome,
): Pick<HostReport, 'address' | 'port' | 'transport' | 'transportReason' | 'via'> {
  return reach ?? { address: host.address, port: host.port ?? SSH_PORT, transport: host.transport };
}

/** One host judged. Pure: the same outcome gives the same report. */
export function hostReport(
  host: Host,
  outcome: HostOutcome,
  ruleSet: RuleSet,
  profileName: string,
  passing = passingFacts(ruleSet),
): HostReport {
  const profile = ruleSet.profiles.get(profileName);
  if (profile === undefined) throw new Error(`profile ${profileName} was not checked when the inventory was loaded`);
  const readings = outcome.reached ? derive(outcome.readings, ruleSet.derived) : new Map();
  const judged = judgeHost(outcome.reached ? { ...outcome, readings } : outcome, ruleSet.rules, profile);
  return {
    host: host.name,
    groups: host.groups,
    labels: host.labels,
    profile: profileName,
    ...toConnection(host, outcome),
    definedAt: { file: host.at.file, line: host.at.line },
    status: hostStatus(judged.verdicts, outcome.reached),
    tookMs: outcome.tookMs,
    ...(outcome.attempts === undefined ? {} : { attempts: outcome.attempts }),
    ...(outcome.reached && outcome.collector !== undefined ? { collector: outcome.collector } : {}),
    ...(outcome.fromRun === undefined ? {} : { fromRun: outcome.fromRun }),
    ...failureOf(outcome, judged),
    readings,
    verdicts: judged.verdicts.map((verdict) => withDigest(verdict, passing)),
  };
}

export interface FleetReportOptions {
  readonly hosts: readonly Host[];
  /** Hosts that the inventory has and the run does not ask: a group of which some are asked is not known as a whole. */
  readonly notSelected?: readonly Host[];
  readonly ruleSet: RuleSet;
  readonly profileOverride: string | undefined;
  /** What ended the run early, if anything did: hosts that were not taken are said to be missing because of it. */
  readonly signal: AbortSignal;
  readonly waivers?: Waivers;
  /** An earlier report, to compare with. */
  readonly past?: BaselineReport;
  /** Needed beforehand where it has limits. */
  readonly gate?: Gate;
}

/** A report in the making. */
export interface FleetReport {
  /** Judges what came of the host at this place, counts it and keeps it. */
  readonly take: (host: Host, index: number, outcome: HostOutcome) => void;
  /** Everything taken so far as a report; a host that was not taken stands in it as not asked. */
  readonly finish: (header: ReportHeader, options: Omit<SummaryOptions, 'rules'>) => Report;
  /** What went wrong with the disk, if anything; nothing is lost by it. */
  readonly error: () => string | undefined;
  readonly close: () => void;
}

/**
 * Hosts are judged as they answer, in any order, and wait in a spool. The report looks them up at each walk, in inventory
 * order, and nobody ever holds all of them.
 */
export function openFleetReport({
  hosts,
  notSelected = [],
  ruleSet,
  profileOverride,
  signal,
  waivers,
  past,
  gate,
}: FleetReportOptions): FleetReport {
  const spool = openSpool(JUDGED);
  const tally = emptyTally(gate);
  const groups = openGroupVerdicts(ruleSet.groupRules);
  for (const host of notSelected) groups.addNotSelected(host);
  const passing = passingFacts(ruleSet);
  const pastRules = new Set(past?.header.rules.map(({ id }) => id));
  const judged = (host: Host, outcome: HostOutcome): HostReport => {
    const report = hostReport(host, outcome, ruleSet, getProfile(host, profileOverride), passing);
    const waived = waivers === undefined ? report : waivers.waive(report, { count: true });
    return past === undefined ? waived : withDrift(waived, past, pastRules);
  };
  const take = (host: Host, index: number, outcome: HostOutcome): void => {
    const report = judged(host, outcome);
    countHost(tally, report);
    groups.add(report);
    spool.keep(index, report);
  };
  const ofGroups = (): Pick<SummaryOptions, 'groupVerdicts'> =>
    ruleSet.groupRules.length === 0 ? {} : { groupVerdicts: groups.verdicts() };
  return {
    take,
    finish: (header, options) => {
      for (const [index, host] of hosts.entries()) if (!spool.has(index)) take(host, index, notAsked(host, signal));
      const walk: Iterable<HostReport> = {
        *[Symbol.iterator]() {
          for (const index of hosts.keys()) {
            const waiting = spool.at(index);
            if (waiting === undefined) throw new Error(`nothing was kept of the host at ${index}`);
            yield waiting;
          }
        },
      };
      const added = {
        ...ofGroups(),
        ...(waivers === undefined ? {} : { waivers: waivers.summaries() }),
        ...(header.baseline === undefined ? {} : { baseline: header.baseline }),
      };
      return { header, hosts: walk, summary: toSummary(tally, { ...options, rules: header.rules.length, ...added }) };
    },
    error: spool.error,
    close: spool.close,
  };
}
