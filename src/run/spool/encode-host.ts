import type { FactId, Reading } from '../../model/reading.js';
import type { HostReport } from '../../model/report.js';
import type { Evidence, Verdict } from '../../model/verdict.js';
import type { Codec } from './spool.js';

/** A judged host as text: readings as entries; evidence that stands among them is named by its fact only. */
type Waiting = Omit<HostReport, 'readings' | 'verdicts'> & {
  readonly readings: readonly (readonly [FactId, Reading])[];
  readonly verdicts: readonly (Omit<Verdict, 'evidence'> & { readonly evidence: readonly (FactId | Evidence)[] })[];
};

/** What waits in the spool between a host's answer and its turn in the report. */
export function encodeHost(report: HostReport): string {
  const waiting: Waiting = {
    ...report,
    readings: [...report.readings],
    verdicts: report.verdicts.map((verdict) => ({
      ...verdict,
      evidence: verdict.evidence.map((item) => (report.readings.get(item.fact) === item.reading ? item.fact : item)),
    })),
  };
  return JSON.stringify(waiting);
}

/** Back from `toText`; nobody else writes to the spool. */
export function fromText(text: string): HostReport {
  const waiting: Waiting = JSON.parse(text);
  const readings = new Map(waiting.readings);
  const evidence = (fact: FactId): Evidence => {
    const reading = readings.get(fact);
    if (reading === undefined) throw new Error(`the reading of ${fact} did not come back from the spool`);
    return { fact, reading };
  };
  return {
    ...waiting,
    readings,
    verdicts: waiting.verdicts.map((verdict) => ({
      ...verdict,
      evidence: verdict.evidence.map((item) => (typeof item === 'string' ? evidence(item) : item)),
    })),
  };
}

/**
 * What a host takes beside the texts, measured over hosts that differ in their counters alone; what hosts share is
 * counted for each.
 */
const BYTES = { reading: 90, verdict: 110 };

function textOf(reading: Reading): string {
  if (reading.state === 'known') return reading.raw;
  return reading.state === 'absent' ? reading.witness : reading.detail;
}

function bytesOf({ readings, verdicts }: HostReport): number {
  let bytes = verdicts.length * BYTES.verdict;
  for (const reading of readings.values()) bytes += BYTES.reading + textOf(reading).length;
  return bytes;
}

/** Judged hosts in a spool. */
export const JUDGED: Codec<HostReport> = { bytes: bytesOf, toText: encodeHost, fromText };
