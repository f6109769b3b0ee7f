import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Gate, Report } from '../../src/model/report.js';
import { SEVERITIES } from '../../src/model/verdict.js';
import { byGate } from '../../src/verdict/host-status.js';
import { summarise } from '../../src/verdict/summary.js';
import { savedRun } from '../../src/verdict/summary-of-saved.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import {
  compliantPercentOf,
  COUNTING_FORMATS,
  type FormatId,
  READ,
  rendered,
  type Said,
} from '../support/report/said-counts.js';

/** No two sentences of the outputs of one report contradict each other. */

const ENDINGS: Readonly<Record<FormatId, string>> = {
  table: 'txt',
  html: 'html',
  markdown: 'md',
  'csv-hosts': 'hosts.csv',
  'csv-summary': 'summary.csv',
  prometheus: 'prom',
  json: 'json',
};

/** The verdict's own numbers, where it has any, beside those that a format says. */
function agreesWithVerdict(verdict: string, said: Said, isPlainGate: boolean): void {
  const failing = /^not compliant: \d+ unwaived fails? .*? on (\d+) hosts?/.exec(verdict)?.[1];
  if (failing !== undefined && isPlainGate) assert.equal(said.failing, Number(failing), verdict);
  const unreached = /(\d+) hosts? (?:was|were) not reached/.exec(verdict)?.[1];
  if (unreached !== undefined) assert.equal(said['not reached'], Number(unreached), verdict);
  if (verdict.startsWith('compliant: '))
    assert.deepEqual(
      [said.failing, said.undecided, said.unchecked, said['not reached']],
      [0, 0, 0, 0],
      `${verdict}, and a host does not comply`,
    );
  if (said.failing > 0) assert.doesNotMatch(verdict, /nothing fails/);
}

function agree(texts: ReadonlyMap<FormatId, string>, { header, summary }: Report): void {
  const [first] = texts;
  assert.ok(first);
  const expected = READ[first[0]](first[1]);
  const isPlainGate = header.gate.failOnNew !== true && (header.gate.maxFailing ?? []).length === 0;
  for (const [id, text] of texts) {
    const said = READ[id](text);
    assert.deepEqual(said, expected, `${id} and ${first[0]}`);
    agreesWithVerdict(summary.verdict, said, isPlainGate);
  }
  const { hosts, lesser, clean } = expected;
  const percent = compliantPercentOf(texts.get('csv-summary') ?? '');
  assert.equal(
    percent,
    hosts === 0 || header.gate.failOn === 'never' ? undefined : Math.floor(((lesser + clean) * 1000) / hosts) / 10,
  );
  const headline = /<h1[^>]*>([^<]*)</.exec(texts.get('html') ?? '')?.[1] ?? '';
  if (headline.startsWith('Compliant')) assert.equal(lesser + clean, hosts, headline);
  if (headline === 'Compliant') assert.equal(clean, hosts);
  if (headline.startsWith('Not compliant') && isPlainGate)
    assert.ok(expected.failing > 0 || /groups/.test(summary.verdict));
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS).filter(([each]) => each !== 'hostile'))
  test(`the golden files of ${name} say the same`, () => {
    const texts = new Map(
      COUNTING_FORMATS.map((id) => [id, readFileSync(`test/golden/${name}.${ENDINGS[id]}`, 'utf8')] as const),
    );
    agree(texts, report);
  });

function throughGate(report: Report, gate: Gate): Report {
  const hosts = [...report.hosts].map((host) => byGate(host, gate));
  const { header } = report;
  return { header: { ...header, gate }, hosts, summary: summarise(hosts, { ...savedRun(report), gate }) };
}

for (const failOn of [...SEVERITIES, 'never'] as const)
  for (const more of [{}, { failOnNew: true }, { maxFailing: [{ percent: 100 }] }, { minCoverage: 10 }])
    test(`all formats say the same at the gate ${failOn} ${JSON.stringify(more)}`, () => {
      for (const [name, report] of Object.entries(CANONICAL_REPORTS)) {
        if (name === 'hostile') continue;
        const seen = throughGate(report, { ...report.header.gate, failOn, maxFailing: [], failOnNew: false, ...more });
        agree(new Map(COUNTING_FORMATS.map((id) => [id, rendered(id, seen)] as const)), seen);
      }
    });
