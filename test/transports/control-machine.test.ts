/**
 * What kernward does where the machine that it runs on is no Linux. There is no Windows here and no macOS: the name of the system
 * is faked, and everything else is real. A machine without /proc, as macOS is one, is in `package/release.test.ts`.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { agentSocket, showsUtf8 } from '../../src/transports/control-machine.js';
import { createAgent } from '../../src/transports/keys/agent.js';
import { killGroup } from '../../src/transports/programs/kill-group.js';
import { startProgram } from '../../src/transports/programs/start-program.js';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

test('one file asks which system it is', () => {
  const asking = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/u.test(name))
    .filter((name) =>
      /process\.platform\s*[!=]==|\.platform\b.*win32|os\.platform\(/u.test(readFileSync(join('src', name), 'utf8')),
    );
  assert.deepEqual(asking, [join('transports', 'control-machine.ts')]);
});

describe('where the system calls itself win32', () => {
  const real = { platform: process.platform, cwd: process.cwd(), env: process.env };
  beforeEach(() => {
    Object.defineProperty(process, 'platform', { value: 'win32' });
    process.env = { ...real.env };
  });
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: real.platform });
    process.env = real.env;
    process.chdir(real.cwd);
  });

  test('a program is started without sh, and ended alone', async () => {
    const child = startProgram(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], { cwd: folder });
    assert.equal(child.spawnfile, process.execPath);
    child.stdin.write('heard');
    const [said] = await once(child.stdout, 'data');
    assert.equal(String(said), 'heard');
    killGroup(child);
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
  });

  test('the agent of OpenSSH is asked at its pipe, where SSH_AUTH_SOCK names no other', async () => {
    delete process.env['SSH_AUTH_SOCK'];
    process.chdir(folder);
    assert.equal(agentSocket(), undefined);
    const pipe = String.raw`\\.\pipe\openssh-ssh-agent`;
    const agent = spawn('ssh-agent', ['-D', '-a', pipe], { stdio: 'ignore' });
    try {
      while (!existsSync(pipe)) await new Promise((resolve) => setTimeout(resolve, 20));
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ours', '-f', 'key']);
      spawnSync('ssh-add', ['-q', 'key'], { env: { ...process.env, SSH_AUTH_SOCK: pipe } });
      const keys = await createAgent(agentSocket() ?? '').keys();
      assert.deepEqual(
        keys.map(({ comment }) => comment),
        ['ours'],
      );
      process.env['SSH_AUTH_SOCK'] = 'another';
      assert.equal(agentSocket(), 'another');
    } finally {
      agent.kill();
    }
  });

  test('its terminal shows UTF-8 without a variable that says so', () => {
    for (const name of ['LC_ALL', 'LC_CTYPE', 'LANG']) delete process.env[name];
    assert.equal(showsUtf8(), true);
    Object.defineProperty(process, 'platform', { value: real.platform });
    assert.equal(showsUtf8(), false);
  });
});
