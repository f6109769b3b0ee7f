/** What can be told before a host is asked, and what a command that stops leaves behind. */
import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { kernward } from '../support/kernward.js';
import { scratch } from '../support/scratch.js';

const RECORDED = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'fleet.yaml'),
  `hosts: [{ name: web1, transport: recorded, recording: ${JSON.stringify(RECORDED)}, profile: fail-fast }]\n`,
);
const scan = (...more: readonly string[]) => kernward(folder, 'scan', '-i', 'fleet.yaml', ...more);
const noSqlite = { skip: sqliteOf() === undefined && 'there is no SQLite' };

test('a history in a folder that is not there is told before a host is asked', noSqlite, async () => {
  const { status, stderr } = await kernward(
    folder,
    'scan',
    '-i',
    'fleet.yaml',
    '--history=nodir/h.db',
    '-o',
    'json:r.json',
  );
  assert.equal(status, 2, stderr);
  assert.match(stderr, /the history nodir\/h\.db cannot be written: there is no folder nodir/);
  assert.equal(existsSync(join(folder, 'r.json')), false);
});

test('a report that is not there makes no history', noSqlite, async () => {
  const { status, stderr } = await kernward(folder, 'history', 'add', '--history=new.db', 'nope.json');
  assert.equal(status, 2, stderr);
  assert.equal(existsSync(join(folder, 'new.db')), false);
});

test('a pattern that leaves no host is an answer with --allow-empty; a name that there is not is none', async () => {
  const { status, stderr } = await scan('-l', '!all', '--allow-empty', '-o', 'json:empty.json');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /no host was selected, which --allow-empty accepts/);
  assert.equal((await scan('-l', '!all')).status, 2);
  assert.equal((await scan('-l', 'web2', '--allow-empty')).status, 2);
});

test('the folder of remedies is for its owner', async () => {
  await kernward(folder, 'scan', '-i', 'fleet.yaml', '-o', 'json:full.json');
  await kernward(folder, 'remediate', 'full.json', '--as', 'bash', '-o', 'remedies/all');
  for (const made of ['remedies', 'remedies/all']) assert.equal(statSync(join(folder, made)).mode & 0o777, 0o700, made);
});
