import { xmlAttributes, xmlText } from '../../render/xml.js';
import { chartXml, drawingXml, type LineChart } from './chart.js';
import { sheetXml, type Sheet } from './sheet.js';
import { STYLES_XML } from './styles.js';
import { zipped, type ArchivedFile } from './zip.js';

/** A sheet, perhaps with a chart on it. */
export interface SheetPage extends Omit<Sheet, 'hasDrawing'> {
  readonly chart?: LineChart;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument';

function relations(all: readonly (readonly [type: string, target: string])[]): string {
  const each = all.map(
    ([type, target], index) =>
      `<Relationship${xmlAttributes({ Id: `rId${index + 1}`, Type: `${OFFICE}/${type}`, Target: target })}/>`,
  );
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

function contentTypes(pages: readonly SheetPage[]): string {
  const parts: readonly (readonly [string, string])[] = [
    ['/xl/workbook.xml', 'spreadsheetml.sheet.main+xml'],
    ['/xl/styles.xml', 'spreadsheetml.styles+xml'],
    ...pages.flatMap(({ chart }, index): readonly (readonly [string, string])[] => [
      [`/xl/worksheets/sheet${index + 1}.xml`, 'spreadsheetml.worksheet+xml'],
      ...(chart === undefined
        ? []
        : ([
            [`/xl/drawings/drawing${index + 1}.xml`, 'drawing+xml'],
            [`/xl/charts/chart${index + 1}.xml`, 'drawingml.chart+xml'],
          ] as const)),
    ]),
  ];
  const overrides = parts.map(
    ([part, type]) => `<Override${xmlAttributes({ PartName: part, ContentType: `${TYPE}.${type}` })}/>`,
  );
  return `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join('')}</Types>`;
}

function workbookXml(pages: readonly SheetPage[]): string {
  const sheets = pages.map(
    ({ name }, index) => `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${sheets.join('')}</sheets></workbook>`;
}

function one(name: string, text: string): ArchivedFile {
  return { name, text: [text] };
}

function* entriesOf(pages: readonly SheetPage[]): Generator<ArchivedFile> {
  yield one('[Content_Types].xml', contentTypes(pages));
  yield one('_rels/.rels', relations([['officeDocument', 'xl/workbook.xml']]));
  yield one('xl/workbook.xml', workbookXml(pages));
  yield one(
    'xl/_rels/workbook.xml.rels',
    relations([
      ...pages.map((_, index) => ['worksheet', `worksheets/sheet${index + 1}.xml`] as const),
      ['styles', 'styles.xml'],
    ]),
  );
  yield one('xl/styles.xml', STYLES_XML);
  for (const [index, { chart, ...page }] of pages.entries()) {
    const number = index + 1;
    yield { name: `xl/worksheets/sheet${number}.xml`, text: sheetXml({ ...page, hasDrawing: chart !== undefined }) };
    if (chart === undefined) continue;
    yield one(
      `xl/worksheets/_rels/sheet${number}.xml.rels`,
      relations([['drawing', `../drawings/drawing${number}.xml`]]),
    );
    yield one(
      `xl/drawings/drawing${number}.xml`,
      drawingXml([page.columns.length + 1, 1], [page.columns.length + 12, 24]),
    );
    yield one(`xl/drawings/_rels/drawing${number}.xml.rels`, relations([['chart', `../charts/chart${number}.xml`]]));
    yield one(`xl/charts/chart${number}.xml`, chartXml(chart));
  }
}

/** A workbook as bytes, while its rows are made. @see ECMA-376, parts 1 and 2 */
export function workbook(pages: readonly SheetPage[]): Iterable<Uint8Array> {
  return zipped(entriesOf(pages));
}
