import { wrap } from './wrap.js';

const INDENT = '  ';

/** A row that no frame holds: its first cell, then what the others say, each after its title. An empty cell says nothing. */
const rowLines = (titles: readonly string[], row: readonly string[], total: number): string[] => {
  const [first = '', ...others] = row;
  const said = others.flatMap((text, index) => (text === '' ? [] : [`${titles[index + 1] ?? ''} ${text}`]));
  return [...wrap(first, total), ...wrap(said.join(', '), total - INDENT.length).map((line) => `${INDENT}${line}`)];
};

/** Rows for a terminal that is too narrow for their table: as lines that fit, rather than a frame that the terminal breaks. */
export const listed = (titles: readonly string[], rows: readonly (readonly string[])[], total: number): string =>
  rows.flatMap((row) => rowLines(titles, row, total)).map((line) => `${line}\n`).join('');
