import type { HostReport, Report, ReportHeader, Summary } from '../model/report.js';
import { savedRun } from './summary-of-saved.js';
import { countHost, emptyTally, toSummary, hostStatus, type Tally, wasReached } from './summary.js';

/** What is counted of a report's hosts, and stands in its summary. */
const COUNTED = [
  'hosts',
  'statuses',
  'results',
  'fails',
  'waived',
  'waivedFails',
  'coveredHosts',
  'gateFails',
  'gateUndecided',
  'internalErrors',
] as const satisfies readonly (keyof Summary)[];

function countsIn(summary: Summary): ReadonlyMap<string, number> {
  return new Map(
    COUNTED.flatMap((field): readonly (readonly [string, number])[] => {
      const counts: number | Readonly<Record<string, number>> = summary[field] ?? {};
      return typeof counts === 'number'
        ? [[field, counts]]
        : Object.entries(counts).map(([name, count]) => [`${field}.${name}`, count]);
    }),
  );
}

/** What an older kernward did not count is in no contradiction. */
function differences(saved: Summary, counted: Summary): readonly string[] {
  const now = countsIn(counted);
  return [...countsIn(saved)].flatMap(([name, count]) =>
    now.get(name) === count ? [] : [`the summary says ${name}: ${count}, and the hosts have ${now.get(name) ?? 0}`],
  );
}

function isOtherStatus(host: HostReport): boolean {
  return host.status !== hostStatus(host.verdicts, wasReached(host));
}

/** A saved report's hosts counted again, while they go by. */
export interface Recount {
  readonly add: (host: HostReport, header: ReportHeader) => void;
  /**
   * @returns the summary with the exit code and the sentence that these verdicts have at this gate; or in what the
   *   summary contradicts them, which nothing but an edited file does
   */
  readonly finish: (report: Report) => { readonly summary: Summary } | { readonly contradictions: readonly string[] };
}

export function openRecount(): Recount {
  let tally: Tally | undefined;
  const otherStatus: string[] = [];
  return {
    add: (host, { gate }) => {
      tally ??= emptyTally(gate);
      countHost(tally, host);
      if (isOtherStatus(host))
        otherStatus.push(
          `the status of ${host.host} is ${host.status}, and its verdicts say ${hostStatus(host.verdicts, wasReached(host))}`,
        );
    },
    finish: (report) => {
      const { header, summary } = report;
      const counted = toSummary(tally ?? emptyTally(header.gate), savedRun(report));
      const contradictions = [...otherStatus, ...differences(summary, counted)];
      return contradictions.length > 0
        ? { contradictions }
        : { summary: { ...summary, exitCode: counted.exitCode, verdict: counted.verdict } };
    },
  };
}
