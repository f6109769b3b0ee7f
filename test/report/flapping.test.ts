import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIFF_FORMATS } from '../../src/report/diff/index.js';
import { FORMATS } from '../../src/report/formats/index.js';
import type { Report } from '../../src/model/report.js';
import { compare } from '../../src/verdict/compare.js';
import { indexBaseline } from '../../src/verdict/drift.js';
import { summarise } from '../../src/verdict/summary.js';
import { night } from '../support/told-runs.js';

const before = night(1, [{ host: 'db1', judged: { 'panic-freezes': 'pass' } }]);
const plain = night(2, [{ host: 'db1', judged: { 'panic-freezes': 'fail' } }]);
const hosts = [...plain.hosts].map((host) => ({
  ...host,
  verdicts: host.verdicts.map((verdict) => (verdict.result === 'fail' ? { ...verdict, flaps: 5 } : verdict)),
}));
const { gate } = plain.header;
const report: Report = { ...plain, hosts, summary: summarise(hosts, { gate, rules: 2, tookMs: 0 }) };
const SAID = 'flaps: 5 changes in 30 days';

function rendered(id: string, of: Report): string {
  return [...(FORMATS.get(id)?.render(of, { includePasses: false, colour: false, columns: 120 }) ?? [])].join('');
}

test('the page and Prometheus tell what flaps, and nothing where nothing does', () => {
  assert.ok(rendered('html', report).includes(SAID));
  assert.match(rendered('prometheus', report), /^kernward_flapping_fails\{severity="high"\} 1$/m);
  assert.ok(!rendered('html', plain).includes('changes in 30 days'));
  assert.doesNotMatch(rendered('prometheus', plain), /^kernward_flapping_fails/m);
});

test('a comparison tells what flaps', () => {
  const diff = compare(indexBaseline(before), report, { gate, from: { old: 'a.json', now: 'b.json' } });
  const of = (id: string): string =>
    [...(DIFF_FORMATS.get(id)?.render(diff, { colour: false, columns: 160 }) ?? [])].join('');
  assert.ok(of('table').includes(SAID));
  assert.ok(of('markdown').includes('5 changes in 30 days'));
  assert.match(of('json'), /"flaps":5/);
});
