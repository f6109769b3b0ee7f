/** The formats of cells, by their place in `cellXfs`. */
export const CELL_STYLE = { text: 1, wrapped: 2, title: 3, head: 4, integer: 5, percent: 6, date: 7 } as const;

/** What a cell is tinted by what it says, by the place in `dxfs`. */
export const DIFFERENTIAL = { critical: 0, high: 1, medium: 2, low: 3, good: 4, unknown: 5 } as const;
export type Tint = keyof typeof DIFFERENTIAL;

/** Ink and ground of each, dark enough on light that both are read in print (4.5 to 1 and more). */
const TINTS: Readonly<Record<Tint, readonly [ink: string, ground: string]>> = {
  critical: ['FFFFFFFF', 'FF9B1C1C'],
  high: ['FF7A1414', 'FFF8D7D7'],
  medium: ['FF6B4700', 'FFFCE8C3'],
  low: ['FF3D4A5C', 'FFE6EBF2'],
  good: ['FF14532D', 'FFD8F0DF'],
  unknown: ['FF4A3B6B', 'FFE8E2F3'],
};

function differential([ink, ground]: readonly [string, string]): string {
  return `<dxf><font><color rgb="${ink}"/></font><fill><patternFill patternType="solid"><fgColor rgb="${ground}"/><bgColor rgb="${ground}"/></patternFill></fill></dxf>`;
}

const TOP = '<alignment vertical="top"/>';

/** Number format 49 is text: what is typed into such a cell anew is not run either. */
export const STYLES_XML = [
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
  '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="0.0%"/></numFmts>',
  '<fonts count="3"><font><sz val="10"/><name val="Calibri"/></font><font><b/><sz val="14"/><name val="Calibri"/></font><font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font></fonts>',
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F3A5F"/><bgColor indexed="64"/></patternFill></fill></fills>',
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
  '<cellXfs count="8">',
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  `<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">${TOP}</xf>`,
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>',
  '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>',
  '<xf numFmtId="49" fontId="2" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>',
  `<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">${TOP}</xf>`,
  `<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">${TOP}</xf>`,
  `<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">${TOP}</xf>`,
  '</cellXfs>',
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
  `<dxfs count="${Object.keys(TINTS).length}">${Object.values(TINTS).map(differential).join('')}</dxfs>`,
  '</styleSheet>',
].join('');
