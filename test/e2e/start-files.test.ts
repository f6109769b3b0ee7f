import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectedHosts } from '../support/collected-hosts.js';
import type { Diagnosis } from '../../src/doctor/diagnosis.js';
import { loginsIn, needsAccount } from '../support/account.js';
import { kernward } from '../support/kernward.js';
import { commandLine } from '../support/left-over.js';
import { hasEnded } from '../support/processes.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { secondsWithin } from '../support/within.js';

const skip = needsSshd().skip || needsAccount().skip;
/** Standard output, standard error, a command that is not there, and time. */
const NOISE = 'echo "Welcome to $HOSTNAME"\necho "1 update" >&2\nno-such-version-manager init -\nsleep 1\n';

/** What stands in the home of whoever logs in, and what comes of it. Everywhere else in the tests the home is empty. */
const START_FILES = {
  noisy: `${NOISE}return 3\n`,
  ends: `${NOISE}exit 4\n`,
  // Longer than anybody waits. Its parent is gone when whoever asked is: it says itself which process it is.
  slow: `${NOISE}echo $$ >>~/slow.pids\nexec sleep 3600\n`,
  // It takes what was meant for the shell.
  reads: `${NOISE}cat >/dev/null\n`,
} as const;

function options(): readonly string[] {
  return [
    '-i',
    'inventory.yaml',
    '--host-keys',
    'file:known_hosts',
    '--probe-timeout',
    secondsWithin(3),
    '--host-timeout',
    secondsWithin(60),
  ];
}

describe('accounts whose start files are slow, noisy and failing', { skip }, () => {
  const folder = scratch();
  const servers: (readonly [name: string, sshd: Sshd])[] = [];

  before(async () => {
    const { publicKey } = makeKey(join(folder, 'key'));
    for (const [name, text] of Object.entries(START_FILES)) {
      const directory = join(folder, name);
      mkdirSync(directory);
      const within = loginsIn(directory, { shell: '/bin/bash', home: { '.bashrc': text } });
      assert.ok(within);
      servers.push([name, await startSshd({ authorizedKeys: [publicKey], hostKeyTypes: ['ed25519'], within })]);
    }
    writeFileSync(join(folder, 'known_hosts'), servers.map(([, sshd]) => sshd.knownHosts()).join(''));
    const hosts = servers.map(([name, { port }]) => `  - { name: ${name}, address: 127.0.0.1, port: ${port} }\n`);
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `defaults: { user: ${servers[0]?.[1].user}, identityFile: ${join(folder, 'key')} }\nhosts:\n${hosts.join('')}`,
    );
  });
  after(async () => {
    for (const [, sshd] of servers) await sshd.stop();
    const slow = readFileSync(join(folder, 'slow', 'home', 'slow.pids'), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
    for (const pid of slow) if (commandLine(pid).startsWith('sleep 3600')) process.kill(pid, 'SIGKILL');
    for (const pid of slow) await hasEnded(pid);
    rmSync(folder, { recursive: true, force: true });
  });

  const blamed = (name: string): string =>
    `the account's start file ${join(folder, name, 'home/.bashrc')} said: ${join(folder, name, 'home/.bashrc')}: line 3: no-such-version-manager: command not found`;

  for (const transport of ['ssh2', 'openssh'])
    test(`by ${transport}: noise and a failure harm no reading; who is not read is told by the file that keeps it from it`, async () => {
      const inventory = readFileSync(join(folder, 'inventory.yaml'), 'utf8');
      writeFileSync(
        join(folder, `${transport}.yaml`),
        inventory.replace('defaults: {', `defaults: { transport: ${transport},`),
      );
      const given = options().with(1, `${transport}.yaml`);
      const { status, stdout, stderr } = await kernward(folder, 'collect', ...given);
      assert.equal(status, 3, stderr);
      const hosts = collectedHosts<{ name: string; failure?: { code: string; detail: string } }>(stdout);
      assert.deepEqual(
        hosts.map(({ name, failure }) => [name, failure?.code]),
        [
          ['noisy', undefined],
          ['ends', 'no-probe-output'],
          ['slow', 'probe-timed-out'],
          ['reads', 'no-probe-output'],
        ],
      );
      for (const { name, failure } of hosts.slice(1))
        assert.ok(failure?.detail.includes(blamed(name)), failure?.detail);
    });

  test('doctor names the file, and what to do about it', async () => {
    const { status, stdout, stderr } = await kernward(folder, 'doctor', '-o', 'json', ...options());
    assert.equal(status, 3, stderr);
    const { hosts }: Diagnosis = JSON.parse(stdout);
    assert.deepEqual(
      hosts.map(({ host, checks, problems }) => [host, checks.shell, problems.map(({ code }) => code)]),
      [
        ['noisy', 'warning', ['start-file']],
        ['ends', 'failed', ['no-probe-output']],
        ['slow', 'failed', ['probe-timed-out']],
        ['reads', 'failed', ['no-probe-output']],
      ],
    );
    for (const { host, problems } of hosts) {
      assert.ok(problems[0]?.detail.includes(blamed(host)), problems[0]?.detail);
      assert.ok(
        problems[0]?.fix.startsWith(`Mend ${join(folder, host, 'home/.bashrc')} on the host`),
        problems[0]?.fix,
      );
    }
  });

  test('what was read through the noise is what is read without', async () => {
    const silent = await startSshd({
      authorizedKeys: [readFileSync(join(folder, 'key.pub'), 'utf8').trim()],
      hostKeyTypes: ['ed25519'],
    });
    try {
      writeFileSync(join(folder, 'known_hosts'), silent.knownHosts(), { flag: 'a' });
      const one = (port = 0): string =>
        `hosts: [{ name: one, address: 127.0.0.1, port: ${port}, user: ${silent.user}, identityFile: ${join(folder, 'key')} }]\n`;
      writeFileSync(join(folder, 'noisy.yaml'), one(servers[0]?.[1].port));
      writeFileSync(join(folder, 'silent.yaml'), one(silent.port));
      const readings = async (inventory: string): Promise<readonly string[]> => {
        const { stdout, status, stderr } = await kernward(folder, 'collect', ...options().with(1, inventory));
        assert.equal(status, 0, stderr);
        const [host = assert.fail(stderr)] = collectedHosts<{ readonly readings: Readonly<Record<string, unknown>> }>(
          stdout,
        );
        // Symptoms change from one moment to the next.
        return Object.entries(host.readings).flatMap(([fact, reading]) =>
          fact.startsWith('sysctl.') ? [`${fact} ${JSON.stringify(reading)}`] : [],
        );
      };
      const noisy = await readings('noisy.yaml');
      assert.ok(noisy.length > 20);
      assert.deepEqual(noisy, await readings('silent.yaml'));
    } finally {
      await silent.stop();
    }
  });
});
