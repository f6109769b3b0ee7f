import { defined } from '../language/defined.js';
import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import type { HostReport, Report, ReportHeader, Summary } from '../model/report.js';
import { openGroupVerdicts } from '../verdict/group-verdicts.js';
import { countHost, emptyTally, toSummary, type SummaryOptions } from '../verdict/summary.js';
import { openWaivers } from '../verdict/waivers/open.js';
import { notAsked } from './host-not-asked.js';
import type { ScanPlan } from './scan-plan.js';
import type { Flaps } from '../verdict/flapping.js';
import { createJudgeOutcome } from './judge-outcome.js';
import { growingHosts, type GrowingWalk } from './spool/growing-hosts.js';
import { openSpool, spoolMemory, textOf } from './spool/spool.js';
import { myTurn } from './schedule/turns.js';
import { createJudgedCodec } from './spool/encode-host.js';

/** What judging needs of a plan. */
export type JudgePlan = Pick<ScanPlan, 'hosts' | 'ruleSet' | 'gate'> &
  Partial<Pick<ScanPlan, 'notSelected' | 'profileOverride' | 'waivers' | 'baseline' | 'collected'>> & {
    /** What a history knows of results that keep changing. */
    readonly flaps?: Flaps | undefined;
  };

/** A report whose hosts are still being asked. They can be walked once, and behind them the summary is there. */
export interface GrowingReport extends Pick<GrowingWalk<HostReport>, 'ready'> {
  readonly report: Report;
}

/** A report in the making. */
export interface FleetReport {
  /** Judges what came of the host at this place, counts it and keeps it. */
  readonly take: (host: Host, index: number, outcome: HostOutcome) => void;
  /** Takes hosts that were not taken as not asked, as `finish` does at once; others have their turn between them. */
  readonly takeMissing: (ended: AbortSignal) => Promise<void>;
  /** Counts and keeps a host that was judged elsewhere: a text, and what reads it. */
  readonly takeJudged: (index: number, text: Uint8Array, read: (text: string) => HostReport) => void;
  /**
   * Everything taken so far as a report; a host that was not taken stands in it as not asked.
   *
   * @param ended aborted where the run ended early: hosts that were not taken are said to be missing because of it
   */
  readonly finish: (header: ReportHeader, ended: AbortSignal, options: Omit<SummaryOptions, 'rules'>) => Report;
  /** The report as it grows, for somebody who writes a host when its turn has come. */
  readonly grow: (header: ReportHeader) => GrowingReport;
  /** What went wrong with the disk, if anything; nothing is lost by it. */
  readonly error: () => string | undefined;
  /** Whoever goes along and is not done yet is told that no more will come. */
  readonly close: () => void;
}

/**
 * Hosts are judged as they answer, in any order, and wait in a spool. The report looks them up at each walk, in inventory
 * order, and nobody ever holds all of them.
 */
export function openFleetReport(plan: JudgePlan): FleetReport {
  const { hosts, ruleSet, profileOverride, gate } = plan;
  const waivers = plan.waivers === undefined ? undefined : openWaivers(plan.waivers, gate);
  const spool = openSpool(createJudgedCodec(), spoolMemory(hosts.length));
  const growing = growingHosts<HostReport>({ ...spool, size: hosts.length });
  let summary: Summary | undefined;
  const tally = emptyTally(gate);
  const groups = openGroupVerdicts(ruleSet.groupRules);
  for (const host of plan.notSelected ?? []) groups.addNotSelected(host);
  const judge = createJudgeOutcome({ ruleSet, gate, profileOverride, waivers, past: plan.baseline?.past });
  const count = (report: HostReport): void => {
    countHost(tally, report);
    groups.add(report);
  };
  const take = (host: Host, index: number, outcome: HostOutcome): void => {
    const report = judge(host, outcome, plan.flaps, { count: true });
    count(report);
    spool.keep(index, report);
    growing.came(index);
  };
  const takeJudged = (index: number, text: Uint8Array, read: (text: string) => HostReport): void => {
    const report = read(textOf(text));
    // Its verdicts have their waivers already; how often each was used is counted here, over all threads.
    waivers?.waive(report, { count: true });
    count(report);
    spool.keepText(index, text, read);
    growing.came(index);
  };
  const unnamed = (plan.collected?.missing ?? []).reduce((total, { hosts: few }) => total + few, 0);
  const ofGroups = (): Pick<SummaryOptions, 'groupVerdicts'> =>
    ruleSet.groupRules.length === 0 ? {} : { groupVerdicts: groups.verdicts(unnamed) };
  return {
    take,
    takeJudged,
    takeMissing: async (ended) => {
      for (const [index, host] of hosts.entries()) {
        if (spool.has(index)) continue;
        await myTurn();
        take(host, index, notAsked(host, ended));
      }
    },
    finish: (header, ended, options) => {
      for (const [index, host] of hosts.entries()) if (!spool.has(index)) take(host, index, notAsked(host, ended));
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
        ...defined({
          waivers: waivers?.summaries(),
          baseline: header.baseline,
          collected: header.collected,
          rerun: header.rerun,
          startedAt: header.startedAt,
          notJudged: header.notJudged,
        }),
      };
      const counted = toSummary(tally, { ...options, rules: header.rules.length, ...added });
      summary = counted;
      growing.end();
      return { header, hosts: walk, summary: counted };
    },
    grow: (header) => {
      const { items, ready } = growing.open();
      const report: Report = {
        header,
        hosts: items,
        get summary() {
          if (summary === undefined) throw new Error('the summary was read before all hosts were there');
          return summary;
        },
      };
      return { report, ready };
    },
    error: spool.error,
    close: () => {
      growing.fail(new Error('the run ended before all hosts were there'));
      spool.close();
    },
  };
}
