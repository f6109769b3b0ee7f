import assert from 'node:assert/strict';
import test from 'node:test';
import type { Report } from '../../src/model/report.js';
import { PROMETHEUS_METRICS, prometheus } from '../../src/report/formats/prometheus.js';
import { clean } from '../../src/text/clean.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

function render(report: Report): string {
  return [...prometheus.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };
const LABEL = /(?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>(?:[^"\\\n]|\\["\\n])*)"/g;
const SAMPLE =
  /^(?<name>[a-z_]+)(?:\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*)\})? (?<value>\S+)$/;

/** The text format, read strictly: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function parse(text: string): readonly Sample[] {
  assert.ok(text.endsWith('\n'), 'the last line must end');
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [mark, word, name = '', kind] = line.split(' ');
    if (mark === '#' && word === 'HELP') {
      assert.ok(!seen.has(name), `${name} twice`);
      seen.add(name);
      family = name;
      continue;
    }
    if (mark === '#') {
      assert.deepEqual([word, name, kind], ['TYPE', family, 'gauge']);
      continue;
    }
    const groups = SAMPLE.exec(line)?.groups;
    assert.equal(groups?.['name'], family, line);
    const value = Number(groups?.['value']);
    assert.ok(Number.isFinite(value), line);
    const series = `sample ${line.slice(0, line.lastIndexOf(' '))}`;
    assert.ok(!seen.has(series), `${series} twice`);
    seen.add(series);
    const labels = [...(groups?.['labels'] ?? '').matchAll(LABEL)].map(({ groups: each }) => [
      each?.['label'] ?? '',
      (each?.['text'] ?? '').replace(/\\["\\n]/g, (pair) => UNESCAPED[pair] ?? pair),
    ]);
    samples.push({ name: family, labels: Object.fromEntries(labels), value });
  }
  return samples;
}

function valueOf(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}): number | undefined {
  return samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  )?.value;
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: strictly read, every host stands in it, and the sums are those of the summary`, () => {
    const samples = parse(render(report));
    const ups = samples.filter((sample) => sample.name === 'kernward_host_up');
    assert.deepEqual(
      ups.map(({ labels }) => labels['host']),
      [...report.hosts].map(({ host }) => clean(host)),
    );
    assert.equal(ups.filter(({ value }) => value === 0).length, report.summary.statuses.unreachable);
    const fails = samples.filter((sample) => sample.name === 'kernward_host_fail').length;
    assert.equal(
      fails,
      Object.values(report.summary.fails).reduce((sum, each) => sum + each, 0),
    );
    assert.equal(valueOf(samples, 'kernward_hosts', { status: 'unreachable' }), report.summary.statuses.unreachable);
    for (const sample of samples) assert.ok(PROMETHEUS_METRICS.includes(sample.name));
  });

test('every metric is there, and its name ends in its unit where it has one', () => {
  const text = render(CANONICAL_REPORTS['mixed'] ?? assert.fail());
  for (const metric of PROMETHEUS_METRICS) assert.ok(text.includes(`# TYPE ${metric} gauge\n`), metric);
  assert.doesNotMatch(text, /_(?:ms|milliseconds|minutes|total)\b/);
});

test('nothing that was read from a host is in it', () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const hosts = [...mixed.hosts].map((host) => ({
    ...host,
    ...(host.failure === undefined ? {} : { failure: { code: host.failure.code, detail: 'SECRET' } }),
    verdicts: host.verdicts.map((verdict) => ({
      ...verdict,
      because: 'SECRET',
      evidence: [{ fact: 'SECRET', reading: { state: 'known' as const, value: 'SECRET', raw: 'SECRET' } }],
    })),
  }));
  assert.doesNotMatch(render({ ...mixed, hosts }), /SECRET/);
});

test('the time of success is that of the header, in seconds, and is not there when the run was interrupted', () => {
  const { clean: whole, interrupted } = CANONICAL_REPORTS;
  assert.ok(whole && interrupted);
  assert.equal(
    valueOf(parse(render(whole)), 'kernward_scan_last_success_timestamp_seconds'),
    Date.UTC(2026, 10, 23, 2) / 1000,
  );
  const samples = parse(render(interrupted));
  assert.equal(valueOf(samples, 'kernward_scan_last_success_timestamp_seconds'), undefined);
  assert.equal(valueOf(samples, 'kernward_scan_success'), 0);
});
