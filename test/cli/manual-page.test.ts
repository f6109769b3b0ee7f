import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../../src/cli/program.js';
import { couldNotTest, findProgram } from '../support/shells.js';
import { within } from '../support/within.js';

/** As `man` shows it to whoever has no terminal: without what makes letters bold. */
function shown(): { readonly text: string; readonly warnings: string } {
  const { status, stdout, stderr } = spawnSync('man', ['--warnings=w', '-l', join('man', 'kernward.1')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], MANWIDTH: '100', LC_ALL: 'C.UTF-8' },
    timeout: within(60_000),
  });
  assert.equal(status, 0, stderr);
  return { text: stdout, warnings: stderr };
}

if (findProgram('man') === undefined) couldNotTest('the manual page (there is no man)');
else
  test('man has nothing against the manual page, and shows every command and option', () => {
    const { text, warnings } = shown();
    assert.equal(warnings, '');
    const words = text.replaceAll(/\s+/gu, ' ');
    for (const command of program().commands) {
      if (command.name() === '__complete') continue;
      assert.ok(words.includes(`kernward ${command.name()}`), command.name());
      for (const { flags } of command.options) assert.ok(words.includes(flags), `${command.name()} ${flags}`);
    }
    assert.doesNotMatch(words, /__complete|\\f[BIR]/u);
  });
