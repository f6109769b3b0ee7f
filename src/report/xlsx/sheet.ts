import { xmlAttributes, xmlText } from '../../render/xml.js';
import { BREATH } from '../with-breaths.js';
import { DIFFERENTIAL, CELL_STYLE, type Tint } from './styles.js';

/** What a cell holds; a text is never run, whatever it begins with. */
export type SheetValue =
  | { readonly text: string; readonly style?: 'text' | 'wrapped' | 'title' }
  | { readonly number: number; readonly style?: 'integer' | 'percent' }
  /** Days since 1970, with a fraction. */
  | { readonly days: number }
  | undefined;

export interface Column {
  readonly title: string;
  /** In characters of the usual font. */
  readonly width: number;
  /** Cells that say one of these words, or a number above zero, are tinted. */
  readonly tints?: Readonly<Record<string, Tint>>;
  readonly tintAboveZero?: Tint;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Lines above the table, each one cell. */
  readonly above: readonly string[];
  /** Undefined: no row, and others may have their turn. */
  readonly rows: Iterable<readonly SheetValue[] | undefined>;
  readonly hasDrawing: boolean;
}

/** The last that a spreadsheet has. @see https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3 */
const MOST_ROWS = 1_048_576;

/** A day as spreadsheets count it: since 1899-12-30. */
const EPOCH = 25_569;

/** @param days since 1970 */
export function dayNumber(days: number): number {
  return Math.floor(days) + EPOCH;
}

export function columnName(index: number): string {
  return index < 26
    ? String.fromCodePoint(65 + index)
    : `${columnName(Math.floor(index / 26) - 1)}${columnName(index % 26)}`;
}

/** `_x0041_` in a text would be read as a character (ECMA-376, 22.9.2.19): its first underscore is written so itself. */
function sheetText(text: string): string {
  return xmlText(text).replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

function cellXml(at: string, cell: SheetValue): string {
  if (cell === undefined) return '';
  if ('text' in cell) {
    if (cell.text === '') return '';
    return `<c r="${at}" s="${CELL_STYLE[cell.style ?? 'text']}" t="inlineStr"><is><t xml:space="preserve">${sheetText(cell.text)}</t></is></c>`;
  }
  return 'days' in cell
    ? `<c r="${at}" s="${CELL_STYLE.date}"><v>${dayNumber(cell.days)}</v></c>`
    : `<c r="${at}" s="${CELL_STYLE[cell.style ?? 'integer']}"><v>${cell.number}</v></c>`;
}

function rowXml(row: number, cells: readonly SheetValue[], attributes = ''): string {
  const inside = cells.map((cell, index) => cellXml(`${columnName(index)}${row}`, cell)).join('');
  return `<row r="${row}"${attributes}>${inside}</row>`;
}

/** Points that a line takes. */
const LINE = 13;
/** A row is no higher than a screen; the cell holds all of its text nevertheless. */
const MOST_LINES = 12;

/** Not every program finds out by itself how many lines a wrapped text takes. */
function heightOf(cells: readonly SheetValue[], columns: readonly Column[]): string {
  let lines = 1;
  for (const [index, cell] of cells.entries())
    if (cell !== undefined && 'text' in cell && cell.style === 'wrapped')
      lines = Math.max(lines, Math.ceil((cell.text.length * 1.15) / (columns[index]?.width ?? 1)));
  return lines === 1 ? '' : ` ht="${Math.min(lines, MOST_LINES) * LINE}" customHeight="1"`;
}

/** Of equal rules for many columns each has a priority of its own. */
function* tintsXml(columns: readonly Column[], first: number): Generator<string> {
  let priority = 1;
  for (const [index, { tints = {}, tintAboveZero }] of columns.entries()) {
    const rules = [
      ...Object.entries(tints).map(
        ([word, tint]) =>
          `<cfRule type="cellIs" dxfId="${DIFFERENTIAL[tint]}" priority="${priority++}" operator="equal"><formula>"${xmlText(word)}"</formula></cfRule>`,
      ),
      ...(tintAboveZero === undefined
        ? []
        : [
            `<cfRule type="cellIs" dxfId="${DIFFERENTIAL[tintAboveZero]}" priority="${priority++}" operator="greaterThan"><formula>0</formula></cfRule>`,
          ]),
    ];
    const name = columnName(index);
    if (rules.length > 0)
      yield `<conditionalFormatting sqref="${name}${first}:${name}${MOST_ROWS}">${rules.join('')}</conditionalFormatting>`;
  }
}

const NAMESPACES =
  'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';

/** A sheet with a frozen head, a filter in it, and colours that follow what cells say. */
export function* sheetXml({ columns, above, rows, hasDrawing }: Sheet): Generator<string> {
  const head = above.length + 1;
  const last = columnName(columns.length - 1);
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet ${NAMESPACES}>`;
  yield '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';
  yield `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${head}" topLeftCell="A${head + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  yield `<cols>${columns.map(({ width }, index) => `<col${xmlAttributes({ min: index + 1, max: index + 1, width, customWidth: 1 })}/>`).join('')}</cols><sheetData>`;
  for (const [index, text] of above.entries())
    yield rowXml(index + 1, [{ text, style: index === 0 ? 'title' : 'text' }]);
  yield `<row r="${head}" ht="${2 * LINE + 4}" customHeight="1">${columns.map(({ title }, index) => `<c r="${columnName(index)}${head}" s="${CELL_STYLE.head}" t="inlineStr"><is><t>${sheetText(title)}</t></is></c>`).join('')}</row>`;
  let row = head;
  for (const cells of rows) {
    if (cells === undefined) {
      yield BREATH;
      continue;
    }
    if (row === MOST_ROWS - 1) {
      row += 1;
      yield rowXml(row, [{ text: 'A sheet ends here: what is left stands in the CSV formats.' }]);
      break;
    }
    row += 1;
    yield rowXml(row, cells, heightOf(cells, columns));
  }
  yield `</sheetData><autoFilter ref="A${head}:${last}${Math.max(row, head + 1)}"/>`;
  yield* tintsXml(columns, head + 1);
  yield '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>';
  yield `${hasDrawing ? '<drawing r:id="rId1"/>' : ''}</worksheet>`;
}
