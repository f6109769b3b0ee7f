import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scratch } from '../../support/scratch.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'file'), '');
symlinkSync('round', join(folder, 'round'));

/** Where nothing can be looked at, and what the file system says of it, which is not always that nothing is there. */
const PATHS = {
  'below a file': 'file/x',
  'a link to itself': 'round',
  'a name that is too long': 'x'.repeat(300),
} as const;

/** Every way to name a file to be read, as many as one command takes. */
const COMMANDS = (path: string): readonly (readonly string[])[] => [
  ['inventory', 'list', '-i', path],
  ['scan', '-w', 'nobody', '--no-exec', '-p', path],
  ['scan', '-w', 'nobody', '--waivers', path, '--baseline', path],
  ['eval', path],
  ['report', path],
  ['diff', path, path],
  ['policy', 'import', '--from', 'goss', path],
];

interface As {
  readonly uid: number;
  readonly gid: number;
}

function kernward(args: readonly string[], as?: As) {
  return spawnSync(process.execPath, [join(process.cwd(), 'dist', 'kernward.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
    timeout: within(60_000),
    ...as,
  });
}

for (const [kind, path] of Object.entries(PATHS))
  test(`${kind} is told as what it is, and is no bug of ours`, async () => {
    for (const args of COMMANDS(path)) {
      const { status, stderr } = await kernwardWarm(folder, ...args);
      const words = args.join(' ').replaceAll(path, 'PATH');
      assert.equal(status, 2, `${words}: ${stderr}`);
      assert.ok(stderr.includes(path.slice(0, 100)), `${words}: ${stderr}`);
      assert.doesNotMatch(stderr, /a bug of ours|\n {4}at /u, words);
    }
  });

const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
/** Root reads what it may not. */
const whoMayNot = isRoot ? NOBODY : undefined;

for (const closed of ['group_vars', 'host_vars/h1', 'inner'])
  test(`a folder that nobody may read, ${closed} of an inventory, is named`, () => {
    const inventory = join(folder, closed.replace('/', '-'));
    mkdirSync(join(inventory, closed), { recursive: true });
    writeFileSync(join(inventory, 'hosts'), 'h1\n');
    chmodSync(folder, 0o755);
    chmodSync(join(inventory, closed), 0);
    try {
      const { status, stderr } = kernward(['inventory', 'list', '-i', inventory], whoMayNot);
      assert.equal(status, 2, stderr);
      assert.ok(stderr.includes(`${closed}'`), stderr);
      assert.match(stderr, /cannot be read: EACCES/u);
    } finally {
      chmodSync(join(inventory, closed), 0o700);
    }
  });
