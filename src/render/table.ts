import Table from 'cli-table3';
import { defined } from '../language/defined.js';
import { clean } from '../text/clean.js';
import type { Colour, Paint } from './colour.js';
import { renderKeyValueList } from './key-value-list.js';
import { wrap } from './wrap.js';
import { displayWidth } from '../text/display-width.js';

export interface GridColumn {
  readonly title: string;
  /** Widest content in columns of the terminal; 'rest': what the others leave. At most one column is 'rest'. */
  readonly widest: number | 'rest';
  /** What it keeps where the terminal is too narrow for all; 12, or 24 for 'rest', where not given. */
  readonly narrowest?: number;
  readonly align?: 'right';
}

export interface GridCell {
  readonly text: string;
  readonly colour?: Colour;
}

/** Characters of one cell: a value of a host may be long, a table is for reading. */
const MAX_CELL = 400;
const MIN_REST = 24;
const MIN_FIXED = 12;

/**
 * Every cell is cleaned here, so that no value of a host or an inventory can reach the terminal as a control character.
 */
function shown(text: string): string {
  return clean(text, MAX_CELL);
}

/** A border and two spaces for each column, and the border at the end. */
function frameWidth(columns: readonly GridColumn[]): number {
  return columns.length * 3 + 1;
}

/** The content of each column: what it needs, up to its widest, then taken from the widest until the frame fits. */
function contentWidths(columns: readonly GridColumn[], texts: readonly (readonly string[])[], total: number): number[] {
  const widths = columns.map(({ title, widest }, index) => {
    const needed = texts.reduce((most, row) => Math.max(most, displayWidth(row[index] ?? '')), title.length);
    return widest === 'rest' ? needed : Math.min(needed, Math.max(widest, title.length));
  });
  const floors = columns.map(({ title, widest, narrowest }) =>
    Math.max(title.length, narrowest ?? (widest === 'rest' ? MIN_REST : Math.min(widest, MIN_FIXED))),
  );
  const rest = columns.findIndex(({ widest }) => widest === 'rest');
  const spare = (index: number): number => Math.max(0, (widths[index] ?? 0) - (floors[index] ?? 0));
  let excess = widths.reduce((sum, width) => sum + width, frameWidth(columns)) - total;
  // The sentence gives way first, but stays wide enough to read; then the widest name, a column at a time.
  while (excess > 0) {
    const others = widths.map((width, index) => (spare(index) > 0 ? width : 0));
    const giving = rest !== -1 && spare(rest) > 0 ? rest : others.indexOf(Math.max(...others));
    const given = Math.min(excess, giving === rest ? spare(rest) : 1, spare(giving));
    if (given === 0) break;
    widths[giving] = (widths[giving] ?? 0) - given;
    excess -= given;
  }
  return widths;
}

/** For a terminal without UTF-8. */
export const ASCII_FRAME = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
} as const;

/**
 * Rows in a frame, at most `total` columns wide; without one where the narrow columns leave no room for it.
 *
 * Three things cli-table3 0.6.5 does and is kept from: it colours its frame and head whatever NO_COLOR says; it wraps
 * by UTF-16 units and cuts what is too long; and it measures a whole cell anew for each line of it, character by
 * character (`draw` in its src/cell.js), so that one cell of 400 characters takes 0.1 to 0.6 s. So each line is a row
 * of its own.
 */
export function grid(
  columns: readonly GridColumn[],
  rows: readonly (readonly GridCell[])[],
  total: number,
  paint: Paint,
  frame?: typeof ASCII_FRAME,
): string {
  const texts = rows.map((row) => row.map(({ text }) => shown(text)));
  const widths = contentWidths(columns, texts, total);
  if (frameWidth(columns) + widths.reduce((sum, width) => sum + width, 0) > total)
    return renderKeyValueList(
      columns.map(({ title }) => title),
      texts,
      total,
    );
  const table = new Table({
    head: columns.map(({ title }) => paint(title, 'bold')),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    ...defined({ chars: frame }),
    style: { head: [], border: [], compact: true },
  });
  for (const [at, row] of rows.entries()) {
    const cells = row.map(({ colour }, index) => ({
      colour,
      lines: wrap(texts[at]?.[index] ?? '', widths[index] ?? MIN_REST),
    }));
    const height = Math.max(...cells.map(({ lines }) => lines.length));
    for (let line = 0; line < height; line += 1)
      table.push(
        cells.map(({ colour, lines }) => {
          const text = lines[line] ?? '';
          return colour === undefined || text === '' ? text : paint(text, colour);
        }),
      );
  }
  return `${table.toString()}\n`;
}
