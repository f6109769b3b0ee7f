import type { Host } from '../model/host.js';
import type { ConnectFailure, HostOutcome } from '../model/outcome.js';
import type { HostReport, Report, ReportHeader } from '../model/report.js';
import { derive } from '../kernel/derive.js';
import { type JudgedHost, judgeHost } from '../verdict/judge-host.js';
import { hostStatus, summarise, type SummaryOptions } from '../verdict/summary.js';
import type { RuleBook } from './rule-book.js';

/** Judged by when neither the inventory nor `--profile` says otherwise. */
export const DEFAULT_PROFILE = 'stay-up';

export const profileOf = (host: Host, override: string | undefined): string => override ?? host.profile ?? DEFAULT_PROFILE;

/** A bug of ours is a failure of this host in the report, and exit 4 for the run; what was read of it stays. */
const failureOf = (had: HostOutcome, judged: JudgedHost): { readonly failure?: ConnectFailure } => {
  if (!had.reached) return { failure: had.failure };
  return judged.bug === undefined ? {} : { failure: { code: 'internal', detail: `rule ${judged.bug.rule}: ${judged.bug.detail}` } };
};

const NOT_ASKED = { code: 'interrupted', detail: 'the run ended before this host was asked' } as const;

/** One host judged. Pure: the same outcome gives the same report. */
export const hostReport = (host: Host, outcome: HostOutcome | undefined, book: RuleBook, profileName: string): HostReport => {
  const had = outcome ?? { host: host.name, reached: false, failure: NOT_ASKED, tookMs: 0 };
  const profile = book.profiles.get(profileName);
  if (profile === undefined) throw new Error(`profile ${profileName} was not checked when the inventory was loaded`);
  const readings = had.reached ? derive(had.readings, book.derived) : new Map();
  const judged = judgeHost(had.reached ? { ...had, readings } : had, book.rules, profile);
  return {
    host: host.name,
    address: host.address,
    port: host.port,
    groups: host.groups,
    labels: host.labels,
    profile: profileName,
    transport: host.transport,
    status: hostStatus(judged.verdicts, had.reached),
    tookMs: had.tookMs,
    ...failureOf(had, judged),
    readings,
    verdicts: judged.verdicts,
  };
};

export interface FleetReportOptions extends Omit<SummaryOptions, 'rules'> {
  readonly header: ReportHeader;
  readonly hosts: readonly Host[];
  readonly book: RuleBook;
  readonly profileOverride: string | undefined;
  readonly outcomeAt: (index: number) => HostOutcome | undefined;
}

/** The report of a run. Its hosts are judged anew at each walk, in inventory order, and never held together. */
export const fleetReport = (options: FleetReportOptions): Report => {
  const { hosts, book, outcomeAt, profileOverride, header } = options;
  const walk: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const [index, host] of hosts.entries()) yield hostReport(host, outcomeAt(index), book, profileOf(host, profileOverride));
    },
  };
  return { header, hosts: walk, summary: summarise(walk, { ...options, rules: header.rules.length }) };
};
