import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readReport } from '../../../src/cli/input/report-file.js';
import type { HostReport, Report, Summary } from '../../../src/model/report.js';
import { CANONICAL_REPORTS } from '../../support/report/canonical.js';
import { canonical, render } from '../../support/saved-report.js';
import { kernwardWarm } from '../../support/warm/commands.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-saved-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As kernward lays it out, in both formats, and as another program would. */
const LAYOUTS: Readonly<Record<string, (report: Report) => string>> = {
  json: (report) => render('json', report),
  jsonl: (report) => render('jsonl', report),
  'json laid out anew': (report) => JSON.stringify(JSON.parse(render('json', report)), undefined, 2),
};

function saved(text: string): string {
  const file = join(folder, 'report');
  writeFileSync(file, text);
  return file;
}

type Edit = (report: Report) => Report;
function ofHosts(change: (host: HostReport) => HostReport): Edit {
  return (report) => ({ ...report, hosts: [...report.hosts].map(change) });
}
function ofSummary(change: Partial<Summary>): Edit {
  return (report) => ({ ...report, summary: { ...report.summary, ...change } });
}

/** Lies that would let a run pass, told in one place only. */
const LIES: readonly (readonly [string, Edit])[] = [
  [
    'every fail is a pass',
    ofHosts((host) => ({
      ...host,
      verdicts: host.verdicts.map((verdict) => (verdict.result === 'fail' ? { ...verdict, result: 'pass' } : verdict)),
    })),
  ],
  [
    'every fail is low',
    ofHosts((host) => ({
      ...host,
      verdicts: host.verdicts.map((verdict) => (verdict.result === 'fail' ? { ...verdict, severity: 'low' } : verdict)),
    })),
  ],
  ['every host is clean', ofHosts((host) => ({ ...host, status: 'clean' }))],
  [
    'no result is a fail in the summary',
    (report) => ofSummary({ results: { ...report.summary.results, fail: 0 } })(report),
  ],
  ['all hosts are covered', (report) => ofSummary({ coveredHosts: report.summary.hosts, gateUndecided: 0 })(report)],
  [
    'no host is unreachable in the summary',
    (report) =>
      ofSummary({
        statuses: {
          ...report.summary.statuses,
          unreachable: 0,
          clean: report.summary.statuses.clean + report.summary.statuses.unreachable,
        },
      })(report),
  ],
];

for (const [layout, write] of Object.entries(LAYOUTS)) {
  for (const name of Object.keys(CANONICAL_REPORTS))
    test(`${layout}: ${name} is what was written`, () => {
      const report = canonical(name);
      const { value, diagnostics } = readReport(saved(write(report)));
      assert.deepEqual(diagnostics, []);
      assert.ok(value);
      assert.equal(render('json', value), render('json', report));
    });

  for (const [lie, edit] of LIES)
    test(`${layout}: where ${lie}, the report is refused`, () => {
      const { value, diagnostics } = readReport(saved(write(edit(canonical('mixed')))));
      assert.equal(value, undefined);
      assert.ok(diagnostics.length > 0);
      for (const { code } of diagnostics) assert.equal(code, 'report/inconsistent');
    });

  test(`${layout}: the exit code and the sentence are those of the verdicts, whatever the file says`, () => {
    const report = canonical('mixed');
    assert.notEqual(report.summary.exitCode, 0);
    const { value } = readReport(saved(write(ofSummary({ exitCode: 0, verdict: 'compliant: all is well' })(report))));
    assert.deepEqual(
      [value?.summary.exitCode, value?.summary.verdict],
      [report.summary.exitCode, report.summary.verdict],
    );
  });
}

async function statusOf(report: Report): Promise<number | null> {
  return (await kernwardWarm(folder, 'report', saved(render('json', report)))).status;
}

test('the command refuses an edited report with 2, and gives its own exit code where only that was edited', async () => {
  const report = canonical('mixed');
  assert.equal(await statusOf(report), report.summary.exitCode);
  assert.equal(await statusOf(ofSummary({ exitCode: 0 })(report)), report.summary.exitCode);
  for (const [, edit] of LIES) assert.equal(await statusOf(edit(report)), 2);
});
