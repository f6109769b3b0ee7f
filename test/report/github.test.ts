import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { Report } from '../../src/model/report.js';
import { github } from '../../src/report/formats/github.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

function render(report: Report): string {
  return [...github.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
}

/** As a runner reads it: properties end at `::`, are separated by commas, and are unescaped after that. */
const COMMAND =
  /^::(?<level>error|warning|notice) (?:file=(?<file>[^,:]*),line=(?<line>\d+),)?title=(?<title>[^,:]*)::(?<message>.*)$/;

function unescaped(text: string): string {
  return text
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%25', '%');
}

function isRight(report: Report): void {
  const text = render(report);
  assert.ok(text.endsWith('\n'));
  assert.doesNotMatch(text, /[^\P{Cc}\n]|[\p{Zl}\p{Zp}]|##\[/u);
  const lines = text.slice(0, -1).split('\n');
  const annotations = lines.filter((line) => line.startsWith('::'));
  for (const line of annotations) assert.match(line, COMMAND);
  for (const line of lines.slice(annotations.length)) assert.match(line, /^kernward: /);
  for (const level of ['error', 'warning', 'notice'])
    assert.ok(annotations.filter((line) => line.startsWith(`::${level} `)).length <= 10);
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: one command a line, ten of each level at most`, () => isRight(report));

test('any report: one command a line, ten of each level at most', () => {
  fc.assert(fc.property(arbitraryReport, isRight), { numRuns: 60 });
});

test('a place or a name cannot end its property or begin a command', () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const file = 'a,b:c%2C::error ::d.yaml';
  const hosts = [...mixed.hosts].map((host) => ({
    ...host,
    host: 'x,line=1::##[add-path]/tmp',
    definedAt: { file, line: 7 },
  }));
  const [first = ''] = render({ ...mixed, hosts }).split('\n');
  const groups = COMMAND.exec(first)?.groups ?? {};
  assert.equal(unescaped(groups['file'] ?? ''), file);
  assert.equal(groups['line'], '7');
  assert.match(unescaped(groups['title'] ?? ''), /^x,line=1::## \[add-path\]\/tmp /);
});

test('the worst come first, and what is left out is counted', () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const hosts = Array.from({ length: 8 }, (_, index) =>
    [...mixed.hosts].map((host) => ({ ...host, host: `${host.host}-${index}` })),
  ).flat();
  const lines = render({ ...mixed, hosts }).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('::')).length, 28);
  assert.equal(lines.filter((line) => line.includes('hung-task-auto-reboot::')).length, 8, 'all eight critical fails');
  assert.equal(lines.filter((line) => line.includes('host-not-reached::')).length, 2);
  assert.equal(
    lines.at(-3),
    'kernward: 32 errors, 48 warnings, 8 notices; 60 of them not shown here, because GitHub shows 10 of each for a step',
  );
});

test('a waived finding is no annotation, and an older report has none of the places', () => {
  const { waived, mixed } = CANONICAL_REPORTS;
  assert.ok(waived && mixed);
  assert.match(render(waived), /^kernward: 0 errors, 0 warnings, 0 notices\n/);
  const hosts = [...mixed.hosts].map((host) => {
    const { definedAt: _, ...older } = host;
    return older;
  });
  assert.match(render({ ...mixed, hosts }), /^::error title=web02\.example\.com hung-task-auto-reboot::web02/);
});
