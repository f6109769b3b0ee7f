import type { BlastSummary, Exposure, Format, GroupVerdict, Report } from '../../model/report.js';
import { dateOf } from '../time.js';
import { csvHead, csvRecords } from '../../render/csv.js';

interface Row {
  readonly set: BlastSummary | GroupVerdict;
  readonly exposure?: Exposure;
  readonly verdict?: GroupVerdict;
}

type Column = readonly [name: string, cell: (row: Row, report: Report) => string | number];

function down({ reboots, freezes }: Exposure): number {
  return reboots + freezes;
}

/** Name and content of each column, in order. Names and order are stable: a new column is added at the end. */
const COLUMNS: readonly Column[] = [
  ['date', (_, { header }) => dateOf(header.startedAt)],
  ['run_started_at', (_, { header }) => header.startedAt],
  ['kind', ({ verdict }) => (verdict === undefined ? 'blast' : 'rule')],
  ['group', ({ set }) => set.group],
  ['label', ({ set }) => set.label ?? ''],
  ['hosts', ({ set }) => set.hosts],
  ['unreachable', ({ set }) => set.unreachable],
  ['unknown', ({ exposure, verdict }) => exposure?.unknown ?? verdict?.unknown ?? ''],
  ['trigger', ({ exposure }) => exposure?.trigger ?? ''],
  ['reboots', ({ exposure }) => exposure?.reboots ?? ''],
  ['freezes', ({ exposure }) => exposure?.freezes ?? ''],
  ['stays_up', ({ exposure }) => exposure?.staysUp ?? ''],
  ['down_at_least', ({ exposure }) => (exposure === undefined ? '' : down(exposure))],
  [
    'down_at_most',
    ({ exposure, set }) => (exposure === undefined ? '' : down(exposure) + exposure.unknown + set.unreachable),
  ],
  ['rule', ({ verdict }) => verdict?.rule ?? ''],
  ['severity', ({ verdict }) => verdict?.severity ?? ''],
  ['result', ({ verdict }) => verdict?.result ?? ''],
  ['matching', ({ verdict }) => verdict?.matching ?? ''],
  ['because', ({ verdict }) => verdict?.because ?? ''],
];

export const CSV_GROUPS_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

function rowsOf({ summary }: Report): readonly Row[] {
  return [
    ...(summary.blast ?? []).flatMap((set) => set.exposures.map((exposure) => ({ set, exposure }))),
    ...(summary.groupVerdicts ?? []).map((verdict) => ({ set: verdict, verdict })),
  ];
}

/** A row a group and trigger, then a row a group and rule over groups. */
export const csvGroups: Format = {
  id: 'csv-groups',
  title: 'a row a group: what goes down at once, and the rules over groups',
  extension: '.groups.csv',
  *render(report, options) {
    yield csvHead(CSV_GROUPS_COLUMNS, options);
    for (const row of rowsOf(report)) yield csvRecords([COLUMNS.map(([, cell]) => cell(row, report))]);
  },
};
