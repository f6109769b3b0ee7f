import assert from 'node:assert/strict';
import test from 'node:test';
import { FORMATS } from '../../src/report/formats/index.js';
import { haveTool } from '../support/debian-tool.js';
import { openInSpreadsheet, type SheetCell } from '../support/spreadsheet.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { parseCsv } from '../support/report/parse-csv.js';

const CSV_FORMATS = ['csv', 'csv-hosts', 'csv-summary', 'csv-groups'] as const;

/** What kernward must never write: shows that a formula would be seen, and what opens as what. */
const CONTROL = 'a,b,c\r\n=1+1,"two\nlines",Zürich 日本\r\n-1,007,"=HYPERLINK(""http://192.0.2.66"")"\r\n';

function isNumber(cell: string): boolean {
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(cell);
}
function isDay(cell: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(cell);
}
/** A day is a date; a time such as `2026-11-23T02:00:00Z` stays the text that it is. */
function asExpected(wanted: string, { type, value, text }: SheetCell): boolean {
  if (wanted === '') return type === 'empty' && text === '';
  if (isDay(wanted)) return type === 'date' && text === wanted;
  return isNumber(wanted) ? type === 'float' && value === Number(wanted) : type === 'string' && text === wanted;
}

/** At the end of a row LibreOffice keeps no empty cells. */
function padded(row: readonly SheetCell[], width: number): readonly SheetCell[] {
  return [
    ...row,
    ...Array.from({ length: Math.max(0, width - row.length) }, (): SheetCell => ({
      type: 'empty',
      text: '',
      isFormula: false,
    })),
  ];
}

if (haveTool(['soffice', '--version'], 'libreoffice-calc')) {
  const written = new Map<string, string>();
  for (const id of CSV_FORMATS)
    for (const [name, report] of Object.entries(CANONICAL_REPORTS))
      for (const csvBom of [false, true])
        written.set(
          `${id} ${name}${csvBom ? ' bom' : ''}`,
          [
            ...(FORMATS.get(id) ?? assert.fail()).render(report, {
              includePasses: true,
              csvBom,
              colour: false,
              columns: 80,
            }),
          ].join(''),
        );
  const opened = openInSpreadsheet({ ...Object.fromEntries(written), control: CONTROL });

  test('the control: LibreOffice runs a formula, and this test sees it', () => {
    const [, second, third] = opened.get('control') ?? [];
    assert.deepEqual(
      second?.map(({ text, isFormula }) => [text, isFormula]),
      [
        ['2', true],
        ['two\nlines', false],
        ['Zürich 日本', false],
      ],
    );
    assert.deepEqual(
      third?.map(({ type, isFormula }) => [type, isFormula]),
      [
        ['float', false],
        ['float', false],
        ['string', true],
      ],
    );
  });

  for (const [name, text] of written)
    test(`LibreOffice opens ${name} cell by cell, and runs nothing`, () => {
      const records = parseCsv(text.replace(/^\ufeff/, ''));
      const rows = opened.get(name) ?? assert.fail();
      assert.equal(rows.length, records.length);
      for (const [index, record] of records.entries()) {
        const cells = padded(rows[index] ?? [], record.length);
        assert.equal(cells.length, record.length);
        for (const [column, wanted] of record.entries()) {
          const cell = cells[column] ?? assert.fail();
          assert.ok(!cell.isFormula, `row ${index + 1}, column ${column + 1}: a formula`);
          assert.ok(
            asExpected(wanted, cell),
            `row ${index + 1}, column ${column + 1}: ${JSON.stringify(wanted.slice(0, 200))} became ${JSON.stringify(cell).slice(0, 300)}`,
          );
        }
      }
    });

  test('the hostile report holds every text that has hurt somebody', () => {
    const text = written.get('csv hostile') ?? '';
    assert.ok(text.includes("'=HYPERLINK") && text.includes('日本語') && text.includes('one\\r\\ntwo'));
  });
}
