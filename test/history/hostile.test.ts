import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  lchownSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { changeDatabase } from '../support/history/change-database.js';
import { kernward } from '../support/kernward.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { scratch } from '../support/scratch.js';

/** A history that somebody has had in his hands ends no process and keeps no report from being written. */
describe('a history that somebody changed', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const folder = scratch();
  const good = join(folder, 'good.db');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const scan = (history: string, output: string) =>
    kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-q', `--history=${history}`, '-o', `json:${output}`);

  before(async () => {
    copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'a.probe'));
    writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: a.probe }]\n');
    await scan(good, 'first.json');
  });

  const CHANGES: Readonly<Record<string, readonly string[]>> = {
    'a name that is no UTF-8': ["update hosts set name = cast(x'ff41' as text)"],
    'a title that is no UTF-8': ["update rules set title = cast(x'c3' as text)"],
    'a verdict that is no UTF-8': ["update verdicts set severity = cast(x'ff' as text)"],
    'a number that is a text and no UTF-8': ["update runs set hosts = cast(x'fe' as text)"],
    'a note that is no UTF-8': ["insert into notes values ('a', cast(x'ff' as text))"],
    'a migration that is no UTF-8': ["update kernward_migrations set timestamp = cast(x'ff' as text)"],
    'a name that is a blob': ["update hosts set name = x'41'"],
    'a table that is a view without end': [
      'drop table notes',
      "create view notes as with recursive n(name, value) as (select '', '' union all select name || 'x', value from n) select * from n",
    ],
    'a trigger': ['create trigger t after insert on runs begin delete from verdicts; end'],
    'a virtual table': ['create virtual table spy using fts5(a)'],
    'an index of an expression': ['create index more on hosts (length(name))'],
    'a table with another definition': [
      'drop table notes',
      'create table notes (name text, value text, more text generated always as (zeroblob(1000000000)))',
    ],
    'a table whose name is no UTF-8': [
      'pragma writable_schema = on',
      "insert into sqlite_master (type, name, tbl_name, rootpage, sql) values ('view', cast(x'ff' as text), 'v', 0, 'create view v as select 1')",
    ],
  };

  for (const [what, statements] of Object.entries(CHANGES))
    test(what, async () => {
      const file = join(folder, `${what}.db`);
      copyFileSync(good, file);
      changeDatabase(file, statements);
      for (const args of [['list'], ['host', 'a'], ['export'], ['show']]) {
        const { status, stderr } = await kernwardWarm(folder, 'history', ...args, '--history', file);
        assert.equal(status, 2, stderr);
        assert.match(stderr, /history\/damaged/u);
      }
      const { status, stderr } = await scan(file, `${what}.json`);
      // What SQLite itself cannot read is told after the run, whose report is there; what we refuse is told before it.
      if (status === 4) assert.match(readFileSync(join(folder, `${what}.json`), 'utf8'), /"summary"/u);
      else assert.deepEqual([status, /history\/damaged/u.test(stderr)], [2, true], stderr);
    });

  test('what it was before is read as ever', async () => {
    const { status, stdout } = await kernward(folder, 'history', 'list', '--history', good);
    assert.equal(status, 0);
    assert.match(stdout, /\S/u);
  });

  const isRoot = process.getuid?.() === 0;
  test("nobody else's link in a shared folder says where it is made", { skip: !isRoot && 'needs root' }, async () => {
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    symlinkSync(join(folder, 'made-by-him.db'), join(shared, 'history.db'));
    lchownSync(join(shared, 'history.db'), 65534, 65534);
    const { status, stderr } = await scan(join(shared, 'history.db'), 'linked.json');
    assert.equal(status, 4, stderr);
    assert.match(stderr, /belongs to somebody else/u);
    assert.equal(existsSync(join(folder, 'made-by-him.db')), false);
    const added = await kernwardWarm(folder, 'history', 'add', 'first.json', '--history', join(shared, 'history.db'));
    assert.deepEqual([added.status, /belongs to somebody else/u.test(added.stderr)], [4, true], added.stderr);
    assert.doesNotMatch(added.stderr, /a bug of ours/u);
    assert.match(readFileSync(join(folder, 'linked.json'), 'utf8'), /"summary"/u);
  });

  test(
    'nothing that somebody else laid in a folder for everybody is a history, or the journal of one',
    { skip: !isRoot && 'needs root' },
    async () => {
      for (const suffix of ['', '-journal', '-wal']) {
        const place = join(folder, `everybody${suffix}`);
        mkdirSync(place);
        chmodSync(place, 0o1777);
        const file = join(place, 'history.db');
        copyFileSync(good, file);
        // SQLite would take the pages of a journal for those of the file before a crash, and put them back.
        if (suffix !== '') copyFileSync(good, `${file}${suffix}`);
        chownSync(`${file}${suffix}`, 65534, 65534);
        chmodSync(`${file}${suffix}`, 0o666);
        const before = readFileSync(file);
        const scanned = await scan(file, 'everybody.json');
        assert.equal(scanned.status, 4, scanned.stderr);
        assert.match(scanned.stderr, /belongs to somebody else/u);
        const added = await kernwardWarm(folder, 'history', 'add', 'first.json', '--history', file);
        assert.deepEqual([added.status, /belongs to somebody else/u.test(added.stderr)], [4, true], added.stderr);
        if (suffix !== '') {
          const listed = await kernwardWarm(folder, 'history', 'list', '--history', file);
          assert.deepEqual([listed.status, /belongs to somebody else/u.test(listed.stderr)], [2, true], listed.stderr);
        }
        assert.deepEqual(readFileSync(file), before);
      }
    },
  );

  test(
    'commands tell what the machine refuses, and it is no bug of ours',
    { skip: !isRoot && 'needs root' },
    async () => {
      const other = join(folder, 'other.json');
      await kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-q', '-o', `json:${other}`);
      mkdirSync(join(folder, 'fixed'));
      mkdirSync(join(folder, 'filled'));
      const script = `mount -t tmpfs none fixed && cp good.db fixed/ && mount -o remount,ro fixed && mount -t tmpfs -o size=400k none filled && cp good.db filled/ && (dd if=/dev/zero of=filled/rest bs=4k 2>/dev/null; true) &&
        "$NODE" ${process.cwd()}/dist/kernward.js history "$@"; echo "ended with $?" >&2`;
      const told = (...args: readonly string[]): string =>
        spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...args], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: folder, NODE: process.execPath },
        }).stderr;
      const cases: readonly (readonly [args: string, words: RegExp, status: number])[] = [
        ['add other.json --history fixed/good.db', /readonly database|read-only/u, 4],
        ['add other.json --history fixed/new.db', /read-only/u, 4],
        ['add other.json --history filled/good.db', /full/u, 4],
        ['add other.json --history nowhere/new.db', /no such file or directory/u, 4],
        ['add other.json --history good.db/new.db', /not a directory/u, 4],
        ['list --history /proc/self/mem', /error/u, 2],
        // It calls itself a file, and has everybody wait for its next line.
        ['list --history /proc/kmsg', /no history|not permitted/u, 2],
      ];
      for (const [args, words, status] of cases) {
        const stderr = told(...args.split(' '));
        assert.match(stderr, words, args);
        assert.doesNotMatch(stderr, /a bug of ours/u, args);
        assert.match(stderr, new RegExp(`ended with ${status}`, 'u'), `${args}: ${stderr}`);
      }
    },
  );

  test('on a full disk the report is written, and the disk is told', { skip: !isRoot && 'needs root' }, () => {
    const script = `mount -t tmpfs -o size=400k none full && cp good.db full/history.db && (dd if=/dev/zero of=full/rest bs=4k 2>/dev/null; true) &&
      "$NODE" ${process.cwd()}/dist/kernward.js scan -i inventory.yaml -q --history=full/history.db -o json:full-disk.json`;
    mkdirSync(join(folder, 'full'));
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, NODE: process.execPath },
    });
    assert.equal(status, 4, stderr);
    assert.match(stderr, /could not be recorded in the history .*(?:full|disk)/u);
    assert.doesNotMatch(stderr, /rollback/u);
    assert.match(readFileSync(join(folder, 'full-disk.json'), 'utf8'), /"summary"/u);
  });
});
