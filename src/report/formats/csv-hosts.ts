import type { HostId } from '../../model/host.js';
import type { Format, HostReport, ReportHeader } from '../../model/report.js';
import type { Drift } from '../../model/verdict.js';
import { RESULTS, SEVERITIES } from '../../model/verdict.js';
import { csvHead, csvRecords } from '../../render/csv.js';
import { GONE_MEANS } from '../drift-and-waivers.js';
import { STATUS_WORDS } from '../status-words.js';
import { dateOf } from '../time.js';
import { whatToDo } from '../what-to-do.js';
import { askedAt, formatFindingCounts, isUnwaivedFail, knownText, label, worstFail } from '../phrases.js';

type Column = readonly [name: string, cell: (host: HostReport, header: ReportHeader) => string | number];

/** Empty without a baseline: nobody compared. */
function drifted(drift: Drift): Column[1] {
  return ({ verdicts }, { baseline }) =>
    baseline === undefined ? '' : verdicts.filter((verdict) => verdict.drift === drift).length;
}

/**
 * Name and content of each column, in order: first what a reader needs, then what may be counted. Names and order are
 * stable: a new column is added at the end.
 */
const COLUMNS: readonly Column[] = [
  ['date', (host, header) => dateOf(askedAt(host, header))],
  ['host', (host) => host.host],
  ['owner', (host) => label(host, 'owner')],
  ['state', ({ status }) => STATUS_WORDS[status]],
  ['worst_severity', (host) => worstFail(host) ?? ''],
  ['what_to_do', (host, { rules }) => whatToDo(host, rules)],
  ['run_started_at', (host, header) => askedAt(host, header)],
  ['address', (host) => host.address],
  ['port', (host) => host.port],
  ['groups', (host) => host.groups.join(', ')],
  ['profile', (host) => host.profile],
  ['status', (host) => host.status],
  ['failure', (host) => host.failure?.code ?? ''],
  ['kernel', (host) => knownText(host, 'uname.release')],
  ['distribution', (host) => knownText(host, 'os.pretty_name')],
  ...SEVERITIES.map((severity): Column => [
    severity,
    (host) => host.verdicts.filter((verdict) => isUnwaivedFail(verdict) && verdict.severity === severity).length,
  ]),
  ...RESULTS.map((result): Column => [
    result,
    (host) => host.verdicts.filter((verdict) => verdict.result === result).length,
  ]),
  ['waived', (host) => host.verdicts.filter(({ waiver }) => waiver !== undefined).length],
  ['findings', formatFindingCounts],
  ['transport', (host) => host.transport],
  ['transport_reason', (host) => host.transportReason ?? ''],
  ['via', (host) => (host.via ?? []).join(', ')],
  ['collector', ({ collector }) => (collector === undefined ? '' : collector.differs ? 'differs' : 'same')],
  ['is_new', ({ isNew }, { baseline }) => (baseline === undefined ? '' : isNew === true ? 'yes' : 'no')],
  ['newly_failing', drifted('newly-failing')],
  ['still_failing', drifted('still-failing')],
  ['resolved', drifted('resolved')],
  ['no_longer_known', drifted('no-longer-known')],
];

export const CSV_HOSTS_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/** A host that only the baseline has: this run says nothing of it but that. */
function goneRow(host: HostId, { startedAt }: ReportHeader): readonly string[] {
  const said = new Map([
    ['date', dateOf(startedAt)],
    ['run_started_at', startedAt],
    ['host', host],
    ['state', 'gone'],
    ['status', 'gone'],
    ['findings', GONE_MEANS],
  ]);
  return CSV_HOSTS_COLUMNS.map((column) => said.get(column) ?? '');
}

/** A row a host, compliant and unreachable ones too; then those that are gone since the baseline. */
export const csvHosts: Format = {
  id: 'csv-hosts',
  title: 'a row a host, with the findings in words, for management',
  extension: '.hosts.csv',
  isGradual: true,
  *render({ header, hosts }, options) {
    yield csvHead(CSV_HOSTS_COLUMNS, options);
    for (const host of hosts) yield csvRecords([COLUMNS.map(([, cell]) => cell(host, header))]);
    for (const host of header.baseline?.gone ?? []) yield csvRecords([goneRow(host, header)]);
  },
};
