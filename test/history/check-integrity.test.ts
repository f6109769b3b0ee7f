import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openHistory } from '../../src/history/database/open-history.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { damageIn, isOutOfMemory } from '../../src/history/check-integrity.js';
import { reasonOf } from '../../src/cli/output/history-view.js';
import { Stop } from '../../src/cli/terminal/exit.js';
import { recordRun } from '../../src/history/record-run.js';
import { FOUR_WEEKS } from '../support/history/months.js';
import { reportOf } from '../support/history/reports.js';
import { kernwardWarm } from '../support/warm/commands.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-damage-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const whole = join(folder, 'whole.db');
const { value } = await openHistory(whole, { create: true });
assert.ok(value);
for (const plan of FOUR_WEEKS) await recordRun(value.db, reportOf(plan));
const soundness = await damageIn(value.db);
await value.close();

test('in a history that kernward wrote nothing is wrong', () => assert.deepEqual(soundness, []));

function edited(sql: string): string {
  const file = join(folder, 'edited.db');
  copyFileSync(whole, file);
  const database = sqliteOf()?.(file);
  database?.prepare(sql).run([]);
  database?.close();
  return file;
}

function look(file: string, args: readonly string[]) {
  return kernwardWarm(folder, 'history', ...args, '--history', file);
}

/** What somebody did to it, the view that fails over it, and the place that is named. */
const EDITS: readonly (readonly [sql: string, args: readonly string[], place: RegExp])[] = [
  ["update runs set inventory = 'prod.yaml'", ['list'], /runs: inventory of night\d\d/],
  ["update runs set inventory = '3'", ['show'], /runs: inventory of night\d\d/],
  ["update runs set started_ms = 'yesterday'", ['list'], /runs: started_ms of night\d\d/],
  ["update hosts set member_of = '[web'", ['host'], /hosts: member_of of \S+/],
  [
    "update texts set body = 'x' where text in (select groups_text from runs)",
    ['trend', '--group', 'db'],
    /runs: groups_text of night\d\d/,
  ],
  ['update verdicts set since_ms = 9e15', ['host', 'db1.example.com'], /verdicts: since_ms/],
  ['drop table texts', ['show'], /no such table: texts/],
];

for (const [sql, args, place] of EDITS)
  test(`${sql}: history ${args.join(' ')} ends with 2 and says where`, async () => {
    const file = edited(sql);
    const before = readFileSync(file);
    const { status, stdout, stderr } = await look(file, args);
    assert.equal(status, 2, stdout + stderr);
    assert.match(stderr, /error: \S+edited\.db holds what kernward never writes: .*\[history\/damaged\]/);
    assert.match(stderr, place);
    assert.deepEqual(readFileSync(file), before, 'it is left as it is');
  });

test('a file of which the disk lost pages', async () => {
  const file = join(folder, 'lost.db');
  const bytes = readFileSync(whole);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0x5a)]));
  const { status, stderr } = await look(file, ['list']);
  assert.equal(status, 2, stderr);
  assert.match(stderr, /lost\.db holds what kernward never writes: .*malformed.*\[history\/damaged\]/);
});

test('want of memory is told by its name, and is no bug of ours', async () => {
  const words: readonly [string, object][] = [
    ['out of memory', { code: 'SQLITE_NOMEM' }],
    ['out of memory', { errcode: 7 }],
    ['out of memory', { errcode: 3082 }],
    ['Array buffer allocation failed', {}],
  ];
  for (const [message, more] of words) {
    const thrown = Object.assign(new Error(message), more);
    const told = await reasonOf(thrown, 'h.db');
    assert.ok(told instanceof Stop);
    assert.deepEqual([told.code, told.diagnostics.map(({ code }) => code)], [2, ['history/unreadable']], message);
  }
  assert.equal(isOutOfMemory(Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR', errcode: 10 })), false);
});
