import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isHere } from '../support/debian-tool.js';
import { keptOfNpm } from '../support/npm-packages.js';
import { canRunOldNodes, oldNode, PACKAGE_WITH_NODE, TOO_OLD } from '../support/old-nodes.js';

const COMMAND = join(process.cwd(), 'bin', 'kernward.cjs');

describe(
  'a Node that is too old',
  { skip: canRunOldNodes ? false : 'the old ones that are tried are of Linux on x64' },
  () => {
    for (const version of TOO_OLD)
      test(`${version}: one sentence, and exit 2`, (t) => {
        const node = keptOfNpm(oldNode(version));
        if (!isHere(node !== undefined, `Node ${version}`, `npm package ${PACKAGE_WITH_NODE}`) || node === undefined) {
          t.skip('it cannot be had');
          return;
        }
        const { status, stdout, stderr } = spawnSync(node, [COMMAND, 'scan', '-w', 'host'], { encoding: 'utf8' });
        assert.equal(stdout, '');
        assert.equal(
          stderr,
          `kernward needs Node.js 20.19 or newer, and this is ${version} (${node}): install a newer one, from https://nodejs.org or your distribution\n`,
        );
        assert.equal(status, 2);
      });
  },
);

test('this Node runs the command by the same file', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, '--version'], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/u);
});

test('an error in the bundle prints a short line of it', () => {
  const lines = readdirSync('dist')
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => readFileSync(join('dist', name), 'utf8').split('\n'));
  // One condition and one list of words of libraries cannot be broken.
  assert.ok(lines.filter(({ length }) => length > 1000).length <= 3);
  assert.ok(lines.length > 5000);
});
