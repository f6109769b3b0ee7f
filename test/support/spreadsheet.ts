import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { within } from './within.js';

/** A cell as LibreOffice has it after it opened a file: what type it took it for, and what it shows. */
export interface SheetCell {
  readonly type: string;
  /** Of a number. */
  readonly value?: number;
  readonly text: string;
  readonly isFormula: boolean;
}

/**
 * Comma, quote, UTF-8, from the first line, no special numbers; formulas are evaluated, which is the most dangerous choice.
 * @see https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html
 */
const IMPORT_FILTER = 'CSV:44,34,76,1,,0,false,false,false,false,false,-1,true';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (_, hex: string | undefined, decimal: string | undefined, name: string | undefined) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (ENTITIES[name] ?? assert.fail(name)),
  );
}

function paragraphs(xml: string): string {
  return [...xml.matchAll(/<text:p(?:\/>|>(.*?)<\/text:p>)/gs)]
    .map(([, inside = '']) =>
      unescaped(
        inside
          .replaceAll(/<text:s(?: text:c="(\d+)")?\/>/g, (_, count: string | undefined) =>
            ' '.repeat(Number(count ?? 1)),
          )
          .replaceAll(/<[^>]*>/g, ''),
      ),
    )
    .join('\n');
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
}

function repeated<Item>(item: Item, times = '1'): readonly Item[] {
  return Array.from({ length: Number(times) }, () => item);
}

function cellsOf(row: string): readonly SheetCell[] {
  return [...row.matchAll(/<table:table-cell\b([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs)].flatMap(
    ([, attributes = '', inside = '']) => {
      const value = attribute(attributes, 'office:value');
      const cell: SheetCell = {
        type: attribute(attributes, 'office:value-type') ?? 'empty',
        ...(value === undefined ? {} : { value: Number(value) }),
        text: paragraphs(inside),
        isFormula: attribute(attributes, 'table:formula') !== undefined,
      };
      return repeated(cell, attribute(attributes, 'table:number-columns-repeated'));
    },
  );
}

function rowsOf(document: string): readonly (readonly SheetCell[])[] {
  return [...document.matchAll(/<table:table-row\b([^>]*)>(.*?)<\/table:table-row>/gs)].flatMap(
    ([, attributes = '', inside = '']) =>
      // A workbook's last rows are empty ones without end.
      Number(attribute(attributes, 'table:number-rows-repeated') ?? 1) > 10_000
        ? []
        : repeated(cellsOf(inside), attribute(attributes, 'table:number-rows-repeated')),
  );
}

type Rows = readonly (readonly SheetCell[])[];

/** Converts every file to LibreOffice's flat XML in one start, without a window. */
function converted(
  files: Readonly<Record<string, string | Uint8Array>>,
  more: readonly string[],
): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-sheet-'));
  try {
    mkdirSync(join(folder, 'in'));
    const names = Object.keys(files);
    for (const name of names) writeFileSync(join(folder, 'in', name), files[name] ?? '');
    const { status, stderr } = spawnSync(
      'soffice',
      [
        `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`,
        '--headless',
        '--convert-to',
        'fods',
        ...more,
        '--outdir',
        join(folder, 'out'),
        ...names.map((name) => join(folder, 'in', name)),
      ],
      { encoding: 'utf8', timeout: within(240_000) },
    );
    assert.equal(status, 0, stderr);
    return new Map(
      names.map((name) => [name, readFileSync(join(folder, 'out', name.replace(/\.\w+$/, '.fods')), 'utf8')]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sheets of each workbook (XLSX), by name. */
export function openWorkbooks(
  workbooks: Readonly<Record<string, Uint8Array>>,
): ReadonlyMap<string, ReadonlyMap<string, Rows>> {
  const files = Object.fromEntries(Object.entries(workbooks).map(([name, bytes]) => [`${name}.xlsx`, bytes]));
  return new Map(
    [...converted(files, [])].map(([file, document]) => [
      file.replace(/\.xlsx$/, ''),
      new Map(
        // A chart has a table of its own within its frame.
        [
          ...document
            .replaceAll(/<draw:frame\b.*?<\/draw:frame>/gs, '')
            .matchAll(/<table:table table:name="([^"]*)"[^>]*>(.*?)<\/table:table>/gs),
        ].map(([, name = '', inside = '']) => [unescaped(name), withoutEmptyRows(rowsOf(inside))]),
      ),
    ]),
  );
}

function withoutEmptyRows(rows: Rows): Rows {
  const last = rows.findLastIndex((row) => row.some(({ type }) => type !== 'empty'));
  return rows.slice(0, last + 1);
}

/** Reads each text by a real reader of XML, Python's. */
export function readXml(parts: ReadonlyMap<string, string>): void {
  const script =
    'import json,sys,xml.dom.minidom\nfor name, text in json.load(sys.stdin): xml.dom.minidom.parseString(text.encode())';
  const { status, stderr } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify([...parts]),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
}

/** What a spreadsheet makes of each text that ends in .csv: all of them in one start of LibreOffice, without a window. */
export function openInSpreadsheet(files: Readonly<Record<string, string>>): ReadonlyMap<string, Rows> {
  const texts = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${name}.csv`, text]));
  return new Map(
    [...converted(texts, [`--infilter=${IMPORT_FILTER}`])].map(([file, document]) => [
      file.replace(/\.csv$/, ''),
      rowsOf(document),
    ]),
  );
}
