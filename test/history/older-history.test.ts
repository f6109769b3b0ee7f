import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Kysely, sql } from 'kysely';
import { migrate, openHistory } from '../../src/history/database/open-history.js';
import { MIGRATIONS } from '../../src/history/database/migrations/index.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { sqliteDialect } from '../../src/history/database/sqlite-dialect.js';
import type { Tables } from '../../src/history/database/tables.js';
import { recordRun } from '../../src/history/record-run.js';
import { STROKES } from '../../src/history/views/bar-chart.js';
import { trendView } from '../../src/history/views/trend.js';
import { FOUR_WEEKS } from '../support/history/months.js';
import { reportOf } from '../support/history/reports.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-history-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const [first = assert.fail()] = Object.keys(MIGRATIONS);

/** A history as the kernward before the gate made it, with one run: 3 of 4 hosts failed, by whatever. */
async function olderHistory(name: string): Promise<string> {
  const file = join(folder, name);
  const sqlite = sqliteOf() ?? assert.fail('no SQLite');
  const db = new Kysely<Tables>({ dialect: sqliteDialect(() => sqlite(file)) });
  await migrate(db, first);
  await sql`insert into texts values (1, 'x', '[]')`.execute(db);
  await sql`insert into runs (run, run_id, started_ms, took_ms, kernward, inventory, exit_code, verdict, interrupted,
      asked, judged, hosts, compliant, failing, undecided, unchecked, unreachable, critical, high, medium, low, info,
      waived, groups_text)
    values (1, 'old', 1700000000000, 1, '0.1.0', '["fleet.yaml"]', 1, 'not compliant', 0,
      '1-4', '1', 4, 1, 3, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1)`.execute(db);
  await db.destroy();
  return file;
}

async function opened(file: string) {
  const { value, diagnostics } = await openHistory(file, { create: false });
  assert.deepEqual(diagnostics, []);
  return value ?? assert.fail();
}

test('a history of before the gate is opened, keeps its runs, and takes new ones', async () => {
  const file = await olderHistory('old.db');
  const history = await opened(file);
  const [run] = await history.db.selectFrom('runs').selectAll().execute();
  assert.deepEqual(
    [run?.fail_on, run?.failing, run?.compliant, run?.clean, run?.lesser, run?.worst_high],
    ['info', 3, 1, 1, 0, null],
  );
  const [plan = assert.fail()] = FOUR_WEEKS;
  assert.equal((await recordRun(history.db, reportOf(plan))).kind, 'recorded');
  const shown = await trendView(history.db, { last: 9, strokes: STROKES.ascii });
  assert.ok(shown.ok);
  const text = shown.view.head.join('\n');
  assert.match(text, /^fail at high or above +. . {2}\? then, \d now$/m);
  assert.match(text, /not known of 1 run of an older kernward/);
  await history.close();
  await (await opened(file)).close();
});

test('what somebody changed in it is seen before it is brought to the tables of now', async () => {
  const file = await olderHistory('damaged.db');
  const database = sqliteOf()?.(file);
  database?.prepare('create view evil as select 1').run([]);
  database?.close();
  const { value, diagnostics } = await openHistory(file, { create: false });
  assert.equal(value, undefined);
  assert.equal(diagnostics[0]?.code, 'history/damaged');
  assert.match(diagnostics[0].message, /the view evil$/);
});
