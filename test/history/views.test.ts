import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { jsonl } from '../../src/report/formats/jsonl.js';
import { matchesGolden } from '../support/golden.js';
import { FOUR_WEEKS } from '../support/history/months.js';
import { reportOf } from '../support/history/reports.js';
import type { Ended } from '../support/kernward.js';
import { runWarm } from '../support/warm/commands.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-history-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const PLACE = { KERNWARD_HISTORY: 'history.db', COLUMNS: '140' };
const UTF8 = { LC_ALL: 'C.UTF-8' };

function kernward(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'history', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...PLACE, ...env },
  });
  return { status, stdout, stderr };
}

/** For what a command says; that its process is started, and hands on what it says, the others show. */
function said(...args: readonly string[]): Promise<Ended> {
  return runWarm(folder, ['history', ...args], { ...PLACE, ...UTF8 });
}

const files = FOUR_WEEKS.map((plan) => {
  const file = `${plan.runId}.jsonl`;
  writeFileSync(
    join(folder, file),
    [...jsonl.render(reportOf(plan), { includePasses: false, colour: false, columns: 80 })].join(''),
  );
  return file;
});
const added = kernward(UTF8, 'add', ...files);

test('every report is added', () => {
  assert.deepEqual([added.status, added.stderr], [0, '']);
  matchesGolden('test/golden/history/add.txt', added.stdout);
});

const VIEWS: readonly (readonly [name: string, ...args: readonly string[]])[] = [
  ['list', 'list'],
  ['list-last', 'list', '-n', '3', '--since', '2026-11-10'],
  ['show', 'show'],
  ['show-resolved', 'show', 'night08'],
  ['show-outage', 'show', 'night12'],
  ['show-back', 'show', 'night14'],
  ['trend', 'trend'],
  ['trend-group', 'trend', '--group', 'db'],
  ['trend-rule', 'trend', '--rule', 'thp-always', '--since', '2026-11-09'],
  ['trend-rule-group', 'trend', '--rule', 'thp-always', '--group', 'web', '-n', '5'],
  ['trend-limit', 'trend', '--limit', 'db'],
  ['hosts', 'host'],
  ['host', 'host', 'db1.example.com'],
  ['host-gone', 'host', 'old.example.com'],
  ['host-unreachable', 'host', 'web02.example.com'],
  ['rules', 'rule'],
  ['rule', 'rule', 'thp-always'],
  ['flapping', 'flapping'],
  ['flapping-calm', 'flapping', '--changes', '99'],
];

for (const [name, ...args] of VIEWS)
  for (const [format, ending] of [
    ['table', 'txt'],
    ['json', 'json'],
    ['csv', 'csv'],
  ] as const)
    test(`${args.join(' ')} as ${format}`, async () => {
      const { status, stdout, stderr } = await said(...args, '-o', format);
      assert.deepEqual([status, stderr], [0, '']);
      matchesGolden(`test/golden/history/${name}.${ending}`, stdout);
    });

test('export is every interval', () => {
  const { stdout } = kernward(UTF8, 'export');
  matchesGolden('test/golden/history/export.csv', stdout);
  assert.equal(kernward(UTF8, 'export', '-o', 'csv:out.csv').status, 0);
  assert.equal(readFileSync(join(folder, 'out.csv'), 'utf8'), stdout);
});

test('without UTF-8 the picture is ASCII, and so is its frame', () => {
  const { stdout } = kernward({ LC_ALL: 'C' }, 'trend');
  matchesGolden('test/golden/history/trend.ascii.txt', stdout);
  assert.doesNotMatch(stdout, /[^\n\x20-\x7e]/);
});

const MISTAKES: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['host', 'db3.example.com'], /no host "db3\.example\.com"; did you mean db\d\.example\.com\?/],
  [['rule', 'thp-allways'], /no rule "thp-allways"; did you mean thp-always\?/],
  [['trend', '--rule', 'thp-allways'], /did you mean thp-always\?/],
  [['trend', '--group', 'dbs'], /no group "dbs"; did you mean db\?/],
  [['show', 'night'], /28 runs begin with "night"/],
  [['show', 'day'], /no run "day"/],
  [['list', '-o', 'jsn'], /did you mean json\?/],
  [['list', '--since', '2026-13-01'], /expected a day/],
  [['prune', '--older-than', '1y'], /such as 400d or 52w/],
  [['export', '-o', 'json'], /export writes csv/],
  [['list', '--history', 'nowhere.db'], /history\/missing/],
  [['list', '--history', 'night00.jsonl'], /history\/not-a-history/],
];

for (const [args, says] of MISTAKES)
  test(`${args.join(' ')} is a mistake`, async () => {
    const { status, stdout, stderr } = await said(...args);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, says);
  });

test('a mistake has its exit code and its words through both processes', () => {
  const { status, stdout, stderr } = kernward(UTF8, 'host', 'db3.example.com');
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /did you mean db\d\.example\.com\?/);
});
