import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { haveTool } from '../support/debian-tool.js';
import { within } from '../support/within.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-passphrase-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** script(1) of util-linux gives a program a terminal, and what it reads is what is typed there. */
const hasTerminal = haveTool(['script', '-qec', 'test -t 0', '/dev/null'], 'bsdutils');
const hasKey = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', join(folder, 'key')]).status === 0;
const skip = hasTerminal && hasKey ? false : 'script(1) or ssh-keygen is missing';

function typing(keys: string): Promise<{ readonly status: number | null; readonly said: string }> {
  return new Promise((resolve) => {
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `defaults: { user: audit, port: 9, identityFile: ${folder}/key }\nhosts: [ 127.0.0.1 ]\n`,
    );
    const command = `'${process.execPath}' '${process.cwd()}/dist/kernward.js' scan -i inventory.yaml -o csv-hosts:hosts.csv`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let said = '';
    let typed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      // The question comes before the terminal is raw.
      if (!typed && said.includes('passphrase of')) setTimeout(() => child.stdin.write(keys), 300);
      typed ||= said.includes('passphrase of');
    });
    child.on('close', (status) => resolve({ status, said }));
  });
}

test('Ctrl-C at the passphrase ends the run, and no host is asked', { skip, timeout: within(20_000) }, async () => {
  const { status, said } = await typing('sec\u0003');
  assert.equal(status, 130, said);
  assert.doesNotMatch(said, /incomplete|bug of ours/);
});

test('with the passphrase the hosts are asked, without echo', { skip, timeout: within(20_000) }, async () => {
  const { status, said } = await typing('secret\r');
  assert.equal(status, 3, said);
  assert.match(said, /1 host was not reached|not reached/);
  assert.doesNotMatch(said, /secret/);
});
