import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { startKernward, type Ended } from '../../support/kernward.js';
import { canonical, render } from '../../support/saved-report.js';
import { scratch } from '../../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const FIFO = join(folder, 'fifo');
spawnSync('mkfifo', [FIFO]);
writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: none }]\n');
writeFileSync(join(folder, 'report.json'), render('json', canonical('mixed')));
mkdirSync(join(folder, 'inventories'));
cpSync(join(folder, 'inventory.yaml'), join(folder, 'inventories', 'a.yaml'));
spawnSync('mkfifo', [join(folder, 'inventories', 'b.yaml')]);
mkdirSync(join(folder, 'group_vars'));

/** Ends by itself, or the test is a failure after a time that no machine needs. */
async function ended(...args: readonly string[]): Promise<Ended> {
  const { child, ended: end } = startKernward(folder, args, { SSH_AUTH_SOCK: '' });
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const result = await end;
  clearTimeout(tooLong);
  return result;
}

const SCAN = ['scan', '-i', 'inventory.yaml', '-q'];

describe('a pipe that nobody writes to holds nobody up', { concurrency: 2 }, () => {
  const INPUTS: Readonly<Record<string, readonly string[]>> = {
    'an inventory': ['inventory', 'check', '-i', FIFO],
    'an inventory of a scan': ['scan', '-i', FIFO],
    'a file in a folder of inventories': ['inventory', 'check', '-i', 'inventories'],
    'a policy': [...SCAN, '-p', FIFO],
    'a policy that is tested': ['policy', 'test', FIFO],
    waivers: [...SCAN, '--waivers', FIFO],
    'a baseline': [...SCAN, '--baseline', FIFO],
    'a report': ['report', FIFO],
    'a report to be compared': ['diff', FIFO, 'report.json'],
    'a report to be remedied': ['remediate', FIFO, '--as', 'bash'],
    'a report to be asked again': [...SCAN, '--rerun', 'failed', FIFO],
    readings: ['eval', FIFO],
    'a history': ['history', 'list', '--history', FIFO],
    'a history to record in': [...SCAN, `--history=${FIFO}`],
    'known hosts': ['scan', '-w', 'localhost', '--host-keys', `file:${FIFO}`],
    'an ssh_config': ['scan', '-w', 'localhost', '-F', FIFO],
    'hosts of a pattern': [...SCAN, '-l', `@${FIFO}`],
    'an os-release': ['fix', 'check', '6.1.0', '--os-release', FIFO],
    'authorized keys': ['collector', '--authorized-keys', FIFO],
  };
  for (const [what, args] of Object.entries(INPUTS))
    test(what, async () => {
      const { status, stderr } = await ended(...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /pipe|not a regular file|no history|no recorded|cannot be read/u);
    });

  test('a key', async () => {
    const { status, stderr, stdout } = await ended('collect', '-w', '127.0.0.1:9', '--identity', FIFO, '-q');
    assert.equal(status, 3, stderr);
    assert.match(stdout, /is not a file/u);
  });

  test('an output that nobody reads; the others are written', async () => {
    const { status, stderr } = await ended(...SCAN, '-o', `json:${FIFO}`, '-o', 'csv:out.csv');
    assert.equal(status, 4, stderr);
    assert.match(stderr, /json could not be written to .*fifo: it is a pipe that nobody reads/u);
    assert.match(readFileSync(join(folder, 'out.csv'), 'utf8'), /^date,run_started_at,host,/u);
  });
});

test('a pipe that somebody writes to, however slowly, is read, and a signal ends the wait', async () => {
  const slow = spawnSync(
    '/bin/bash',
    [
      '-c',
      `exec "$0" dist/kernward.js inventory list -o jsonl -i <(sleep 0.5; echo 'hosts: [db1]'; sleep 0.3; echo)`,
      process.execPath,
    ],
    { encoding: 'utf8' },
  );
  assert.match(slow.stdout, /"db1"/u, slow.stderr);
  const filled = join(folder, 'filled');
  spawnSync('mkfifo', [filled]);
  const writer = openSync(filled, constants.O_RDWR | constants.O_NONBLOCK);
  const line = Buffer.from('# '.padEnd(4095, 'x').concat('\n'));
  const fits = (): boolean => {
    try {
      return writeSync(writer, line) > 0;
    } catch {
      return false;
    }
  };
  while (fits());
  const { child, ended: end } = startKernward(folder, ['scan', '-i', filled]);
  try {
    // It has taken something out, and waits for more.
    while (!fits()) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    await end;
    assert.equal(child.signalCode, 'SIGTERM');
  } finally {
    child.kill('SIGKILL');
    closeSync(writer);
  }
});
