import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, accountIn, needsAccount } from '../support/account.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { haveTool } from '../support/debian-tool.js';
import { within } from '../support/within.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const hasTerminal = haveTool(['script', '-qec', 'test -t 0', '/dev/null'], 'bsdutils');
const skip = needsSshd().skip || needsAccount().skip || (!hasTerminal && 'script(1) is missing');

describe('--ask-pass', { skip }, () => {
  const folder = scratch();
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd({
      authorizedKeys: [makeKey(join(folder, 'key')).publicKey],
      hostKeyTypes: ['ed25519'],
      config: ['PasswordAuthentication yes'],
      within: accountIn(folder),
    });
    writeFileSync(join(folder, 'known_hosts'), sshd.knownHosts());
  });
  after(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = `'${process.execPath}' '${MAIN}' collect -i - --ask-pass -q -o readings.jsonl --host-keys file:known_hosts`;
  const inventory = (transport: string): string =>
    `printf '%s\\n' 'defaults: { user: ${ACCOUNT.name}, port: ${sshd.port}, transport: ${transport}, identityFile: ${folder}/none }' 'hosts: [ 127.0.0.1, { name: a, address: 127.0.0.1 } ]'`;
  const environment = { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', SHELL: '/bin/sh' };

  const typing = (
    transport: string,
    keys: string,
  ): Promise<{ readonly status: number | null; readonly said: string }> =>
    new Promise((resolve) => {
      writeFileSync(join(folder, 'run.sh'), `${inventory(transport)} | ${command}\n`);
      const child = spawn('script', ['-qec', `sh ${join(folder, 'run.sh')}`, '/dev/null'], {
        cwd: folder,
        env: environment,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let said = '';
      let typed = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        // At once: the terminal shows nothing any more when the question comes.
        if (!typed && said.includes('password for')) child.stdin.write(keys);
        typed ||= said.includes('password for');
      });
      child.on('close', (status) => resolve({ status, said }));
    });

  for (const transport of ['ssh2', 'openssh'])
    test(
      `asks once for all hosts, with an inventory on standard input, and logs in by ${transport}`,
      { timeout: within(90_000) },
      async () => {
        const { status, said } = await typing(transport, `${ACCOUNT.password}\r`);
        assert.equal(status, 0, said + readFileSync(join(folder, 'readings.jsonl'), 'utf8').slice(0, 1500));
        assert.equal(said.match(/password for 2 hosts/gu)?.length, 1);
        assert.match(said, /readings of 2 of 2 hosts/u);
        assert.ok(!said.includes(ACCOUNT.password), said);
      },
    );

  test('nobody is contacted without one: Ctrl-C, an empty line, no terminal', { timeout: within(60_000) }, async () => {
    const before = sshd.log();
    assert.equal((await typing('ssh2', 'half\u0003')).status, 130);
    const empty = await typing('ssh2', '\r');
    assert.equal(empty.status, 2, empty.said);
    writeFileSync(join(folder, 'run.sh'), `${inventory('ssh2')} | ${command}\n`);
    const child = spawn('sh', [join(folder, 'run.sh')], {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const status = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(status, 2, said);
    assert.match(said, /--ask-pass: no password was given/u);
    assert.equal(sshd.log(), before);
  });
});
