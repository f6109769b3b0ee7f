import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openHistory } from '../../src/history/database/open-history.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-history-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function opened(name: string, create = true) {
  const history = await openHistory(join(folder, name), { create });
  if (history.value === undefined) throw new Error(history.diagnostics.map(({ message }) => message).join());
  return history.value;
}

async function refused(name: string, options: Parameters<typeof openHistory>[1] = { create: true }): Promise<string> {
  const history = await openHistory(join(folder, name), options);
  await history.value?.close();
  return history.diagnostics.map(({ code }) => code).join();
}

test('a new history is its owner’s alone, and can be opened again', async () => {
  await (await opened('new.db')).close();
  assert.equal(statSync(join(folder, 'new.db')).mode & 0o777, 0o600);
  const again = await opened('new.db', false);
  assert.deepEqual(await again.db.selectFrom('runs').selectAll().execute(), []);
  await again.close();
});

test('an empty file is a history that nobody wrote to', async () => {
  writeFileSync(join(folder, 'empty.db'), '');
  await (await opened('empty.db')).close();
});

test('what is no history is refused, and left as it is', async () => {
  writeFileSync(join(folder, 'report.json'), '{"header":{}}');
  assert.equal(await refused('report.json'), 'history/not-a-history');
  assert.equal(readFileSync(join(folder, 'report.json'), 'utf8'), '{"header":{}}');
  assert.equal(await refused('.'), 'history/not-a-history');
  const other = sqliteOf()?.(join(folder, 'other.db'));
  other?.prepare('create table runs (run integer)').run([]);
  other?.close();
  const before = readFileSync(join(folder, 'other.db'));
  assert.equal(await refused('other.db'), 'history/not-a-history');
  assert.deepEqual(readFileSync(join(folder, 'other.db')), before);
});

test('who closes a history holds no lock on it any more, also where a transaction was not ended', async () => {
  await (await opened('held.db')).close();
  const holder = sqliteOf()?.(join(folder, 'held.db'));
  // Kept, so that it is not collected as garbage: libsql closes a file only when its statements have been.
  const begin = holder?.prepare('begin exclusive');
  begin?.run([]);
  holder?.close();
  const other = sqliteOf()?.(join(folder, 'held.db'));
  other?.prepare('create table free (at_once integer)').run([]);
  other?.close();
  assert.ok(begin !== undefined);
});

test('a history that is not there is not made by looking at it', async () => {
  assert.equal(await refused('missing.db', { create: false }), 'history/missing');
  assert.ok(!existsSync(join(folder, 'missing.db')));
});

test('a history of a newer kernward is refused', async () => {
  const history = await opened('newer.db');
  await history.db
    .withTables<{ kernward_migrations: { name: string; timestamp: string } }>()
    .insertInto('kernward_migrations')
    .values({ name: '9999-what-nobody-knows', timestamp: '2030-01-01T00:00:00.000Z' })
    .execute();
  await history.close();
  assert.equal(await refused('newer.db'), 'history/too-new');
});

test('so it is where the newer kernward has changed tables, and damage is damage', async () => {
  const history = await opened('changed.db');
  await history.db.schema.alterTable('runs').addColumn('mood', 'text').execute();
  await history.close();
  assert.equal(await refused('changed.db'), 'history/damaged');
  const changed = sqliteOf()?.(join(folder, 'changed.db'));
  changed
    ?.prepare("insert into kernward_migrations (name, timestamp) values ('9999-what-nobody-knows', '2030-01-01')")
    .run([]);
  changed?.close();
  assert.equal(await refused('changed.db'), 'history/too-new');
});

test('without an SQLite that is said, before a file is made', async () => {
  assert.equal(await refused('none.db', { create: true, sqlite: undefined }), 'history/no-sqlite');
  assert.ok(!existsSync(join(folder, 'none.db')));
});

test('what the machine refuses is thrown: it is no mistake of the user', async () => {
  await assert.rejects(openHistory(join(folder, 'no-such-folder', 'history.db'), { create: true }), /ENOENT/);
});

test('a transaction waits for its turn before it reads, not when it has read and wants to write', async () => {
  const [one, other] = [await opened('turns.db'), await opened('turns.db')];
  const order: string[] = [];
  const first = one.db.transaction().execute(async (trx) => {
    await trx.selectFrom('notes').selectAll().execute();
    await setTimeout(500);
    await trx.insertInto('notes').values({ name: 'first', value: '' }).execute();
    order.push('first');
  });
  await setTimeout(50);
  const second = other.db.transaction().execute(async (trx) => {
    const notes = await trx.selectFrom('notes').selectAll().execute();
    order.push(`second after ${notes.map(({ name }) => name).join()}`);
  });
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second after first']);
  await Promise.all([one.close(), other.close()]);
});
