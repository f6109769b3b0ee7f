import { wrap } from './wrap.js';

const INDENT = '  ';

/** Columns that say what a row is about. */
const NAMES: ReadonlySet<string> = new Set(['host', 'rule', 'group']);

/** The first name of a row; the first column where no column is a name. */
function headingOf(titles: readonly string[]): number {
  return Math.max(
    0,
    titles.findIndex((title) => NAMES.has(title)),
  );
}

/**
 * A row that no frame holds: what it is about, then what its other cells say, each after its title. An empty cell says
 * nothing.
 */
function rowLines(titles: readonly string[], row: readonly string[], total: number): string[] {
  const heading = headingOf(titles);
  const said = row.flatMap((text, index) =>
    text === '' || index === heading ? [] : [`${titles[index] ?? ''} ${text}`],
  );
  return [
    ...wrap(row[heading] ?? '', total),
    ...wrap(said.join(', '), total - INDENT.length).map((line) => `${INDENT}${line}`),
  ];
}

/**
 * Rows for a terminal that is too narrow for their table: as lines that fit, rather than a frame that the terminal
 * breaks.
 */
export function renderKeyValueList(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  total: number,
): string {
  return rows
    .flatMap((row) => rowLines(titles, row, total))
    .map((line) => `${line}\n`)
    .join('');
}
