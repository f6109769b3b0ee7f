import { HOST_STATUSES, type HostReport, type HostStatus, type Report, type TrendPoint } from '../../model/report.js';
import { SEVERITIES, type Result, type Severity } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { wayOut } from '../failure-help.js';
import { tallyFleet, type Bucket } from '../fleet-tally.js';
import { askedAt, isUnwaivedFail, isUnwaivedUndecided, knownText, label, worstFail } from '../phrases.js';
import { compliantHosts, compliantPercent, formatGate, STATUS_WORDS } from '../status-words.js';
import { epochSeconds } from '../time.js';
import { whatToDo } from '../what-to-do.js';
import type { Series } from './chart.js';
import { dayNumber, type SheetValue, type Column } from './sheet.js';
import type { Tint } from './styles.js';
import { workbook, type SheetPage } from './workbook.js';
import { NO_BYTES } from './zip.js';

const TINT_OF_SEVERITY: Readonly<Record<Severity, Tint>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  info: 'low',
};

const TINT_OF_STATUS: Readonly<Record<HostStatus, Tint>> = {
  failing: 'high',
  undecided: 'unknown',
  unchecked: 'unknown',
  unreachable: 'unknown',
  lesser: 'low',
  clean: 'good',
};
const TINT_OF_STATE: Readonly<Record<string, Tint>> = Object.fromEntries(
  HOST_STATUSES.map((status) => [STATUS_WORDS[status], TINT_OF_STATUS[status]]),
);

function text(value: string): SheetValue {
  return { text: value };
}
function wrapped(value: string): SheetValue {
  return { text: value, style: 'wrapped' };
}
function number(value: number): SheetValue {
  return { number: value };
}
function percent(value: number | undefined): SheetValue {
  return value === undefined ? undefined : { number: Math.round(value * 10) / 1000, style: 'percent' };
}
function day(time: string): SheetValue {
  const seconds = epochSeconds(time);
  return seconds === undefined ? undefined : { days: seconds / 86_400 };
}

interface Field<Item> extends Column {
  readonly cell: (item: Item) => SheetValue;
}

function page<Item>(
  name: string,
  above: readonly string[],
  fields: readonly Field<Item>[],
  items: Iterable<Item | undefined>,
  chart?: SheetPage['chart'],
): SheetPage {
  function* rows(): Generator<readonly SheetValue[] | undefined> {
    for (const item of items) yield item === undefined ? undefined : fields.map(({ cell }) => cell(item));
  }
  return { name, above, columns: fields, rows: { [Symbol.iterator]: rows }, ...(chart === undefined ? {} : { chart }) };
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

function ofSeverities<Item>(of: (item: Item) => Readonly<Record<Severity, number>>): readonly Field<Item>[] {
  return SEVERITIES.map((severity) => ({
    title: capital(severity),
    width: 9,
    tintAboveZero: TINT_OF_SEVERITY[severity],
    cell: (item) => number(of(item)[severity]),
  }));
}

const KIND = { fleet: 'the whole fleet', group: 'group', owner: 'owner' } as const;
const NOBODY = { fleet: '', group: '(in no group)', owner: '(no owner)' } as const;

function withStatus(name: HostStatus): Field<Bucket> {
  return {
    title: capital(STATUS_WORDS[name]),
    width: 11,
    ...(name === 'clean' || name === 'lesser' ? {} : { tintAboveZero: TINT_OF_STATUS[name] }),
    cell: ({ statuses }) => number(statuses[name]),
  };
}

function summaryPage({ header, summary }: Report, buckets: readonly Bucket[]): SheetPage {
  const { gate, startedAt } = header;
  const above = [
    'Fleet report',
    clean(`Asked ${startedAt}, kernward ${header.kernward}, inventory ${header.inventory.join(', ')}`, 400),
    formatGate(gate) === ''
      ? 'No finding stops this fleet (--fail-on never).'
      : `A host fails where a finding of severity ${formatGate(gate)} stands; it complies where nothing does, and nothing is undecided there.`,
    clean(summary.verdict, 400),
    '',
  ];
  return page<Bucket>(
    'Summary',
    above,
    [
      { title: 'What', width: 16, cell: ({ kind }) => text(KIND[kind]) },
      { title: 'Name', width: 28, cell: ({ kind, name }) => text(name === '' ? NOBODY[kind] : name) },
      { title: 'Hosts', width: 9, cell: ({ hosts: all }) => number(all) },
      { title: 'Comply', width: 9, cell: ({ statuses }) => number(compliantHosts(statuses)) },
      {
        title: 'Comply, %',
        width: 10,
        cell: ({ hosts: all, statuses }) => percent(compliantPercent(all, statuses, gate)),
      },
      ...(['failing', 'undecided', 'unchecked', 'unreachable', 'lesser', 'clean'] as const).map(withStatus),
      ...ofSeverities<Bucket>(({ fails }) => fails),
      { title: 'Waived', width: 9, cell: ({ waived }) => number(waived) },
      {
        title: 'New findings',
        width: 10,
        cell: ({ change }) => (change === undefined ? undefined : number(change.newlyFailing)),
      },
      {
        title: 'Resolved',
        width: 10,
        cell: ({ change }) => (change === undefined ? undefined : number(change.resolved)),
      },
      {
        title: 'Oldest finding, days',
        width: 12,
        cell: ({ oldestDays }) => (oldestDays === undefined ? undefined : number(oldestDays)),
      },
    ],
    buckets,
  );
}

function failsOf({ verdicts }: HostReport): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const verdict of verdicts) if (isUnwaivedFail(verdict)) counts[verdict.severity] += 1;
  return counts;
}

const SEVERITY_TINTS: Readonly<Record<string, Tint>> = TINT_OF_SEVERITY;

function hostsPage({ header, hosts }: Report): SheetPage {
  return page<HostReport>(
    'Hosts',
    [],
    [
      { title: 'Asked', width: 11, cell: (host) => day(askedAt(host, header)) },
      { title: 'Host', width: 30, cell: ({ host }) => text(host) },
      { title: 'Owner', width: 16, cell: (host) => text(label(host, 'owner')) },
      { title: 'State', width: 20, tints: TINT_OF_STATE, cell: ({ status }) => text(STATUS_WORDS[status]) },
      { title: 'Worst severity', width: 10, tints: SEVERITY_TINTS, cell: (host) => text(worstFail(host) ?? '') },
      { title: 'What to do', width: 70, cell: (host) => wrapped(whatToDo(host, header.rules)) },
      ...ofSeverities<HostReport>(failsOf),
      {
        title: 'Undecided',
        width: 10,
        tintAboveZero: 'unknown',
        cell: ({ failure, verdicts }) =>
          failure === undefined ? number(verdicts.filter(isUnwaivedUndecided).length) : undefined,
      },
      { title: 'Groups', width: 24, cell: ({ groups }) => text(groups.join(', ')) },
      { title: 'Role (profile)', width: 16, cell: ({ profile }) => text(profile) },
      { title: 'Kernel', width: 32, cell: (host) => text(knownText(host, 'uname.release')) },
      { title: 'Distribution', width: 30, cell: (host) => text(knownText(host, 'os.pretty_name')) },
      { title: 'Address', width: 22, cell: ({ address }) => text(address) },
    ],
    hosts,
  );
}

interface Finding {
  readonly host: HostReport;
  readonly severity: Severity | '';
  readonly rule: string;
  readonly title: string;
  readonly says: string;
  readonly because: string;
  readonly toDo: string;
  readonly since: string;
  readonly waivedUntil: string;
}

const SAYS: Readonly<Record<'fail' | 'waived' | 'undecided' | 'unreached', string>> = {
  fail: 'fails',
  waived: 'accepted',
  undecided: 'not known',
  unreached: 'not reached',
};
const IS_UNDECIDED: ReadonlySet<Result> = new Set(['unknown', 'error']);

function findingsPage({ header, hosts }: Report): SheetPage {
  const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
  function* findings(): Generator<Finding | undefined> {
    for (const host of hosts) {
      yield undefined;
      if (host.failure !== undefined) {
        const { toDo } = wayOut(host.failure);
        yield {
          host,
          severity: '',
          rule: '',
          title: 'The host was not reached: nothing is known of it',
          toDo,
          says: SAYS.unreached,
          because: host.failure.detail,
          since: '',
          waivedUntil: '',
        };
        continue;
      }
      for (const { rule, severity, result, because, since = '', waiver } of host.verdicts) {
        const isUndecided = IS_UNDECIDED.has(result);
        if (result !== 'fail' && !isUndecided) continue;
        const about = rules.get(rule);
        yield {
          host,
          severity,
          rule,
          title: about?.title ?? '',
          because,
          since,
          toDo: about?.remediation ?? '',
          says: waiver === undefined ? (isUndecided ? SAYS.undecided : SAYS.fail) : SAYS.waived,
          waivedUntil: waiver?.expires ?? '',
        };
      }
    }
  }
  return page<Finding>(
    'Findings',
    [],
    [
      { title: 'Host', width: 30, cell: ({ host }) => text(host.host) },
      { title: 'Owner', width: 16, cell: ({ host }) => text(label(host, 'owner')) },
      { title: 'Severity', width: 10, tints: SEVERITY_TINTS, cell: ({ severity }) => text(severity) },
      {
        title: 'Result',
        width: 12,
        tints: { [SAYS.fail]: 'high', [SAYS.waived]: 'low', [SAYS.undecided]: 'unknown', [SAYS.unreached]: 'unknown' },
        cell: ({ says }) => text(says),
      },
      { title: 'Finding', width: 45, cell: ({ title }) => wrapped(title) },
      { title: 'Why', width: 60, cell: ({ because }) => wrapped(because) },
      { title: 'What to do', width: 60, cell: ({ toDo }) => wrapped(toDo) },
      { title: 'Since', width: 11, cell: ({ since }) => day(since) },
      { title: 'Accepted until', width: 12, cell: ({ waivedUntil }) => day(waivedUntil) },
      { title: 'Rule', width: 30, cell: ({ rule }) => text(rule) },
    ],
    { [Symbol.iterator]: findings },
  );
}

const LINES: readonly (readonly [title: string, colour: string, value: (point: TrendPoint) => number])[] = [
  ['Hosts failing', '1F3A5F', ({ failing }) => failing],
  ['Critical', '9B1C1C', ({ fails }) => fails.critical],
  ['High', 'D1495B', ({ fails }) => fails.high],
  ['Medium', 'E09F3E', ({ fails }) => fails.medium],
];

function trendPage(trend: readonly TrendPoint[]): SheetPage {
  const fields: readonly Field<TrendPoint>[] = [
    { title: 'Asked', width: 11, cell: ({ at }) => day(at) },
    { title: 'Hosts', width: 9, cell: ({ hosts }) => number(hosts) },
    { title: 'Comply', width: 9, cell: ({ compliant }) => number(compliant) },
    {
      title: 'Comply, %',
      width: 10,
      cell: ({ hosts, compliant }) => percent(hosts === 0 ? undefined : Math.floor((compliant * 1000) / hosts) / 10),
    },
    { title: 'Hosts failing', width: 10, cell: ({ failing }) => number(failing) },
    { title: 'Not reached', width: 10, cell: ({ unreachable }) => number(unreachable) },
    ...ofSeverities<TrendPoint>(({ fails }) => fails),
  ];
  const series = LINES.map(([title, colour, value]): Series => ({
    title,
    colour,
    column: fields.findIndex((field) => field.title === title),
    values: trend.map(value),
  }));
  const days = trend.map(({ at }) => dayNumber((epochSeconds(at) ?? 0) / 86_400));
  return page('Trend', [], fields, trend, {
    title: 'Findings by severity, and hosts that fail the gate',
    sheet: 'Trend',
    firstRow: 2,
    days,
    series,
  });
}

/** A workbook: summary, hosts, findings, and the trend with a chart where a history is kept. */
export function* xlsx(report: Report): Generator<Uint8Array> {
  const { trend = [] } = report.summary;
  const tally = tallyFleet(report.header);
  for (const host of report.hosts) {
    tally.add(host);
    yield NO_BYTES;
  }
  yield* workbook([
    summaryPage(report, tally.buckets()),
    hostsPage(report),
    findingsPage(report),
    ...(trend.length === 0 ? [] : [trendPage(trend)]),
  ]);
}
