import type { GroupRule } from '../../policy/groups/group-rule.js';
import type { FactId } from '../../model/reading.js';
import type { HostReport } from '../../model/report.js';
import type { Evidence, Verdict } from '../../model/verdict.js';
import { defined } from '../../language/defined.js';
import { BLAST_FACTS } from '../../verdict/blast-radius.js';

/** A judged host, as much of it as is counted: its verdicts without evidence, and few of its readings. */
export type CountedHost = HostReport;

/** The facts that are read when hosts are counted. */
export function countedFacts(groupRules: readonly GroupRule[]): ReadonlySet<FactId> {
  return new Set([...BLAST_FACTS, ...groupRules.flatMap(({ ask }) => ask.of.facts)]);
}

const NO_EVIDENCE: readonly Evidence[] = [];

function toCountedVerdict({ host, rule, severity, result, digest, waiver, drift, flaps }: Verdict): Verdict {
  return {
    host,
    rule,
    severity,
    result,
    because: '',
    evidence: NO_EVIDENCE,
    ...defined({ digest, waiver, drift, flaps }),
  };
}

/** What the counting of a host reads of it; everything else of it is in the spool. */
export function toCounted(host: HostReport, facts: ReadonlySet<FactId>): CountedHost {
  return {
    ...host,
    readings: new Map([...host.readings].filter(([id]) => facts.has(id))),
    verdicts: host.verdicts.map(toCountedVerdict),
  };
}
