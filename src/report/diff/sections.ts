import type { Diff, DiffRow } from '../../model/diff.js';
import { DRIFTS, SEVERITIES } from '../../model/verdict.js';
import type { Drift } from '../../model/verdict.js';
import { withFlaps } from '../phrases.js';
import { count } from '../../text/count.js';

/** What is shown of each section; everything stands in json and csv. */
const MAX_ROWS = 100;

/** A part of a comparison for people: rows of cells, and how many there are in all. */
export interface DiffSection {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
}

const TITLES = {
  'newly-failing': 'Newly failing',
  'no-longer-known': 'No longer known',
  resolved: 'Resolved',
  'still-failing': 'Still failing',
} as const satisfies Record<Drift, string>;

/** In the order of urgency. */
const ORDER: readonly Drift[] = ['newly-failing', 'no-longer-known', 'resolved', 'still-failing'];

const ROW_HEAD = ['host', 'severity', 'rule', 'was', 'is', 'because'];

function cells({ host, severity, rule, before, now, because, flaps, waiver }: DiffRow): readonly string[] {
  return [
    host,
    severity,
    rule,
    before ?? 'new host',
    waiver === undefined ? now : `${now} (${waiver})`,
    withFlaps(because, flaps),
  ];
}

function byDrift(diff: Diff): readonly DiffSection[] {
  const silent = new Set(diff.silentHosts);
  const kept = new Map(
    DRIFTS.map((drift) => [drift, new Map(SEVERITIES.map((severity): [string, DiffRow[]] => [severity, []]))]),
  );
  const totals = new Map(DRIFTS.map((drift): [Drift, number] => [drift, 0]));
  for (const row of diff.rows) {
    // Of a host that does not answer nothing is known: said once, with the hosts.
    if (row.drift === 'no-longer-known' && silent.has(row.host)) continue;
    totals.set(row.drift, (totals.get(row.drift) ?? 0) + 1);
    const rows = kept.get(row.drift)?.get(row.severity);
    if (rows !== undefined && rows.length < MAX_ROWS) rows.push(row);
  }
  return ORDER.map((drift) => {
    const total = totals.get(drift) ?? 0;
    const rows = [...(kept.get(drift)?.values() ?? [])].flat().slice(0, MAX_ROWS).map(cells);
    return { title: `${TITLES[drift]}: ${total}`, head: ROW_HEAD, rows, total };
  });
}

function listed<Item>(
  title: string,
  head: readonly string[],
  items: readonly Item[],
  row: (item: Item) => readonly string[],
): DiffSection {
  return {
    title: `${title}: ${items.length}`,
    head,
    rows: items.slice(0, MAX_ROWS).map(row),
    total: items.length,
  };
}

function name(each: string): readonly string[] {
  return [each];
}

/** Everything that there is to say of a comparison, what needs attention first; sections without a row too. */
export function diffSections(diff: Diff): readonly DiffSection[] {
  const { newRules, goneRules } = diff.report.header.baseline ?? { newRules: [], goneRules: [] };
  const [newly, unknown, resolved, still] = byDrift(diff);
  return [
    newly,
    listed('Hosts that do not answer any more', ['host'], diff.silentHosts, name),
    unknown,
    listed('Hosts that are gone', ['host', 'rules that failed'], diff.goneHosts, ({ host, fails }) => [
      host,
      String(fails),
    ]),
    listed('Hosts that are new', ['host'], diff.newHosts, name),
    listed('Hosts that answer again', ['host'], diff.answeringHosts, name),
    listed(
      'Hosts that are judged by another profile',
      ['host', 'was', 'is'],
      diff.profiles,
      ({ host, before, now }) => [host, before, now],
    ),
    listed('Rules that only the later report has', ['rule'], newRules, name),
    listed('Rules that only the earlier report has', ['rule'], goneRules, name),
    listed(
      'Rules of another severity',
      ['rule', 'was', 'is', 'hosts'],
      diff.severities,
      ({ rule, before, now, hosts }) => [rule, before, now, String(hosts)],
    ),
    resolved,
    still,
  ].filter((section) => section !== undefined);
}

/** Which reports, in a line. */
export function diffTitle({ old, report, from }: Diff): string {
  const { header, summary } = report;
  return `${from} (started ${header.startedAt}, ${count(summary.hosts, 'host')}) against ${old.from} (started ${old.startedAt}, ${count(old.hosts, 'host')})`;
}

/** How many of each, in a line. */
export function diffCounts({ report, goneHosts, newHosts, silentHosts }: Diff): string {
  const { verdicts, failsOfNewRules } = report.summary.drift ?? {
    verdicts: { 'newly-failing': 0, 'still-failing': 0, resolved: 0, 'no-longer-known': 0 },
    failsOfNewRules: 0,
  };
  return [
    ...DRIFTS.map((drift) => `${verdicts[drift]} ${drift}`),
    count(newHosts.length, 'new host'),
    `${count(goneHosts.length, 'host')} gone`,
    `${count(silentHosts.length, 'host')} silent`,
    ...(failsOfNewRules === 0 ? [] : [`${count(failsOfNewRules, 'fail')} of new rules`]),
  ].join(', ');
}
