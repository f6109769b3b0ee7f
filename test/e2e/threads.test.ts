import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { answerWith } from '../../src/probe/recording.js';
import { recordedHost } from '../../src/run/shipped/package-files.js';
import { haveTool } from '../support/debian-tool.js';
import { kernward, startKernward } from '../support/kernward.js';
import { nothingLeft, startedBy } from '../support/left-over.js';
import { until } from '../support/until.js';
import { startMeddler, startTcp } from '../support/misbehaving.js';
import { recordedAnswer } from '../support/recorded-answer.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { within } from '../support/within.js';

interface Host {
  readonly name: string;
  readonly port: number;
  readonly more?: string;
}

/** script(1) of util-linux gives a program a terminal, and what it reads is what is typed there. */
const hasTerminal = haveTool(['script', '-qec', 'test -t 0', '/dev/null'], 'bsdutils');

function logins(sshd: Sshd): number {
  return sshd.log().match(/^Accepted publickey/gmu)?.length ?? 0;
}

/** What the host says of itself changes from one moment to the next; who was reached and how does not. */
function reached(file: string): unknown {
  const { hosts }: { hosts: readonly { host: string; failure?: { code: string }; via?: unknown; readings: object }[] } =
    JSON.parse(readFileSync(file, 'utf8'));
  return hosts.map(({ host, failure, via, readings }) => [host, failure?.code, via, Object.keys(readings).length > 0]);
}

describe('threads over a real sshd', needsSshd(), () => {
  let folder: string;
  let sshd: Sshd;
  let bastion: Sshd;

  const inventory = (name: string, hosts: readonly Host[], key = 'key', head = ''): string => {
    const list = hosts.map(
      (host) => `      - { name: ${host.name}, address: 127.0.0.1, port: ${host.port}${host.more ?? ''} }\n`,
    );
    writeFileSync(
      join(folder, name),
      `defaults: { user: ${sshd.user}, identityFile: ${join(folder, key)} }\ngroups:\n  these:\n${head}    hosts:\n${list.join('')}`,
    );
    return name;
  };
  const many = (count: number, more = ''): Host[] =>
    Array.from({ length: count }, (_, index) => ({ name: `host${index}`, port: sshd.port, more }));

  before(async () => {
    folder = scratch();
    const keys = [
      makeKey(join(folder, 'key')).publicKey,
      makeKey(join(folder, 'locked'), 'ed25519', 'secret').publicKey,
    ];
    [sshd, bastion] = await Promise.all([
      startSshd({ authorizedKeys: keys, config: ['MaxSessions 100', `ForceCommand ${recordedAnswer(folder)}`] }),
      startSshd({ authorizedKeys: keys, config: ['AllowTcpForwarding yes'] }),
    ]);
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    writeFileSync(join(folder, '.ssh', 'known_hosts'), sshd.knownHosts() + bastion.knownHosts());
  });
  after(async () => {
    await Promise.all([sshd.stop(), bastion.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    'one thread, two and three reach the same hosts and collect the same lines',
    { timeout: within(120_000) },
    async () => {
      const hosts = [...many(9), { name: 'nobody', port: 1 }];
      const file = inventory('same.yaml', hosts);
      const found: unknown[] = [];
      for (const workers of ['1', '2', '3']) {
        const { stderr } = await kernward(
          folder,
          'scan',
          '-q',
          '-i',
          file,
          '--retries',
          '0',
          '--workers',
          workers,
          '-o',
          `json:${workers}.json`,
        );
        assert.doesNotMatch(stderr, /thread|bug/);
        found.push(reached(join(folder, `${workers}.json`)));
      }
      assert.equal(JSON.stringify(found[0]).match(/true/g)?.length, 9);
      assert.deepEqual(found[1], found[0]);
      assert.deepEqual(found[2], found[0]);
    },
  );

  test('hosts behind one jump host are asked over one connection to it', { timeout: within(60_000) }, async () => {
    const before = [logins(sshd), logins(bastion)];
    const file = inventory('jump.yaml', many(8, `, proxyJump: "${sshd.user}@127.0.0.1:${bastion.port}"`));
    writeFileSync(
      join(folder, 'ssh_config'),
      `IdentityFile ${join(folder, 'key')}\nUserKnownHostsFile ${join(folder, '.ssh', 'known_hosts')}\n`,
    );
    const { stderr } = await kernward(
      folder,
      'scan',
      '-q',
      '-F',
      'ssh_config',
      '-i',
      file,
      '--workers',
      '3',
      '-o',
      'json:jump.json',
    );
    assert.match(JSON.stringify(reached(join(folder, 'jump.json'))), /^(?!.*false)/, stderr);
    assert.deepEqual([logins(sshd) - (before[0] ?? 0), logins(bastion) - (before[1] ?? 0)], [8, 1]);
  });

  test('a new key is kept once, whichever thread met it first', { timeout: within(60_000) }, async () => {
    const home = join(folder, 'new-home');
    mkdirSync(home);
    const file = join(folder, inventory('new.yaml', many(8)));
    const scan = [
      'scan',
      '-q',
      '-i',
      file,
      '--host-keys',
      'accept-new',
      '--workers',
      '3',
      '-o',
      `json:${join(folder, 'new.json')}`,
    ];
    const { stderr } = await startKernward(home, scan).ended;
    assert.match(JSON.stringify(reached(join(folder, 'new.json'))), /^(?!.*false)/, stderr);
    const kept = readFileSync(join(home, '.ssh', 'known_hosts'), 'utf8')
      .trim()
      .split('\n');
    assert.equal(kept.length, 1, kept.join('\n'));
  });

  test(
    'a passphrase is asked for once',
    { skip: !hasTerminal && 'script(1) is missing', timeout: within(60_000) },
    async () => {
      inventory('locked.yaml', many(6), 'locked');
      const command = `'${process.execPath}' '${process.cwd()}/dist/kernward.js' scan -q -i locked.yaml --workers 3 -o json:locked.json`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', SHELL: '/bin/sh', KERNWARD_SSH_CONFIG: 'none' },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let said = '';
      let typed = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        // The question comes before the terminal is raw.
        if (!typed && said.includes('passphrase of')) setTimeout(() => child.stdin.write('secret\r'), 300);
        typed ||= said.includes('passphrase of');
      });
      await once(child, 'close');
      assert.equal(said.match(/passphrase of/g)?.length, 1, said);
      assert.match(JSON.stringify(reached(join(folder, 'locked.json'))), /^(?!.*false)/, said);
    },
  );

  test('an agent has one connection, over which all threads have it sign', { timeout: within(60_000) }, async () => {
    const socket = join(folder, 'agent');
    const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    await until(
      () => readdirSync(folder).includes('agent'),
      () => 'there is no agent',
    );
    let connections = 0;
    const counting: Server = createServer((client) => {
      connections += 1;
      const real = connect(socket);
      client.pipe(real).pipe(client);
      for (const end of [client, real]) end.on('error', () => client.destroy());
    });
    const counted = join(folder, 'counted');
    await new Promise<void>((resolve) => {
      counting.listen(counted, resolve);
    });
    try {
      assert.equal(
        spawnSync('ssh-add', ['-q', join(folder, 'key')], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status,
        0,
      );
      const list = many(8).map(({ name, port }) => `  - { name: ${name}, address: 127.0.0.1, port: ${port} }\n`);
      writeFileSync(join(folder, 'agent.yaml'), `defaults: { user: ${sshd.user} }\nhosts:\n${list.join('')}`);
      const scan = ['scan', '-q', '-i', 'agent.yaml', '--workers', '3', '-o', 'json:agent.json'];
      const { stderr } = await startKernward(folder, scan, { SSH_AUTH_SOCK: counted }).ended;
      assert.match(JSON.stringify(reached(join(folder, 'agent.json'))), /^(?!.*false)/, stderr);
      assert.equal(connections, 1);
    } finally {
      counting.close();
      agent.kill();
    }
  });

  test(
    'the transport openssh starts its processes in threads, and leaves none',
    { timeout: within(60_000) },
    async () => {
      const temporary = join(folder, 'openssh');
      mkdirSync(temporary);
      const file = inventory('openssh.yaml', many(4, ', transport: openssh'));
      const { ended } = startKernward(
        folder,
        [
          'scan',
          '-q',
          '-i',
          file,
          '--host-keys',
          `file:${join(folder, '.ssh', 'known_hosts')}`,
          '--workers',
          '2',
          '-o',
          'json:openssh.json',
        ],
        { TMPDIR: temporary },
      );
      const { stderr } = await ended;
      assert.match(JSON.stringify(reached(join(folder, 'openssh.json'))), /^(?!.*false)/, stderr);
      await nothingLeft(temporary, 'a run');
    },
  );

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)
    test(`${signal} ends every thread, and what it started`, { timeout: within(60_000) }, async () => {
      const silent = await startTcp(() => undefined);
      const temporary = join(folder, signal);
      mkdirSync(temporary);
      try {
        const patient = '--connect-timeout 300 --host-timeout 600 --retries 0'.split(' ');
        const hosts = Array.from({ length: 6 }, (_, index) => ({
          name: `host${index}`,
          port: silent.port,
          more: index % 2 === 0 ? ', transport: openssh' : '',
        }));
        const file = inventory(`${signal}.yaml`, hosts);
        const { child, ended } = startKernward(
          folder,
          ['scan', '-q', '-i', file, ...patient, '--workers', '2', '-o', `json:${signal}.json`],
          { TMPDIR: temporary },
        );
        await until(
          () => silent.open() === 6 && startedBy(temporary).length > 3,
          () => `${silent.open()} of 6 hosts are asked`,
        );
        child.kill(signal);
        const { status: ending, stderr } = await ended;
        assert.equal(ending, status, stderr);
        if (signal === 'SIGINT')
          assert.deepEqual(
            reached(join(folder, `${signal}.json`)),
            hosts.map(({ name }) => [name, 'interrupted', undefined, false]),
          );
        await nothingLeft(temporary, signal);
        await until(
          () => silent.open() === 0,
          () => `${silent.open()} of 6 hosts are still asked`,
        );
      } finally {
        await silent.stop();
      }
    });

  test(
    'how many are asked at once, and how many of a group, holds over all threads',
    { timeout: within(60_000) },
    async () => {
      const hostKey = makeKeyPair();
      const recording = recordedHost('debian-12') ?? assert.fail('no recorded host');
      for (const [forks, group, most] of [
        ['3', '', 3],
        ['20', '    forks: 2\n', 2],
      ] as const) {
        let open = 0;
        let peak = 0;
        let held: (() => void)[] = [];
        const release = (): void => {
          const now = held;
          held = [];
          for (const go of now) go();
        };
        // From a script that has come to its answer, which nobody can have before it is written. All that may be under way are
        // waited for, and a while for one more.
        const counting = await startMeddler(hostKey.private, {
          answer: (channel, _, script) => {
            open += 1;
            peak = Math.max(peak, open);
            held.push(() => {
              open -= 1;
              const nonce = /^kw='kernward \d+ (?<nonce>[0-9a-f]{32})'/.exec(script)?.groups?.['nonce'] ?? '';
              channel.write(answerWith(recording, nonce));
              channel.exit(0);
              channel.end();
            });
            setTimeout(release, open >= most ? 300 : within(1500)).unref();
          },
        });
        const { port } = counting;
        writeFileSync(
          join(folder, 'counted_hosts'),
          `[127.0.0.1]:${port} ${hostKey.public.trim().split(' ').slice(0, 2).join(' ')}\n`,
        );
        const hosts = Array.from({ length: 12 }, (_, index) => ({ name: `host${index}`, port }));
        const file = inventory('limits.yaml', hosts, 'key', group);
        const scan = [
          'scan',
          '-q',
          '-i',
          file,
          '--host-keys',
          'file:counted_hosts',
          '--forks',
          forks,
          '--workers',
          '3',
          '-o',
          'json:limits.json',
        ];
        const { stderr } = await kernward(folder, ...scan);
        await counting.stop();
        assert.match(JSON.stringify(reached(join(folder, 'limits.json'))), /^(?!.*false)/, stderr);
        assert.equal(peak, most);
      }
    },
  );
});
