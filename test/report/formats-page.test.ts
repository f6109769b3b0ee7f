import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { CSV_GROUPS_COLUMNS } from '../../src/report/formats/csv-groups.js';
import { CSV_HOSTS_COLUMNS } from '../../src/report/formats/csv-hosts.js';
import { CSV_SUMMARY_COLUMNS } from '../../src/report/formats/csv-summary.js';
import { CSV_COLUMNS } from '../../src/report/formats/csv.js';
import { FORMAT_NAMES } from '../../src/report/formats/names.js';
import { PROMETHEUS_METRICS } from '../../src/report/formats/prometheus.js';

const page = readFileSync(join(process.cwd(), 'docs/reference/formats.md'), 'utf8');

/** What stands under a heading, to the next one of the same level. */
function section(id: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${id}\n`)) ?? '';
}

function columnsIn(text: string): string[] {
  return [...text.matchAll(/^\| (?<names>`[^|]*) \|/gm)].flatMap((row) =>
    [...(row.groups?.['names'] ?? '').matchAll(/`(?<name>[^`]+)`/g)].map((match) => match.groups?.['name'] ?? ''),
  );
}

test('every format has a section', () => {
  for (const id of FORMAT_NAMES) assert.notEqual(section(id), '', id);
});

test('the page lists the columns in the order in which they are written', () => {
  assert.deepEqual(columnsIn(section('csv')), CSV_COLUMNS);
  assert.deepEqual(columnsIn(section('csv-hosts')), CSV_HOSTS_COLUMNS);
  assert.deepEqual(columnsIn(section('csv-summary')), CSV_SUMMARY_COLUMNS);
  assert.deepEqual(columnsIn(section('csv-groups')), CSV_GROUPS_COLUMNS);
});

test('the page lists the formats and the metrics in the order in which they are written', () => {
  const listed = [...page.matchAll(/^\| \[`(?<id>[^`]+)`\]\(#/gm)].map((row) => row.groups?.['id']);
  assert.deepEqual(listed, FORMAT_NAMES);
  const metrics = columnsIn(section('prometheus').replaceAll(/^(\| `[^|]*\|).*$/gm, '$1'));
  assert.deepEqual(metrics, PROMETHEUS_METRICS);
});
