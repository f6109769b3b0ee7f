import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');

/** Runs the command line with something that goes wrong beside it. */
function runWith(mistake: string): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(`process.once('beforeExit', () => { ${mistake}; });`)}`,
      MAIN,
      'facts',
    ],
    { encoding: 'utf8' },
  );
}

for (const [what, mistake] of [
  ['thrown', `throw new Error('nobody waits for this')`],
  ['rejected', `Promise.reject(new Error('nobody waits for this'))`],
  ['rejected with something that is no error', `Promise.reject('nobody waits for this')`],
] as const)
  test(`a mistake that is ${what} where nobody waits for it is a bug of ours`, () => {
    const { status, stderr } = runWith(mistake);
    assert.equal(status, 4, stderr);
    assert.match(stderr, /kernward: a bug of ours, please report it: .*nobody waits for this/);
  });

test('what a bug of ours quotes cannot move the cursor', () => {
  const { status, stderr } = runWith(String.raw`throw new Error('\x1b[2J\u202e it holds what a host said')`);
  assert.equal(status, 4, stderr);
  assert.match(stderr, /Error: \\x1b\[2J\\u202e it holds what a host said\n +at /u);
});
