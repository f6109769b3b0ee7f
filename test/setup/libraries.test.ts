import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { librariesOf } from '../support/debian-packages.js';
import { haveTool } from '../support/debian-tool.js';

const skip = !haveTool(['ldd', '/bin/sh'], 'libc-bin') && 'ldd is not here';

void test('a program brings every library that it is linked with', { skip }, () => {
  const files = librariesOf('/bin/sh', 'dash').map(({ file, runsAs }) => (assert.equal(file, runsAs), file));
  assert.ok(
    files.some((file) => /\/libc\.so/u.test(file)) && files.some((file) => /\/ld-/u.test(file)),
    files.join(' '),
  );
});

void test('a library that is nowhere is told by its name and the package of the program', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-linked-'));
  try {
    const program = join(folder, 'program');
    const bytes = readFileSync('/bin/sh').toString('latin1').replace('libc.so.6', 'libq.so.6');
    writeFileSync(program, bytes, { encoding: 'latin1', mode: 0o755 });
    assert.throws(
      () => librariesOf(program, 'dash'),
      /program of the Debian package dash is linked with libq\.so\.6, /u,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
