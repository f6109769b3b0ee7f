import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { couldNotTest, findProgram, isRoot } from '../shells.js';
import { within } from '../within.js';

const MARK = '== tree';

/** For `test`: whether the program can be asked in file systems of its own. @param what it would say, for whoever misses it */
export function needsTrees(program: string, what: string): { readonly skip: boolean } {
  const can = isRoot && findProgram(program) !== undefined && spawnSync('unshare', ['-m', 'true']).status === 0;
  if (!can) couldNotTest(what, isRoot);
  return { skip: !can };
}

/**
 * What a program says of each tree of files, all of them in one mount namespace.
 *
 * @param first lines of a shell that make room, once
 * @param trees lines that make each tree
 * @param ask the line that asks the program
 */
export function inTrees(
  first: readonly string[],
  trees: readonly (readonly string[])[],
  ask: string,
): readonly string[] {
  const lines = ['set -e', ...first, ...trees.flatMap((tree) => [...tree, `echo "${MARK}"`, ask])];
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-s'], {
    input: lines.join('\n'),
    encoding: 'utf8',
    timeout: within(120_000),
    maxBuffer: 512 << 20,
  });
  assert.equal(status, 0, stderr);
  const said = stdout.split(`${MARK}\n`).slice(1);
  assert.equal(said.length, trees.length);
  return said;
}
