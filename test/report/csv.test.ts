import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import * as fc from 'fast-check';
import type { Report } from '../../src/model/report.js';
import { csvRecords, textCell } from '../../src/render/csv.js';
import { CSV_HOSTS_COLUMNS } from '../../src/report/formats/csv-hosts.js';
import { CSV_SUMMARY_COLUMNS } from '../../src/report/formats/csv-summary.js';
import { CSV_COLUMNS } from '../../src/report/formats/csv.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { arbitraryReport, arbitraryText } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { HOSTILE } from '../support/report/hostile.js';
import { parseCsv } from '../support/report/parse-csv.js';
import { haveTool } from '../support/debian-tool.js';

function render(id: 'csv' | 'csv-hosts' | 'csv-summary', report: Report, includePasses = false): string {
  return [...(FORMATS.get(id)?.render(report, { includePasses, colour: false, columns: 80 }) ?? [])].join('');
}

/** What a spreadsheet would run, in any way of splitting: cells by comma or by semicolon, quotes and spaces taken off. */
function wouldRun(cell: string): boolean {
  return (
    !/^-?\d+(\.\d+)?$/.test(cell) &&
    (/^[\t\r\n]/.test(cell) || cell.split(';').some((part) => /^[\s"]*[=+\-@＝＋－＠]/.test(part)))
  );
}

test('what is written is read back, cell by cell', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof(arbitraryText, fc.integer()), { minLength: 2, maxLength: 4 }), {
        minLength: 1,
        maxLength: 4,
      }),
      (rows) => {
        const expected = rows.map((row) =>
          row.map((cell) => (typeof cell === 'number' ? String(cell) : textCell(cell))),
        );
        assert.deepEqual(parseCsv(csvRecords(rows)), expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('no report gives a cell that a spreadsheet runs, a control character or a lone surrogate', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.constantFrom('csv', 'csv-hosts', 'csv-summary'), (report, id) => {
      const text = render(id, report, true);
      assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      for (const cell of parseCsv(text).flat()) assert.ok(!wouldRun(cell), JSON.stringify(cell));
    }),
    { numRuns: 60 },
  );
});

const cells: readonly (readonly [text: string, cell: string])[] = [
  ['-1', '-1'],
  ['-1.5', '-1.5'],
  ['120', '120'],
  ['-1+1', "'-1+1"],
  ['+1', "'+1"],
  ['=1', "'=1"],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠1', "'＠1"],
  ['  @SUM(1)', "'  @SUM(1)"],
  ['\t=1', '\\t=1'],
  ['\r=1', '\\r=1'],
  ['a;=1', "a;'=1"],
  ['a; "=1"', 'a;\' "=1"'],
  ['a=1; b=-1', 'a=1; b=-1'],
  ['kernel-rt', 'kernel-rt'],
  ['two\nlines', 'two\\nlines'],
  ['', ''],
];
for (const [text, cell] of cells)
  test(`${JSON.stringify(text)} stands as ${JSON.stringify(cell)}`, () => assert.equal(textCell(text), cell));

test('a number is never escaped', () => assert.equal(csvRecords([[-1, 0, 2]]), '-1,0,2\r\n'));

test('a cell stays under the 32,767 characters of a spreadsheet', () => {
  for (const text of [
    'x'.repeat(40_000),
    ';='.repeat(20_000),
    '\u0000'.repeat(20_000),
    '1'.repeat(40_000),
    `-${'1'.repeat(40_000)}`,
  ])
    assert.ok(textCell(text).length < 32_767);
});

test('csv has a row per host and rule with passes, and those to act on without', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const all = parseCsv(render('csv', report, true));
      assert.deepEqual(all[0], CSV_COLUMNS);
      assert.equal(all.length - 1, report.hosts.length * report.header.rules.length);
      const acted = parseCsv(render('csv', report));
      const verdicts = report.hosts
        .flatMap((host) => host.verdicts)
        .filter(
          ({ result, drift }) => drift !== undefined || !['pass', 'notapplicable', 'notselected'].includes(result),
        );
      assert.equal(acted.length - 1, verdicts.length);
      for (const row of [...all, ...acted]) assert.equal(row.length, CSV_COLUMNS.length);
    }),
    { numRuns: 40 },
  );
});

test('csv-hosts has a row a host, and its counts add up', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const [head, ...rows] = parseCsv(render('csv-hosts', report));
      assert.deepEqual(head, CSV_HOSTS_COLUMNS);
      const gone = report.header.baseline?.gone ?? [];
      assert.equal(rows.length, report.hosts.length + gone.length);
      const first = CSV_HOSTS_COLUMNS.indexOf('pass');
      for (const row of rows.slice(report.hosts.length)) assert.equal(row[CSV_HOSTS_COLUMNS.indexOf('status')], 'gone');
      for (const row of rows.slice(0, report.hosts.length))
        assert.equal(
          row.slice(first, first + 7).reduce((sum, cell) => sum + Number(cell), 0),
          report.header.rules.length,
        );
    }),
    { numRuns: 40 },
  );
});

test('a host that was not reached stands in both, with the reason', () => {
  const report = CANONICAL_REPORTS['failures'];
  assert.ok(report);
  for (const host of report.hosts) {
    for (const id of ['csv', 'csv-hosts'] as const) {
      const row: readonly string[] = parseCsv(render(id, report)).find(([, name]) => name === host.host) ?? [];
      assert.equal(row[8], host.failure?.code);
      assert.ok(row.some((cell) => cell.includes(host.failure?.detail ?? '?')));
    }
  }
});

function summaryRows(report: Report): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = parseCsv(render('csv-summary', report));
  assert.deepEqual(head, CSV_SUMMARY_COLUMNS);
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [head[index] ?? '', cell])));
}

test('csv-summary: the fleet is what the summary counts, owners add up to it, groups are the groups', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const rows = summaryRows(report);
      const [fleet, ...parts] = rows;
      const { hosts, statuses, fails, waived } = report.summary;
      for (const [name, count] of Object.entries({ hosts, ...statuses, ...fails, waived })) {
        assert.equal(fleet?.[name], String(count), name);
        const owners = parts.filter(({ kind }) => kind === 'owner');
        assert.equal(
          owners.reduce((sum, row) => sum + Number(row[name]), 0),
          count,
          name,
        );
      }
      const groups = parts.filter(({ kind, name }) => kind === 'group' && name !== '');
      assert.deepEqual(
        groups.map((row) => Number(row['hosts'])),
        report.summary.groups.filter(({ group }) => group !== '').map((group) => group.hosts),
      );
    }),
    { numRuns: 40 },
  );
});

const CHANGE = [
  'kind',
  'name',
  'newly_failing',
  'resolved',
  'no_longer_known',
  'change',
  'new_hosts',
  'oldest_finding_days',
  'gone_hosts',
] as const;
function changes(name: string): readonly string[] {
  return summaryRows(CANONICAL_REPORTS[name] ?? assert.fail()).map((row) =>
    CHANGE.map((column) => row[column]).join(' '),
  );
}

test('csv-summary: what changed and how old it is, and empty cells where nobody can know', () => {
  assert.deepEqual(changes('clean'), ['fleet all       ', 'group web       ', 'owner team-a       ']);
  assert.deepEqual(changes('drifted'), [
    'fleet all 2 1 6 1 1 22 2',
    'group web 2 1 6 1 1 22 ',
    'owner team-a 2 1 6 1 1 22 ',
  ]);
});

function picked(id: 'csv' | 'csv-hosts', name: string, columns: readonly string[]): readonly string[] {
  const [head = [], ...rows] = parseCsv(render(id, CANONICAL_REPORTS[name] ?? assert.fail()));
  return rows.map((row) => columns.map((column) => row[head.indexOf(column)] ?? assert.fail(column)).join(' '));
}

test('csv-hosts: what changed on each host, and a row for each that is gone', () => {
  const columns = ['host', 'status', 'is_new', 'newly_failing', 'still_failing', 'resolved', 'no_longer_known'];
  assert.deepEqual(picked('csv-hosts', 'drifted', columns), [
    'web01.example.com failing no 1 1 1 1',
    'web02.example.com clean no 0 1 0 0',
    'web03.example.com failing yes 1 0 0 0',
    'web04.example.com unreachable no 0 0 0 5',
    'db9.example.com gone     ',
    'web99.example.com gone     ',
  ]);
  assert.deepEqual(picked('csv-hosts', 'clean', columns), ['web01.example.com clean     ']);
});

test('csv: a waiver has its owner and approver, and what was resolved has its row', () => {
  const columns = ['host', 'result', 'drift', 'since', 'waiver_owner', 'waiver_approved_by'];
  const rows = picked('csv', 'drifted', columns);
  assert.ok(rows.includes('web01.example.com pass resolved   '));
  assert.ok(
    rows.includes('web02.example.com fail still-failing 2026-11-01T02:00:00Z dba@example.org risk@example.org'),
  );
});

const skip = !haveTool(['python3', '-c', 'import csv'], 'python3') && 'python3 is not installed';
const PYTHON_READER = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode('utf-8')
csv.field_size_limit(1 << 30)
print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))
`;

test("Python's csv module reads the same cells", { skip }, () => {
  for (const [name, report] of Object.entries(CANONICAL_REPORTS))
    for (const id of ['csv', 'csv-hosts', 'csv-summary'] as const) {
      const text = render(id, report, true);
      const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON_READER], {
        input: text,
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      assert.equal(stderr, '', name);
      assert.deepEqual(JSON.parse(stdout), parseCsv(text), name);
    }
});

test('no canonical hostile text survives as a formula', () => {
  for (const text of Object.values(HOSTILE)) assert.ok(!wouldRun(textCell(text)), JSON.stringify(text));
});
