import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-source-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function kernward(...args: readonly string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
}

const HOST = {
  schema: 1,
  name: 'a',
  address: 'a',
  port: 22,
  groups: [],
  labels: {},
  transport: 'ssh2',
  tookMs: 1,
  failure: { code: 'refused', detail: 'x' },
};
/** Readings of 10,000 hosts are 90 MB, their report 280 MB: as long as this, without the time it takes to make one. */
const LONG = ' '.repeat(90 * 1024 * 1024);

test('the readings of a large fleet are read back', () => {
  // Lines as long as a host's longest, since a line is read at a time.
  const lines = `${' '.repeat(1024 * 1024)}\n`.repeat(90);
  writeFileSync(join(folder, 'readings.jsonl'), `${JSON.stringify(HOST)}\n\n${lines}`);
  const { status, stderr } = kernward('eval', 'readings.jsonl', '-o', 'csv-hosts');
  assert.equal(status, 3, stderr);
});

test('the report of a large fleet is read back', () => {
  writeFileSync(join(folder, 'report.json'), `${LONG}{}`);
  const { stderr } = kernward('report', 'report.json');
  assert.doesNotMatch(stderr, /the limit is/);
  assert.match(stderr, /it is not a report/);
});

test('a device that never ends is refused, and a pipe is read', () => {
  const endless = kernward('inventory', 'check', '-i', '/dev/zero');
  assert.equal(endless.status, 2, endless.stderr);
  assert.match(endless.stderr, /\/dev\/zero cannot be read: it has more than 67108864 bytes/);
  const piped = spawnSync(
    '/bin/bash',
    [
      '-c',
      `exec "$0" "$@" -i <(echo 'hosts: [{ name: db1 }]')`,
      process.execPath,
      MAIN,
      'inventory',
      'list',
      '-o',
      'jsonl',
    ],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
  );
  assert.equal(piped.status, 0, piped.stderr);
  assert.match(piped.stdout, /"db1"/);
});
