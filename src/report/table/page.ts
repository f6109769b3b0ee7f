import type { Colour, Paint } from '../../render/colour.js';
import { grid, type GridCell, type GridColumn } from '../../render/table.js';
import { wrap } from '../../render/wrap.js';
import type { Report } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { displayWidth } from '../../text/display-width.js';
import { foldNames, type Folded } from '../../text/names/fold-names.js';
import type { InCommon } from './in-common.js';

/** What every part of the table is made from. */
export interface Page {
  readonly report: Report;
  readonly alike: InCommon;
  readonly columns: number;
  readonly paint: Paint;
}

/** Where what is said of a word begins: behind the longest severity or status, and a space. */
export const INDENT = 10;

export function cell(text: string | number): GridCell {
  return { text: String(text) };
}

export function paragraph({ columns }: Pick<Page, 'columns'>, text: string): string {
  return `${wrap(clean(text), columns).join('\n')}\n`;
}

export function heading({ columns, paint }: Page, text: string): string {
  const lines = wrap(clean(text), columns).map((line) => paint(line, 'bold'));
  return `\n${lines.join('\n')}\n`;
}

export function table(
  { columns, paint }: Page,
  head: readonly GridColumn[],
  rows: readonly (readonly GridCell[])[],
): string {
  return grid(head, rows, columns, paint);
}

/** The first so many lines; what was cut is shown. */
function cut(lines: readonly string[], most: number, width: number): readonly string[] {
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  const [kept = ''] = displayWidth(last) + 2 <= width ? [last] : wrap(last, width - 2);
  return [...lines.slice(0, most - 1), `${kept} …`];
}

/** A word in the margin, and beside it a text of at most so many lines. */
export function beside(
  { columns, paint }: Page,
  word: string,
  colour: Colour | undefined,
  text: string,
  mostLines = Number.POSITIVE_INFINITY,
): string {
  const width = columns - INDENT;
  return cut(wrap(clean(text), width), mostLines, width)
    .map((line, index) => {
      const margin = index === 0 ? word : '';
      const painted = margin === '' || colour === undefined ? margin : paint(margin, colour);
      return `${painted}${' '.repeat(Math.max(1, INDENT - displayWidth(margin)))}${line}\n`;
    })
    .join('');
}

/** As many of them as fit `most` columns, and how many hosts are left out; undefined: not even one. */
function asFit(folded: readonly Folded[], hosts: number, most: number): string | undefined {
  const whole = folded.map(({ text }) => text).join(', ');
  if (displayWidth(whole) <= most) return whole;
  const shown: string[] = [];
  let told = 0;
  let left = most - ' and 10000 more'.length;
  for (const { text, names } of folded) {
    left -= displayWidth(text) + (shown.length === 0 ? 0 : 2);
    if (left < 0) break;
    shown.push(text);
    told += names;
  }
  return shown.length === 0 ? undefined : `${shown.join(', ')} and ${hosts - told} more`;
}

/**
 * Names of hosts in at most so many columns: those that differ by a number as one; where that is too long, the first
 * few; where there is no room for one, how many there are.
 */
export function formatHosts(hosts: readonly string[], most: number): string {
  const single = hosts.slice(0, most).map((text) => ({ text, names: 1 }));
  return (
    asFit(foldNames(hosts), hosts.length, most) ?? asFit(single, hosts.length, most) ?? count(hosts.length, 'host')
  );
}
