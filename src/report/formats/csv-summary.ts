import type { Format, ReportHeader } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { csvHead, csvRecords } from '../../render/csv.js';
import { tallyFleet, type Bucket } from '../fleet-tally.js';
import { dateOf } from '../time.js';
import { withBreaths } from '../with-breaths.js';
import { compliantHosts, compliantPercent, formatGate } from '../status-words.js';

type Column = readonly [name: string, cell: (bucket: Bucket, header: ReportHeader) => string | number];

/** Name and content of each column, in order. Names and order are stable: a new column is added at the end. */
const COLUMNS: readonly Column[] = [
  ['date', (_, { startedAt }) => dateOf(startedAt)],
  ['run_started_at', (_, header) => header.startedAt],
  ['kind', ({ kind }) => kind],
  ['name', ({ name }) => name],
  ['hosts', ({ hosts }) => hosts],
  ['compliant', ({ statuses }) => compliantHosts(statuses)],
  ['unchecked', ({ statuses }) => statuses.unchecked],
  ['undecided', ({ statuses }) => statuses.undecided],
  ['failing', ({ statuses }) => statuses.failing],
  ['unreachable', ({ statuses }) => statuses.unreachable],
  ...SEVERITIES.map((severity): Column => [severity, ({ fails }) => fails[severity]]),
  ['waived', ({ waived }) => waived],
  ['newly_failing', ({ change }) => change?.newlyFailing ?? ''],
  ['resolved', ({ change }) => change?.resolved ?? ''],
  ['no_longer_known', ({ change }) => change?.noLongerKnown ?? ''],
  ['change', ({ change }) => (change === undefined ? '' : change.newlyFailing - change.resolved)],
  ['new_hosts', ({ change }) => change?.newHosts ?? ''],
  ['oldest_finding_days', ({ oldestDays }) => oldestDays ?? ''],
  // Which groups and which owner a host had that is gone, the report does not say.
  ['gone_hosts', ({ kind }, { baseline }) => (kind === 'fleet' ? (baseline?.gone.length ?? '') : '')],
  ['gate', (_, { gate }) => formatGate(gate)],
  ['hosts_at_gate', ({ statuses }) => statuses.failing],
  ['compliant_percent', ({ hosts, statuses }, { gate }) => compliantPercent(hosts, statuses, gate) ?? ''],
  ['lesser', ({ statuses }) => statuses.lesser],
  ['clean', ({ statuses }) => statuses.clean],
];

export const CSV_SUMMARY_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/**
 * A row for the fleet, for each group and for each owner. What is not known (no baseline, no history) is an empty cell.
 */
export const csvSummary: Format = {
  id: 'csv-summary',
  title: 'a row a group and an owner, with the whole fleet, for management',
  extension: '.summary.csv',
  *render({ header, hosts }, options) {
    yield csvHead(CSV_SUMMARY_COLUMNS, options);
    const tally = tallyFleet(header);
    yield* withBreaths(hosts, tally.add);
    for (const bucket of tally.buckets()) yield csvRecords([COLUMNS.map(([, cell]) => cell(bucket, header))]);
  },
};
