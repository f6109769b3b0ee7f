import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kernward } from '../../support/kernward.js';
import { scratch } from '../../support/scratch.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');

/** Half of a page, or none, is not taken for the page: whoever redirects it to a disk that is full is told, by the exit code too. */
describe('standard output that cannot be written', { concurrency: 2 }, () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(async () => {
    copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'a.probe'));
    writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: a.probe }]\n');
    await kernward(folder, 'scan', '-i', 'inventory.yaml', '-q', '-o', 'json:r.json', '--history=h.db');
  });

  const COMMANDS = [
    'scan -i inventory.yaml -q',
    'scan -i inventory.yaml --list-hosts',
    'collect -i inventory.yaml -q',
    'explain -i inventory.yaml a',
    'doctor -i inventory.yaml',
    'report r.json',
    'diff r.json r.json',
    'blast r.json',
    'remediate r.json --as bash',
    'history list --history h.db',
    'history export --history h.db',
    'inventory list -i inventory.yaml',
    'inventory graph -i inventory.yaml',
    'inventory host -i inventory.yaml a',
    'policy list',
    'policy schema',
    'policy show compaction-stalls',
    '--help',
    'fix list',
    'facts',
    'collector',
    'collector --root',
    'completion bash',
  ];
  const ended = (args: string, target: string) =>
    spawnSync('/bin/bash', ['-c', `"$0" "$@" ${target}`, process.execPath, MAIN, ...args.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, KERNWARD_SSH_CONFIG: 'none' },
    });
  const hasFull = existsSync('/dev/full');
  for (const args of COMMANDS)
    test(args, { skip: !hasFull && 'there is no /dev/full' }, () => {
      const { status, stderr } = ended(args, '>/dev/full');
      assert.equal(status, 4, stderr);
      assert.equal(stderr.match(/could not be written/gu)?.length, 1, stderr);
      assert.match(stderr, /no space left on device/u);
      assert.doesNotMatch(stderr, /a bug of ours/u);
      // A reader that has gone is no bug of ours either.
      const gone = ended(args, '| true');
      assert.doesNotMatch(gone.stderr, /a bug of ours/u);
    });
});
