import { defined } from '../language/defined.js';
import type { Gate, HostReport, Report, ReportHeader, Summary } from '../model/report.js';
import { ANY_SEVERITY, byGate, hostStatus, wasReached } from './host-status.js';
import { savedRun } from './summary-of-saved.js';
import { countHost, emptyTally, toSummary, type Tally } from './summary.js';

/** What is counted of a report's hosts, and stands in its summary. */
const COUNTED = [
  'hosts',
  'statuses',
  'results',
  'fails',
  'hostsByWorstFail',
  'waived',
  'waivedFails',
  'flappingFails',
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

/** A saved report's hosts counted again, while they go by. */
export interface Recount {
  readonly add: (host: HostReport, header: ReportHeader) => void;
  /**
   * @returns the report with the exit code and the sentence that these verdicts have at this gate, of schema 1 with the
   *   statuses too; or in what the summary contradicts them, which nothing but an edited file does
   */
  readonly finish: (report: Report) => { readonly report: Report } | { readonly contradictions: readonly string[] };
}

/** What the statuses of a report go by: its gate, and in schema 1 none. */
function statusGate({ schema, gate }: ReportHeader): Gate {
  return schema === 1 ? { ...gate, ...ANY_SEVERITY } : gate;
}

function* byTheGate(hosts: Iterable<HostReport>, gate: Gate): Iterable<HostReport> {
  for (const host of hosts) yield byGate(host, gate);
}

/** A report of schema 1 as it would be had its hosts been given their status by the gate. */
function ofThisSchema({ header, hosts, summary }: Report, counted: Summary): Report {
  const { statuses, groups, hostsByWorstFail, exitCode, insteadOf, verdict } = counted;
  return {
    header: { ...header, schema: 2 },
    hosts: { [Symbol.iterator]: () => byTheGate(hosts, header.gate)[Symbol.iterator]() },
    summary: { ...summary, statuses, groups, ...defined({ hostsByWorstFail, insteadOf }), exitCode, verdict },
  };
}

export function openRecount(): Recount {
  let byStatus: Tally | undefined;
  let tally: Tally | undefined;
  const otherStatus: string[] = [];
  return {
    add: (host, header) => {
      tally ??= emptyTally(header.gate);
      countHost(tally, host);
      const gate = statusGate(header);
      if (gate !== header.gate) countHost((byStatus ??= emptyTally(gate)), host);
      const status = hostStatus(host.verdicts, wasReached(host), gate);
      if (host.status !== status)
        otherStatus.push(`the status of ${host.host} is ${host.status}, and its verdicts say ${status}`);
    },
    finish: (report) => {
      const { header, summary } = report;
      const counted = toSummary(tally ?? emptyTally(header.gate), savedRun(report));
      const asWritten = byStatus === undefined ? counted : { ...counted, statuses: { ...byStatus.statuses } };
      const contradictions = [...otherStatus, ...differences(summary, asWritten)];
      if (contradictions.length > 0) return { contradictions };
      const { exitCode, insteadOf, verdict } = counted;
      const { insteadOf: _, ...saved } = summary;
      return {
        report:
          header.schema === 1
            ? ofThisSchema(report, counted)
            : { ...report, summary: { ...saved, ...defined({ insteadOf }), exitCode, verdict } },
      };
    },
  };
}
