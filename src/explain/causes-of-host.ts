import type { KnownFix } from '../kernel/fixes/schema.js';
import { TRIGGERS, type Trigger } from '../kernel/outcome/index.js';
import type { Causes } from '../model/causes.js';
import type { Explain, HostReport, ReportHeader } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { toChain } from './outcome-causes.js';
import { toConcerns, type RuleSummaries } from './findings.js';
import { incidentCauses, INCIDENT_RULE, TOLD } from './founding-incident.js';
import { goesDown } from './outcomes.js';

const KHUGEPAGED_FIX = 'khugepaged-trylock';

export function summariesByRule({ rules }: ReportHeader): RuleSummaries {
  return new Map(rules.map((summary) => [summary.id, summary]));
}

export function isIncident({ rule, result }: Verdict): boolean {
  return rule === INCIDENT_RULE && result === 'fail';
}

export function toIncident(
  host: HostReport,
  verdict: Verdict,
  rules: RuleSummaries,
  fixes: readonly KnownFix[],
): Causes {
  return incidentCauses(
    host,
    verdict,
    rules,
    fixes.find(({ fix }) => fix === KHUGEPAGED_FIX),
  );
}

/** Which events a verdict speaks of: the derived facts that it read. */
function triggersOf(verdicts: readonly Verdict[]): readonly Trigger[] {
  const facts = verdicts.flatMap(({ evidence }) => evidence.map(({ fact }) => fact));
  return TRIGGERS.filter((trigger) => facts.some((fact) => fact.startsWith(`${trigger}.`)));
}

/** The chains that these verdicts speak of and in which the machine goes down, except one that is explained already. */
export function toChains(verdicts: readonly Verdict[], { readings }: HostReport, told?: Trigger): readonly Causes[] {
  return triggersOf(verdicts)
    .filter((trigger) => trigger !== told && goesDown(trigger, readings))
    .map((trigger) => toChain(trigger, readings));
}

export function isDecisive({ result }: Verdict): boolean {
  return result === 'fail' || result === 'unknown';
}

/**
 * The known incident first, where it can happen; then what else takes the machine down, as far as a finding speaks of
 * it.
 */
export function explainCauses(fixes: readonly KnownFix[]): Explain {
  return (host, header) => {
    const concerns = toConcerns(host);
    const incident = concerns.find(isIncident);
    if (incident === undefined) return toChains(concerns.filter(isDecisive), host);
    const others = concerns.filter((verdict) => isDecisive(verdict) && !TOLD.has(verdict.rule));
    return [toIncident(host, incident, summariesByRule(header), fixes), ...toChains(others, host, 'hung_task')];
  };
}
