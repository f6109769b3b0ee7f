import { randomBytes } from 'node:crypto';
import { groupRuleSummary } from '../policy/groups/group-rule-summary.js';
import type { Baseline, Gate, ReportHeader, Rerun } from '../model/report.js';
import { ruleSummary } from '../policy/rule-summary.js';
import { collectorScript } from '../probe/collector.js';
import { PROBE_PROTOCOL } from '../probe/shell.js';
import type { RuleSet } from './rule-set.js';
import { sha256 } from './sha256.js';

export interface HeaderParts {
  readonly version: string;
  readonly startedAt: Date;
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly profileOverride: string | undefined;
  readonly gate: Gate;
  readonly ruleSet: RuleSet;
  readonly baseline?: Baseline;
  readonly rerun?: Rerun;
}

let digest: string | undefined;
/** Of the collector as `kernward collector` prints it, which holds every script that may run on a host but root's own. */
export function probeDigest(): string {
  return (digest ??= sha256(collectorScript()));
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What was asked of this run. The one place where a report gets its clock and its id. */
export function toHeader(parts: HeaderParts): ReportHeader {
  return {
    kernward: parts.version,
    schema: 1,
    runId: randomBytes(8).toString('hex'),
    startedAt: seconds(parts.startedAt),
    inventory: parts.inventory,
    ...(parts.limit === undefined ? {} : { limit: parts.limit }),
    ...(parts.profileOverride === undefined ? {} : { profileOverride: parts.profileOverride }),
    gate: parts.gate,
    probe: { protocol: PROBE_PROTOCOL, sha256: probeDigest() },
    policies: parts.ruleSet.sources,
    rules: parts.ruleSet.rules.map(ruleSummary),
    ...(parts.baseline === undefined ? {} : { baseline: parts.baseline }),
    ...(parts.ruleSet.groupRules.length === 0
      ? {}
      : { groupRules: parts.ruleSet.groupRules.map(groupRuleSummary).sort((a, b) => (a.id < b.id ? -1 : 1)) }),
    ...(parts.rerun === undefined ? {} : { rerun: parts.rerun }),
  };
}
