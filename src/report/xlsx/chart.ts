import { xmlText } from '../../render/xml.js';
import { columnName } from './sheet.js';

/** A line of the chart: a column of the sheet. */
export interface Series {
  readonly title: string;
  readonly column: number;
  /** RGB. */
  readonly colour: string;
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  readonly sheet: string;
  /** The first row below the head. */
  readonly firstRow: number;
  /** The days of the first column, as spreadsheets count them. */
  readonly days: readonly number[];
  readonly series: readonly Series[];
}

const CHART = 'http://schemas.openxmlformats.org/drawingml/2006/chart';
const MAIN = 'http://schemas.openxmlformats.org/drawingml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DAY = 'yyyy\\-mm\\-dd';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

function points(values: readonly (string | number)[]): string {
  return `<c:ptCount val="${values.length}"/>${values.map((value, index) => `<c:pt idx="${index}"><c:v>${xmlText(String(value))}</c:v></c:pt>`).join('')}`;
}

function seriesXml(
  { sheet, firstRow, days }: LineChart,
  { title, column, colour, values }: Series,
  index: number,
): string {
  const range = (at: string): string => `'${sheet}'!$${at}$${firstRow}:$${at}$${firstRow + days.length - 1}`;
  return [
    `<c:ser><c:idx val="${index}"/><c:order val="${index}"/>`,
    `<c:tx><c:strRef><c:f>'${sheet}'!$${columnName(column)}$${firstRow - 1}</c:f><c:strCache>${points([title])}</c:strCache></c:strRef></c:tx>`,
    `<c:spPr><a:ln w="28575"><a:solidFill><a:srgbClr val="${colour}"/></a:solidFill></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr><a:solidFill><a:srgbClr val="${colour}"/></a:solidFill></c:spPr></c:marker>`,
    `<c:cat><c:numRef><c:f>${range('A')}</c:f><c:numCache><c:formatCode>${DAY}</c:formatCode>${points(days)}</c:numCache></c:numRef></c:cat>`,
    `<c:val><c:numRef><c:f>${range(columnName(column))}</c:f><c:numCache><c:formatCode>General</c:formatCode>${points(values)}</c:numCache></c:numRef></c:val>`,
    '<c:smooth val="0"/></c:ser>',
  ].join('');
}

function axis(kind: 'catAx' | 'valAx', id: number, crosses: number, position: 'b' | 'l'): string {
  const grid = kind === 'valAx' ? '<c:majorGridlines/>' : '';
  const scale = kind === 'valAx' ? '<c:min val="0"/>' : '';
  const end =
    kind === 'catAx'
      ? '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/>'
      : '<c:crossBetween val="between"/>';
  return `<c:${kind}><c:axId val="${id}"/><c:scaling><c:orientation val="minMax"/>${scale}</c:scaling><c:delete val="0"/><c:axPos val="${position}"/>${grid}<c:numFmt formatCode="${kind === 'catAx' ? DAY : 'General'}" sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="${crosses}"/><c:crosses val="autoZero"/>${end}</c:${kind}>`;
}

/** A chart of lines over days. @see ECMA-376, part 1, 21.2 */
export function chartXml(chart: LineChart): string {
  return [
    `${HEAD}<c:chartSpace xmlns:c="${CHART}" xmlns:a="${MAIN}" xmlns:r="${RELATIONS}"><c:roundedCorners val="0"/><c:chart>`,
    `<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1200" b="1"/></a:pPr><a:r><a:rPr lang="en-US" sz="1200" b="1"/><a:t>${xmlText(chart.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>`,
    '<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>',
    ...chart.series.map((series, index) => seriesXml(chart, series, index)),
    '<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>',
    axis('catAx', 1, 2, 'b'),
    axis('valAx', 2, 1, 'l'),
    '</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>',
  ].join('');
}

function corner(name: 'from' | 'to', [column, row]: readonly [number, number]): string {
  return `<xdr:${name}><xdr:col>${column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:${name}>`;
}

/** Where it stands on the sheet: from a cell to a cell, both counted from 0. */
export function drawingXml(
  from: readonly [column: number, row: number],
  to: readonly [column: number, row: number],
): string {
  return `${HEAD}<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="${MAIN}"><xdr:twoCellAnchor>${corner('from', from)}${corner('to', to)}<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="Trend"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="${CHART}"><c:chart xmlns:c="${CHART}" xmlns:r="${RELATIONS}" r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>`;
}
