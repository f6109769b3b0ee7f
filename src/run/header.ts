import { defined } from '../language/defined.js';
import { randomBytes } from 'node:crypto';
import { memoize } from '../language/memoize.js';
import { groupRuleSummary } from '../policy/groups/group-rule-summary.js';
import type { ReportHeader } from '../model/report.js';
import { ruleSummary } from '../policy/rule-summary.js';
import { collectorScript } from '../probe/collector.js';
import { PROBE_PROTOCOL } from '../probe/shell.js';
import type { ScanPlan } from './scan-plan.js';
import { sha256 } from './sha256.js';

/** What a header says of a plan. */
export type HeaderParts = Pick<ScanPlan, 'startedAt' | 'inventory' | 'limit' | 'profileOverride' | 'gate' | 'ruleSet'> &
  Partial<Pick<ScanPlan, 'baseline' | 'collected' | 'rerun'>> & {
    /** Of kernward: `0.1.0`. */
    readonly version: string;
  };

/** The digest of the collector as `kernward collector` prints it, which holds every script that may run on a host but root's own. */
export const probeDigest = memoize(() => sha256(collectorScript()));

/** 16 random hexadecimal digits. */
export function newRunId(): string {
  return randomBytes(8).toString('hex');
}

/** Makes the header of a report: what was asked of the run, and its id: 16 random hexadecimal digits. */
export function toHeader(parts: HeaderParts): ReportHeader {
  return {
    kernward: parts.version,
    schema: 1,
    runId: newRunId(),
    startedAt: parts.startedAt,
    inventory: parts.inventory,
    ...defined({ limit: parts.limit, profileOverride: parts.profileOverride }),
    gate: parts.gate,
    probe: { protocol: PROBE_PROTOCOL, sha256: probeDigest() },
    policies: parts.ruleSet.sources,
    rules: parts.ruleSet.rules.map(ruleSummary),
    ...defined({ baseline: parts.baseline?.header }),
    ...(parts.ruleSet.groupRules.length === 0
      ? {}
      : { groupRules: parts.ruleSet.groupRules.map(groupRuleSummary).sort((a, b) => (a.id < b.id ? -1 : 1)) }),
    ...defined({ rerun: parts.rerun, collected: parts.collected }),
  };
}
