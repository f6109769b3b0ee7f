import { painter } from '../../render/colour.js';
import { csvRecords } from '../../render/csv.js';
import { ASCII_FRAME, grid, type GridColumn } from '../../render/table.js';
import { clean } from '../../text/clean.js';
import { toBar, type Strokes } from './bar-chart.js';
import type { Cell, CellKind, View, ViewColumn, ViewPart } from './view.js';
import { safeJson } from '../../text/safe-json.js';

export interface TerminalOptions {
  readonly colour: boolean;
  readonly columns: number;
  readonly strokes: Strokes;
  /** Frames of `+-|` instead of lines. */
  readonly ascii: boolean;
}

/** Rows of one table in a terminal. */
const MOST_ROWS = 200;
const BAR_WIDTH = 20;
const WIDEST: Readonly<Record<CellKind, number>> = {
  text: 60,
  count: 12,
  time: 16,
  days: 10,
  percent: 7,
  bar: BAR_WIDTH,
};

const SHOWN: Readonly<Record<Exclude<CellKind, 'bar'>, (cell: string | number) => string>> = {
  text: String,
  count: String,
  time: (cell) =>
    String(cell)
      .replace('T', ' ')
      .replace(/:\d\dZ$/, ''),
  days: (cell) => `${Number(cell).toFixed(1)} d`,
  percent: (cell) => `${Number(cell).toFixed(1)} %`,
};

function cellText(cell: Cell, kind: CellKind, most: number, strokes: Strokes): string {
  if (cell === null) return '';
  return kind === 'bar' ? toBar(Number(cell), most, BAR_WIDTH, strokes) : SHOWN[kind](cell);
}

function isRight(kind: CellKind): boolean {
  return kind !== 'text' && kind !== 'time' && kind !== 'bar';
}

function gridColumn({ title, kind, key }: ViewColumn): GridColumn {
  return {
    title,
    widest: key === 'because' || key === 'verdict' ? 'rest' : WIDEST[kind],
    ...(isRight(kind) ? { align: 'right' as const } : {}),
  };
}

function partText(
  { title, columns, rows, none }: ViewPart,
  { colour, columns: total, strokes, ascii }: TerminalOptions,
): string {
  const paint = painter(colour);
  if (rows.length === 0) return none === undefined ? '' : `\n${none}\n`;
  const isEmpty = (index: number): boolean => rows.every((row) => row[index] === null || row[index] === '');
  const shown = columns.flatMap((column, index) =>
    column.title === '' || isEmpty(index)
      ? []
      : [
          {
            column,
            index,
            most: Math.max(0, ...(column.kind === 'bar' ? rows.map((row) => Number(row[index] ?? 0)) : [])),
          },
        ],
  );
  const cells = rows
    .slice(0, MOST_ROWS)
    .map((row) =>
      shown.map(({ column, index, most }) => ({ text: cellText(row[index] ?? null, column.kind, most, strokes) })),
    );
  const table = grid(
    shown.map(({ column }) => gridColumn(column)),
    cells,
    total,
    paint,
    ascii ? ASCII_FRAME : undefined,
  );
  const left =
    rows.length > MOST_ROWS ? `… and ${rows.length - MOST_ROWS} more rows: -o csv or -o json writes all of them\n` : '';
  return `\n${title === '' ? '' : `${paint(clean(title), 'bold')}\n`}${table}${left}`;
}

/** For people at a terminal. A column in which nothing stands is left out. */
export function* viewAsTable({ head, parts }: View, options: TerminalOptions): Generator<string> {
  const text = [...head.map((line) => `${clean(line)}\n`), ...parts.map((part) => partText(part, options))].join('');
  yield text.replace(/^\n/, '');
}

function isData({ kind }: ViewColumn): boolean {
  return kind !== 'bar';
}

/** For programs: every part by its id, a row an object. Times are UTC, days and percentages numbers. */
export function* viewAsJson({ parts }: View): Generator<string> {
  const partsOut = parts.map(({ id, columns, rows }) => {
    const objects = rows.map((row) =>
      Object.fromEntries(
        columns.flatMap((column, index) => (isData(column) ? [[column.key, row[index] ?? null]] : [])),
      ),
    );
    return [id, objects] as const;
  });
  yield `${safeJson(Object.fromEntries(partsOut), undefined, 2)}\n`;
}

/** For spreadsheets: the first part. */
export function* viewAsCsv({ parts: [{ columns, rows }] }: View): Generator<string> {
  const data = columns.flatMap((column, index) => (isData(column) ? [{ key: column.key, index }] : []));
  yield csvRecords([data.map(({ key }) => key)]);
  if (rows.length > 0) yield csvRecords(rows.map((row) => data.map(({ index }) => row[index] ?? '')));
}
