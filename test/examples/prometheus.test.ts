/** The alerts and the dashboard of examples/: by promtool, by Grafana's types, and against what the exporter writes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROMETHEUS_METRICS, prometheus } from '../../src/report/formats/prometheus.js';
import { HOST_STATUSES, WAIVER_STATES } from '../../src/model/report.js';
import { DRIFTS, RESULTS, SEVERITIES } from '../../src/model/verdict.js';
import { readYaml } from '../../src/text/yaml/load.js';
import { unpackedFolder } from '../support/debian-packages.js';
import { isHere } from '../support/debian-tool.js';
import { grafanaSchema } from '../support/grafana-schema.js';
import { asTyped } from '../support/typed-value.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const ALERTS = join('examples', 'prometheus', 'kernward.rules.yml');
const DASHBOARD = join('examples', 'grafana', 'kernward.json');

const PROMTOOL = join(unpackedFolder('prometheus') ?? '/', 'usr', 'bin', 'promtool');
const skip = isHere(existsSync(PROMTOOL), 'promtool', 'prometheus') ? false : 'promtool is not here';

function promtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { encoding: 'utf8', input, timeout: within(120_000) });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}
const dashboard: Dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8'));

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
}
function isRules(value: unknown): value is Rules {
  return typeof value === 'object' && value !== null && 'groups' in value;
}
function alerts(): Rules['groups'][number]['rules'] {
  const { value } = readYaml(readFileSync(ALERTS, 'utf8'), ALERTS);
  assert.ok(isRules(value?.value));
  return value.value.groups.flatMap(({ rules }) => rules);
}

/** What a query of a panel is when it is asked: variables of Grafana stand for any value. */
function asAsked(expr: string): string {
  return expr.replaceAll(/\$\{?\w+\}?/g, '.*');
}

/** Queries of the values of a variable: `label_values(METRIC, LABEL)`. */
function variableQueries(): readonly string[] {
  return dashboard.templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
}

test('promtool takes the alerts, and each is raised when it should and not otherwise', { skip }, () => {
  promtool(['check', 'rules', '--lint=all', '--lint-fatal', ALERTS]);
  promtool(['test', 'rules', join('examples', 'prometheus', 'kernward.rules.test.yml')]);
});

test('every alert has a test in which it is raised, and one in which it is not', () => {
  const tests = readFileSync(join('examples', 'prometheus', 'kernward.rules.test.yml'), 'utf8');
  for (const { alert } of alerts()) {
    assert.match(tests, new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`), alert);
    assert.match(tests, new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`), alert);
  }
});

test('promtool takes every query of the dashboard', { skip }, () => {
  const folder = scratch();
  const file = join(folder, 'queries.yml');
  const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => asAsked(expr)));
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  promtool(['check', 'rules', file]);
  rmSync(folder, { recursive: true });
});

test('promtool finds nothing to say of the metrics that are written', { skip }, () => {
  for (const [name, report] of Object.entries(CANONICAL_REPORTS)) {
    if (name === 'hostile') continue;
    const text = [...prometheus.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
    assert.equal(promtool(['check', 'metrics'], text), '', name);
  }
});

/** Of every metric its labels, each with the values that are a closed list. */
function written(): ReadonlyMap<string, ReadonlyMap<string, Set<string>>> {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const report of Object.values(CANONICAL_REPORTS)) {
    const text = [...prometheus.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
    for (const [, name = '', labels = ''] of text.matchAll(/^(kernward_\w+)(?:\{(.*)\})? \S+$/gm)) {
      const known = metrics.get(name) ?? new Map<string, Set<string>>();
      metrics.set(name, known);
      for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
        known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}

/** Labels that Prometheus adds. */
const OF_THE_TARGET = ['job', 'instance'];
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  status: HOST_STATUSES,
  severity: SEVERITIES,
  result: RESULTS,
  state: WAIVER_STATES,
  drift: DRIFTS,
};

function checkQuery(expr: string, metrics: ReturnType<typeof written>): void {
  const named = [...expr.matchAll(/\b(kernward_\w+)(?:\{([^}]*)\})?/g)];
  assert.ok(named.length > 0, expr);
  for (const [, metric = '', matchers = ''] of named) {
    assert.ok(PROMETHEUS_METRICS.includes(metric), `${metric} is not written: ${expr}`);
    const labels = metrics.get(metric) ?? new Map<string, Set<string>>();
    for (const [, label = '', operator = '', value = ''] of matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)) {
      if (OF_THE_TARGET.includes(label)) continue;
      assert.ok(labels.has(label), `${metric} has no label ${label}: ${expr}`);
      if (value === '' || value.includes('$')) continue;
      const known = CLOSED[label] ?? [...(labels.get(label) ?? [])];
      for (const each of operator.endsWith('~') ? value.split('|') : [value])
        assert.ok(known.includes(each), `${metric}{${label}} is never ${each}: ${expr}`);
    }
    const grouped = [...expr.matchAll(/\b(?:by|without|ignoring) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(/,\s*/),
    );
    const all = named.flatMap(([, each = '']) => [...(metrics.get(each)?.keys() ?? [])]);
    for (const label of grouped) assert.ok(all.includes(label), `nothing in it has a label ${label}: ${expr}`);
  }
}

test('every metric, label and value in alerts and dashboard is one that is written', () => {
  const metrics = written();
  for (const { expr } of alerts()) checkQuery(expr, metrics);
  for (const { targets = [], title } of dashboard.panels)
    for (const { expr, legendFormat } of targets) {
      checkQuery(expr, metrics);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        assert.ok(
          new RegExp(`\\b${label}\\b`).test(expr) || metrics.get(/kernward_\w+/.exec(expr)?.[0] ?? '')?.has(label),
          `${title}: ${label}`,
        );
    }
  for (const query of variableQueries()) {
    const [, metric = '', label = ''] = /^label_values\((kernward_\w+)(?:\{[^}]*\})?, (\w+)\)$/.exec(query) ?? [];
    assert.ok(PROMETHEUS_METRICS.includes(metric), query);
    assert.ok(OF_THE_TARGET.includes(label) || metrics.get(metric)?.has(label), query);
  }
  assert.throws(() => checkQuery('kernward_hosts{status="compliant"}', metrics));
  assert.throws(() => checkQuery('kernward_host{status="clean"}', metrics));
  assert.throws(() => checkQuery('sum by (owner) (kernward_hosts)', metrics));
});

test('no two panels are one above the other, and each has a number of its own', () => {
  const seen = new Map<string, string>();
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  for (const { title, gridPos } of dashboard.panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.equal(seen.get(`${x} ${y}`), undefined, `${title} lies on ${seen.get(`${x} ${y}`)}`);
        seen.set(`${x} ${y}`, title);
      }
  }
});

test("the dashboard is one by Grafana's own types", () => {
  const types = grafanaSchema();
  if (types === undefined) return;
  const compiled = (text: string): string =>
    asTyped({ from: './schema.js', name: 'Dashboard' }, [text], { 'schema.d.ts': types });
  const text = readFileSync(DASHBOARD, 'utf8');
  assert.equal(compiled(text), '');
  assert.match(compiled(text.replace('"gridPos"', '"gridPosition"')), /gridPosition/);
});
