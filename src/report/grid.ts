import Table from 'cli-table3';
import { clean } from '../text/clean.js';
import type { Colour, Paint } from './colour.js';
import { widthOf, wrap } from './wrap.js';

export interface GridColumn {
  readonly title: string;
  /** Widest content in columns of the terminal; 'rest': what the others leave. At most one column is 'rest'. */
  readonly widest: number | 'rest';
  readonly align?: 'right';
}

export interface GridCell {
  readonly text: string;
  readonly colour?: Colour;
}

/** Characters of one cell: a value of a host may be long, a table is for reading. */
const MAX_CELL = 400;
const MIN_REST = 20;

/** Every cell is cleaned here, so that no value of a host or an inventory can reach the terminal as a control character. */
const shown = (text: string): string => clean(text, MAX_CELL);

const contentWidths = (columns: readonly GridColumn[], texts: readonly (readonly string[])[], total: number): number[] => {
  const natural = columns.map((column, index) => {
    const widest = Math.max(column.title.length, ...texts.map((row) => widthOf(row[index] ?? '')));
    return column.widest === 'rest' ? widest : Math.min(widest, Math.max(column.widest, column.title.length));
  });
  const rest = columns.findIndex(({ widest }) => widest === 'rest');
  if (rest === -1) return natural;
  // A border and two spaces for each column, and the border at the end.
  const left = total - 1 - columns.length * 3 - natural.reduce((sum, width, index) => sum + (index === rest ? 0 : width), 0);
  return natural.map((width, index) => (index === rest ? Math.min(width, Math.max(left, MIN_REST)) : width));
};

/**
 * Rows in a frame, at most `total` columns wide where the narrow columns leave room for it.
 *
 * cli-table3 colours its frame and head whatever NO_COLOR says, so both are told not to; it wraps by UTF-16 units and
 * cuts what is too long, so the lines come to it ready broken.
 */
export const grid = (columns: readonly GridColumn[], rows: readonly (readonly GridCell[])[], total: number, paint: Paint): string => {
  const texts = rows.map((row) => row.map(({ text }) => shown(text)));
  const widths = contentWidths(columns, texts, total);
  const table = new Table({
    head: columns.map(({ title }) => paint(title, 'bold')),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], compact: true },
  });
  for (const [at, row] of rows.entries())
    table.push(
      row.map(({ colour }, index) => {
        const lines = wrap(texts[at]?.[index] ?? '', widths[index] ?? MIN_REST);
        return lines.map((line) => (colour === undefined || line === '' ? line : paint(line, colour))).join('\n');
      }),
    );
  return `${table.toString()}\n`;
};
