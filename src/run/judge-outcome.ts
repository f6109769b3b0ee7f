import { createHostReport, getProfile } from '../verdict/host-report.js';
import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import type { HostReport } from '../model/report.js';
import { type BaselineReport, withDrift } from '../verdict/drift.js';
import { type Flaps, withFlapping } from '../verdict/flapping.js';
import type { Waivers } from '../verdict/waivers/open.js';
import type { ScanPlan } from './scan-plan.js';
import { sha256 } from './sha256.js';

/** What one host is judged by, whichever thread judges it. */
export interface JudgeTerms extends Pick<ScanPlan, 'ruleSet' | 'gate'>, Partial<Pick<ScanPlan, 'profileOverride'>> {
  readonly waivers: Waivers | undefined;
  /** The earlier report that drift is measured from. */
  readonly past: BaselineReport | undefined;
}

/** Makes a report of what came of a host. The same outcome gives the same report, but for what the waivers count. */
export type JudgeOutcome = (
  host: Host,
  outcome: HostOutcome,
  flaps: Flaps | undefined,
  waived: { readonly count: boolean },
) => HostReport;

export function createJudgeOutcome({ ruleSet, gate, profileOverride, waivers, past }: JudgeTerms): JudgeOutcome {
  const judge = createHostReport(ruleSet, sha256, gate);
  const pastRules = new Set(past?.header.rules.map(({ id }) => id));
  return (host, outcome, flaps, waived) => {
    const report = judge(host, outcome, getProfile(host, profileOverride));
    const lessened = waivers === undefined ? report : waivers.waive(report, waived);
    const drifted = past === undefined ? lessened : withDrift(lessened, past, pastRules);
    return flaps === undefined ? drifted : withFlapping(drifted, flaps);
  };
}
