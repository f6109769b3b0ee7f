import type { DiffFormat, DiffRow } from '../../model/diff.js';
import { csvRecords } from '../../render/csv.js';

/** Name and content of each column, in order. Names and order are stable: a new column is added at the end. */
const COLUMNS: readonly (readonly [name: string, cell: (row: DiffRow) => string])[] = [
  ['drift', ({ drift }) => drift],
  ['host', ({ host }) => host],
  ['rule', ({ rule }) => rule],
  ['severity', ({ severity }) => severity],
  ['before', ({ before }) => before ?? ''],
  ['now', ({ now }) => now],
  ['because', ({ because }) => because],
  ['waiver', ({ waiver }) => waiver ?? ''],
];

const DIFF_CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

function row(host: string, drift: string, because: string): readonly string[] {
  return [drift, host, '', '', '', '', because, ''];
}

/**
 * A row a changed verdict; then a row a host that is gone, with how many of its rules failed, so that no host vanishes.
 */
export const diffCsv: DiffFormat = {
  id: 'csv',
  title: 'a row a changed verdict, for spreadsheets',
  *render({ rows, goneHosts }) {
    yield csvRecords([DIFF_CSV_COLUMNS]);
    for (const each of rows) yield csvRecords([COLUMNS.map(([, cell]) => cell(each))]);
    for (const { host, fails } of goneHosts)
      yield csvRecords([row(host, 'host-gone', `only the earlier report has this host; ${fails} of its rules failed`)]);
  },
};
