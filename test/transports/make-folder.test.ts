import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeFolder } from '../../src/transports/make-folder.js';
import { within } from '../support/within.js';

void test('every folder on the way is made, with the mode; one that is there is left as it is', () => {
  const top = mkdtempSync(join(tmpdir(), 'kernward-folder-'));
  try {
    const deep = join(top, 'a', 'b', 'c');
    makeFolder(deep, 0o700);
    for (const folder of [deep, join(top, 'a')]) assert.equal(statSync(folder).mode & 0o777, 0o700);
    makeFolder(deep);
    writeFileSync(join(top, 'file'), '');
    assert.throws(() => makeFolder(join(top, 'file', 'x')), /EEXIST.*\/file'/u);
    assert.throws(() => makeFolder(join(top, 'file')), /EEXIST/u);
  } finally {
    rmSync(top, { recursive: true });
  }
});

void test(
  'where nothing can be made, as in /proc, it says so at once',
  { skip: !existsSync('/proc/self/stat') && 'there is no /proc here' },
  () => {
    const script = `const { makeFolder } = await import(${JSON.stringify(pathToFileURL(join(process.cwd(), 'dist/src/transports/make-folder.js')).href)}); makeFolder('/proc/kernward/state');`;
    const { status, stderr, error } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: within(60_000),
    });
    assert.equal(error, undefined, 'it did not end');
    assert.equal(status, 1);
    assert.match(stderr, /ENOENT|EACCES|EPERM/u);
  },
);
