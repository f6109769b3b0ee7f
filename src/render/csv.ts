import { stringify } from 'csv-stringify/sync';
import type { FormatOptions } from '../model/report.js';
import { clean } from '../text/clean.js';

/**
 * Excel cuts a cell at 32,767 characters (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
 */
const MAX_CELL = 32_000;

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/**
 * Where a cell would begin with a character that makes a spreadsheet run it (OWASP, CSV injection: = + - @ and their
 * full-width forms; tab and carriage return are gone, see `textCell`): at its start, or after a semicolon, which is
 * where a spreadsheet set to a language with a decimal comma splits cells.
 */
const FORMULA_START = /(^|;)(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/**
 * A text as a cell: one line, control characters visible (`\x0a`), an apostrophe before what a spreadsheet would run. A
 * plain number stays one, `-1` too.
 */
export function textCell(text: string): string {
  if (NUMBER.test(text)) return text;
  return clean(clean(text, MAX_CELL).replaceAll(FORMULA_START, "$1'"), MAX_CELL);
}

/**
 * RFC 4180 records, each ended by CR LF. Numbers are never escaped. No cell holds a CR or LF of its own: csv-stringify
 * 6.9.0 would leave one that holds a lone LF unquoted when records end in CR LF.
 */
export function csvRecords(rows: readonly (readonly (string | number)[])[]): string {
  return stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'number' ? String(cell) : textCell(cell)))),
    { record_delimiter: '\r\n' },
  );
}

/** Cells as they stand in a record beside others. */
export function csvCells(cells: readonly (string | number)[]): string {
  return csvRecords([cells]).slice(0, -'\r\n'.length);
}

/** A record of parts that `csvCells` made. */
export function csvRecord(parts: readonly string[]): string {
  return `${parts.join(',')}\r\n`;
}

/** The first record: the names of the columns, after a byte-order mark where one is asked for. */
export function csvHead(columns: readonly string[], { csvBom }: FormatOptions): string {
  return `${csvBom === true ? '\ufeff' : ''}${csvRecords([columns])}`;
}
