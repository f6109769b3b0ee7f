import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import type { Report } from '../../src/model/report.js';
import { STATUS_WORDS } from '../../src/report/status-words.js';
import { xlsx } from '../../src/report/xlsx/xlsx.js';
import { haveTool } from '../support/debian-tool.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { openWorkbooks, readXml } from '../support/spreadsheet.js';

const TREND = Array.from({ length: 7 }, (_, index) => ({
  runId: `run${index}`,
  at: `2026-11-${17 + index}T02:00:00Z`,
  hosts: 14,
  compliant: 4 + index,
  failing: 9 - index,
  unreachable: 1,
  fails: { critical: 6 - index, high: 20 - 2 * index, medium: 14 - index, low: 30, info: 0 },
}));

function withTrend(report: Report): Report {
  return { ...report, summary: { ...report.summary, trend: TREND } };
}

function bytesOf(report: Report): Uint8Array {
  return Buffer.concat([...xlsx(report)]);
}

function partsOf(report: Report): ReadonlyMap<string, string> {
  return new Map(Object.entries(unzipSync(bytesOf(report))).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

const REPORTS = { ...CANONICAL_REPORTS, trend: withTrend(CANONICAL_REPORTS['mixed'] ?? assert.fail('mixed')) };

function isRight(report: Report): void {
  const parts = partsOf(report);
  for (const [name, text] of parts) assert.doesNotMatch(text, /<f>|\p{Cs}/u, name);
  const types = parts.get('[Content_Types].xml') ?? '';
  for (const [, part = ''] of types.matchAll(/PartName="\/([^"]+)"/g)) assert.ok(parts.has(part), part);
  for (const [name, text] of parts)
    for (const [, target = ''] of name.endsWith('.rels') ? text.matchAll(/Target="([^"]+)"/g) : []) {
      const folder = name.replace(/_rels\/[^/]+$/, '');
      const path = new URL(target, `file:///${folder}`).pathname.slice(1);
      assert.ok(parts.has(path), `${name}: ${path}`);
    }
}

for (const [name, report] of Object.entries(REPORTS))
  test(`${name}: every part is there that is named, nothing is a formula, and twice is the same bytes`, () => {
    isRight(report);
    assert.deepEqual(bytesOf(report), bytesOf(report));
  });

test('any report is a workbook', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => isRight(report)),
    { numRuns: 30 },
  );
});

test(
  'every part is XML, whatever a host calls itself',
  { skip: !haveTool(['python3', '--version'], 'python3') },
  () => {
    for (const report of [REPORTS.trend, CANONICAL_REPORTS['hostile'] ?? assert.fail('hostile')])
      readXml(partsOf(report));
  },
);

test('a text that would be read as an escape is kept', () => {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail('mixed');
  const hosts = [...mixed.hosts].map((host) => ({ ...host, host: '_x0041_' }));
  assert.match(partsOf({ ...mixed, hosts }).get('xl/worksheets/sheet2.xml') ?? '', />_x005F_x0041_</);
});

if (haveTool(['soffice', '--version'], 'libreoffice-calc')) {
  const opened = openWorkbooks(
    Object.fromEntries(Object.entries(REPORTS).map(([name, report]) => [name, bytesOf(report)])),
  );

  test('LibreOffice opens each: the sheets are there, no cell is a formula, days and percentages are such', () => {
    for (const [name, report] of Object.entries(REPORTS)) {
      const sheets = opened.get(name) ?? assert.fail(name);
      const wanted = ['Summary', 'Hosts', 'Findings', ...(name === 'trend' ? ['Trend'] : [])];
      assert.deepEqual([...sheets.keys()], wanted);
      const cells = [...sheets.values()].flat(2);
      assert.ok(
        cells.every(({ isFormula }) => !isFormula),
        name,
      );
      const hosts = sheets.get('Hosts') ?? [];
      assert.equal(hosts.length - 1, [...report.hosts].length, name);
      const words = new Set<string>(Object.values(STATUS_WORDS));
      for (const [day, , , state] of hosts.slice(1)) {
        assert.equal(day?.type, 'date');
        assert.ok(words.has(state?.text ?? ''), state?.text);
      }
    }
    const [, ...trend] = opened.get('trend')?.get('Trend') ?? [];
    assert.deepEqual(
      trend.map(([day, hosts, , percent]) => [day?.text, hosts?.value, percent?.type, percent?.text]),
      TREND.map(({ at, hosts, compliant }) => [
        at.slice(0, 10),
        hosts,
        'percentage',
        `${(Math.floor((compliant * 1000) / hosts) / 10).toFixed(1)}%`,
      ]),
    );
  });

  test('a host that is named like a formula is a text in the sheet, to the letter', () => {
    const sheets = opened.get('hostile') ?? assert.fail('hostile');
    const names = (sheets.get('Hosts') ?? []).map(([, host]) => host);
    const formulas = names.filter((cell) => /^[=+@-]/.test(cell?.text ?? ''));
    assert.ok(formulas.length >= 3);
    assert.ok(formulas.every((cell) => cell?.type === 'string'));
  });
}
