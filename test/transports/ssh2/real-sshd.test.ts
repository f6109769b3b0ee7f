import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Host } from '../../../src/model/host.js';
import type { ConnectFailureCode, RunOutcome } from '../../../src/model/outcome.js';
import { createAgent } from '../../../src/transports/keys/agent.js';
import { createIdentities, type IdentitiesOptions } from '../../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import { hostAt } from '../../support/hosts.js';
import { scratch } from '../../support/scratch.js';
import { makeKey, needsSshd, startSshd, type KeyPair, type Sshd } from '../../support/sshd.js';
import { endRunning } from '../../support/processes.js';
import { overLine } from '../../../src/probe/shell.js';
import { until } from '../../support/until.js';
import { within } from '../../support/within.js';

const LIMITS = { timeoutMs: within(5000), maxBytes: 1024 * 1024 };
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe('ssh2 against a real sshd', needsSshd(), () => {
  const home = scratch();
  let key: KeyPair;
  let rsa: KeyPair;
  let stranger: KeyPair;
  let encrypted: KeyPair;
  let sshd: Sshd;

  before(async () => {
    key = makeKey(join(home, 'ed25519'));
    rsa = makeKey(join(home, 'rsa'), 'rsa');
    stranger = makeKey(join(home, 'stranger'));
    encrypted = makeKey(join(home, 'encrypted'), 'ecdsa', 'open sesame');
    sshd = await startSshd({ authorizedKeys: [key, rsa, encrypted].map(({ publicKey }) => publicKey) });
  });
  after(async () => {
    await sshd.stop();
    rmSync(home, { recursive: true });
  });

  let files = 0;
  const knownHosts = (content: string): string => {
    const file = join(home, `known_hosts_${files++}`);
    writeFileSync(file, content);
    return file;
  };
  const transport = (hostKeys = `file:${knownHosts(sshd.knownHosts())}`, identities: IdentitiesOptions = {}) => {
    const policy = loadHostKeyPolicy(hostKeys, home).value;
    assert.ok(policy);
    return createSsh2Transport({
      hostKeys: policy,
      identities: createIdentities({ home, ...identities }),
      connectTimeoutMs: within(5000),
      authTimeoutMs: within(5000),
    });
  };
  const here = (over: Partial<Host> = {}): Host => hostAt(sshd.port, { identityFiles: [key.file], ...over });
  const runOn = async (
    used: ReturnType<typeof transport>,
    host: Host,
    script = 'echo "said $((6*7))"',
  ): Promise<RunOutcome> => {
    const opened = await used.open(host, AbortSignal.timeout(within(10_000)));
    assert.ok(opened.ok, JSON.stringify(opened));
    const outcome = await opened.session.run([script], LIMITS);
    await opened.session.close();
    return outcome;
  };
  const refusal = async (
    used: ReturnType<typeof transport>,
    host: Host,
  ): Promise<readonly [ConnectFailureCode, string]> => {
    const opened = await used.open(host, AbortSignal.timeout(within(10_000)));
    assert.ok(!opened.ok);
    return [opened.failure.code, opened.failure.detail];
  };

  for (const which of ['ed25519', 'rsa'] as const)
    test(`logs in with an ${which} key file`, async () => {
      const outcome = await runOn(transport(), here({ identityFiles: [join(home, which)] }));
      assert.deepEqual(
        [outcome.ended, text(outcome.stdout), 'status' in outcome && outcome.status],
        ['exited', 'said 42\n', 0],
      );
    });

  test('asks for the passphrase of an encrypted key once for two hosts', async () => {
    let asked = 0;
    const used = transport(undefined, {
      askPassphrase: () => {
        asked++;
        return Promise.resolve('open sesame');
      },
    });
    const host = here({ identityFiles: [encrypted.file] });
    const outcomes = await Promise.all([runOn(used, host), runOn(used, host)]);
    assert.deepEqual([outcomes.map(({ ended }) => ended), asked], [['exited', 'exited'], 1]);
  });

  test('a wrong passphrase, and none, make the key unusable', async () => {
    const host = here({ identityFiles: [encrypted.file] });
    for (const passphrase of ['wrong', undefined]) {
      const [code, detail] = await refusal(
        transport(undefined, { askPassphrase: () => Promise.resolve(passphrase) }),
        host,
      );
      assert.equal(code, 'identity-unusable');
      assert.match(detail, /encrypted.*passphrase/u);
    }
  });

  test('signs with an agent: its keys by default, and for an encrypted file that it holds', async () => {
    const socket = join(home, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const add = (file: string, passphrase: string): void => {
        const askpass = join(home, 'askpass');
        writeFileSync(askpass, `#!/bin/sh\necho '${passphrase}'\n`, { mode: 0o700 });
        const environment = {
          ...process.env,
          SSH_AUTH_SOCK: socket,
          SSH_ASKPASS: askpass,
          SSH_ASKPASS_REQUIRE: 'force',
        };
        for (
          let tries = 0;
          spawnSync('ssh-add', ['-q', file], { env: environment, stdio: 'ignore' }).status !== 0;
          tries++
        )
          assert.ok(tries < 50, 'ssh-add failed');
      };
      add(stranger.file, '');
      add(encrypted.file, 'open sesame');
      add(rsa.file, '');
      const used = transport(undefined, { agent: createAgent(socket) });
      assert.equal((await runOn(used, here({ identityFiles: [] }))).ended, 'exited');
      assert.equal((await runOn(used, here({ identityFiles: [encrypted.file] }))).ended, 'exited');
      assert.equal((await runOn(used, here({ identityFiles: [`${rsa.file}.pub`] }))).ended, 'exited');
      const many = await Promise.all(
        Array.from({ length: 12 }, () => runOn(used, here({ identityFiles: [encrypted.file] }))),
      );
      assert.ok(many.every(({ ended }) => ended === 'exited'));
    } finally {
      agent.kill();
    }
  });

  test('a key that the host does not know is refused by name', async () => {
    const [code, detail] = await refusal(transport(), here({ identityFiles: [stranger.file] }));
    assert.equal(code, 'authentication-failed');
    assert.ok(detail.includes(stranger.file), detail);
  });

  test('a key that others may read is refused, with the command', async () => {
    const open = makeKey(join(home, 'open'));
    chmodSync(open.file, 0o644);
    const [code, detail] = await refusal(transport(), here({ identityFiles: [open.file] }));
    assert.equal(code, 'identity-unusable');
    assert.ok(detail.includes(`chmod 600 ${open.file}`), detail);
  });

  test('an unknown host key says its fingerprint, as ssh-keygen does', async () => {
    const [code, detail] = await refusal(transport(`file:${knownHosts('')}`), here());
    const { stdout } = spawnSync('ssh-keygen', ['-lf', join(sshd.directory, 'host_ed25519.pub')], { encoding: 'utf8' });
    assert.equal(code, 'host-key-unknown');
    assert.ok(detail.includes(stdout.split(' ')[1] ?? '?'), detail);
  });

  test('a changed host key is refused by every policy, naming file and line', async () => {
    const file = knownHosts(`# comment\n[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`);
    const [code, detail] = await refusal(transport(`file:${file}`), here());
    assert.equal(code, 'host-key-changed');
    assert.ok(detail.includes(`${file}:2`), detail);
  });

  test('accept-new writes a host down once, and refuses it when it has changed', async () => {
    const fresh = scratch();
    const policy = (): ReturnType<typeof transport> => {
      const loaded = loadHostKeyPolicy('accept-new', fresh).value;
      assert.ok(loaded);
      return createSsh2Transport({
        hostKeys: loaded,
        identities: createIdentities({ home }),
        connectTimeoutMs: within(5000),
        authTimeoutMs: within(5000),
      });
    };
    const first = policy();
    await Promise.all([runOn(first, here()), runOn(first, here()), runOn(first, here())]);
    const file = join(fresh, '.ssh', 'known_hosts');
    assert.equal(readFileSync(file, 'utf8'), `[127.0.0.1]:${sshd.port} ${sshd.hostKeys['ed25519']}\n`);
    assert.equal((await runOn(policy(), here())).ended, 'exited');
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`);
    assert.equal((await refusal(policy(), here()))[0], 'host-key-changed');
    rmSync(fresh, { recursive: true });
  });

  test('a revoked host key is refused although it is also trusted', async () => {
    const file = knownHosts(`${sshd.knownHosts()}@revoked * ${sshd.hostKeys['ed25519']}\n`);
    assert.equal((await refusal(transport(`file:${file}`), here()))[0], 'host-key-revoked');
  });

  test('hashed names', async () => {
    const file = knownHosts(sshd.knownHosts());
    assert.equal(spawnSync('ssh-keygen', ['-H', '-f', file]).status, 0);
    assert.match(readFileSync(file, 'utf8'), /^\|1\|/u);
    assert.equal((await runOn(transport(`file:${file}`), here())).ended, 'exited');
  });

  for (const hashed of [false, true])
    test(`a host known by its RSA key only, on a server that prefers ed25519 (${hashed ? 'hashed' : 'plain'})`, async () => {
      const file = knownHosts(`${sshd.knownHosts('rsa')}other.example ${stranger.publicKey}\n`);
      if (hashed) assert.equal(spawnSync('ssh-keygen', ['-H', '-f', file]).status, 0);
      assert.equal((await runOn(transport(`file:${file}`), here())).ended, 'exited');
    });

  test('the inventory name of a host is good for known_hosts, too', async () => {
    const file = knownHosts(`db1 ${sshd.hostKeys['ed25519']}\n`);
    assert.equal((await runOn(transport(`file:${file}`), here({ name: 'db1' }))).ended, 'exited');
  });

  test('two scripts on one session', async () => {
    const opened = await transport().open(here(), AbortSignal.timeout(within(10_000)));
    assert.ok(opened.ok);
    const first = await opened.session.run(['printf one; exit 3'], LIMITS);
    const second = await opened.session.run(['printf two'], LIMITS);
    assert.deepEqual([text(first.stdout), 'status' in first && first.status, text(second.stdout)], ['one', 3, 'two']);
    await opened.session.close();
  });

  test('output without end is cut at the cap', async () => {
    const outcome = await runOn(transport(), here(), 'yes');
    assert.equal(outcome.ended, 'output-too-large');
    assert.equal(outcome.stdout.length + outcome.stderr.length, LIMITS.maxBytes);
  });

  test('a slow host times out and what it said is kept', async () => {
    const opened = await transport().open(here(), AbortSignal.timeout(within(10_000)));
    assert.ok(opened.ok);
    const outcome = await opened.session.run(['echo early; sleep 30'], { timeoutMs: within(2000), maxBytes: 1000 });
    assert.deepEqual([outcome.ended, text(outcome.stdout)], ['timed-out', 'early\n']);
    assert.equal((await opened.session.run(['echo again'], LIMITS)).ended, 'disconnected');
    await opened.session.close();
  });

  test('a connection that is killed on the host ends the run', async () => {
    const outcome = await runOn(transport(), here(), 'echo early; sleep 0.3; kill -9 $PPID; sleep 20');
    assert.deepEqual([outcome.ended, text(outcome.stdout)], ['disconnected', 'early\n']);
  });

  test('a background process that holds the channel open does not hold the run', async () => {
    const outcome = await runOn(transport(), here(), 'sleep 86400 & echo $!; exit 0');
    assert.equal(outcome.ended, 'exited');
    endRunning(Number(text(outcome.stdout)));
  });

  test('a command that a signal ends has no status', async () => {
    const outcome = await runOn(transport(), here(), 'echo said; kill -9 $$');
    assert.deepEqual(
      [outcome.ended, text(outcome.stdout), 'status' in outcome && outcome.status],
      ['exited', 'said\n', undefined],
    );
  });

  test('nothing is asked of the host but one exec: no pty, no agent, no environment', async () => {
    const outcome = await runOn(
      transport(),
      here(),
      'test -t 0 && echo tty; env | grep -c -E "^(SSH_AUTH_SOCK|SSH_TTY)="',
    );
    assert.equal(text(outcome.stdout), '0\n');
  });

  const withServer = async (config: readonly string[], use: (server: Sshd) => Promise<void>): Promise<void> => {
    const server = await startSshd({ authorizedKeys: [key.publicKey], hostKeyTypes: ['ed25519'], config });
    try {
      await use(server);
    } finally {
      await server.stop();
    }
  };
  const runThere = (server: Sshd, script?: string): Promise<RunOutcome> =>
    runOn(
      transport(`file:${knownHosts(server.knownHosts())}`),
      hostAt(server.port, { identityFiles: [key.file] }),
      script,
    );

  test('a script is there whole, ahead of its channel where one packet holds it and behind it where not', async () => {
    await withServer(['ForceCommand wc -c'], async (server) => {
      for (const bytes of [0, 1, 32_767, 32_768, 32_769, 200_000]) {
        const outcome = await runThere(server, 'x'.repeat(bytes));
        assert.deepEqual([outcome.ended, text(outcome.stdout)], ['exited', `${bytes}\n`]);
      }
      assert.doesNotMatch(server.log(), /rcvd (?:too much|big)|nonexistent channel/u);
    });
  });

  test('new keys are agreed on while a script goes out and its output comes in', async () => {
    await withServer(['LogLevel DEBUG', 'RekeyLimit 16K', 'ForceCommand cat'], async (server) => {
      const opened = await transport(`file:${knownHosts(server.knownHosts())}`).open(
        hostAt(server.port, { identityFiles: [key.file] }),
        AbortSignal.timeout(within(10_000)),
      );
      assert.ok(opened.ok);
      for (const bytes of [30_000, 200_000, 1]) {
        const script = Array.from({ length: 2 }, (_, piece) => String(piece).repeat(bytes));
        const outcome = await opened.session.run(script, LIMITS);
        assert.deepEqual([outcome.ended, text(outcome.stdout) === script.join('')], ['exited', true]);
      }
      await opened.session.close();
      const log = await server.logged(/Disconnected from/u);
      assert.ok((log.match(/SSH2_MSG_NEWKEYS received/gu)?.length ?? 0) > 3, log.slice(-4000));
    });
  });

  for (const [most, refused] of [
    [10, /^(?![^]*no more sessions)/u],
    // Whether it refuses the next one hangs on how soon it has done with the one before.
    [1, /Starting session/u],
  ] as const)
    test(`where shells end with their scripts each has one of its own, also where there is one at a time: MaxSessions ${most}`, async () => {
      await withServer([`MaxSessions ${most}`, 'ForceCommand wc -c'], async (server) => {
        const opened = await transport(`file:${knownHosts(server.knownHosts())}`).open(
          hostAt(server.port, { identityFiles: [key.file] }),
          AbortSignal.timeout(within(10_000)),
        );
        assert.ok(opened.ok);
        const { session } = opened;
        for (const bytes of [30_000, 0, 32_768, 32_769, 200_000, 1]) {
          const outcome = await session.run(['x'.repeat(bytes)], LIMITS);
          assert.deepEqual([outcome.ended, text(outcome.stdout)], ['exited', `${bytes}\n`]);
        }
        await session.close();
        const log = await server.logged(/Disconnected from/u);
        assert.match(log, refused);
        assert.doesNotMatch(log, /rcvd (?:too much|big)|nonexistent channel|unknown channel/u);
        assert.equal(log.match(/Starting session:/gu)?.length, 6);
      });
    });

  test('a banner and a noisy rc file stand before the output and do not harm it', async () => {
    const noise = join(home, 'noise');
    writeFileSync(noise, 'echo "Welcome! \x1b[31m"; echo "to stderr" >&2\n');
    await withServer([`Banner ${noise}`, `ForceCommand . ${noise}; eval "$SSH_ORIGINAL_COMMAND"`], async (server) => {
      const outcome = await runThere(server);
      assert.match(text(outcome.stdout), /^Welcome! .*\nsaid 42\n$/su);
      assert.match(text(outcome.stderr), /to stderr/u);
    });
  });

  for (const [shell, said] of [
    ['/usr/sbin/nologin', /not available/u],
    ['/bin/false', /^$/u],
  ] as const)
    test(`an account whose shell is ${shell} exits with status 1`, async () => {
      await withServer([`ForceCommand ${shell}`], async (server) => {
        const outcome = await runThere(server);
        assert.deepEqual([outcome.ended, 'status' in outcome && outcome.status], ['exited', 1]);
        assert.match(text(outcome.stdout), said);
      });
    });

  test('a server that wants a second factor says so', async () => {
    await withServer(
      ['AuthenticationMethods publickey,keyboard-interactive', 'KbdInteractiveAuthentication yes', 'UsePAM no'],
      async (server) => {
        const opened = await transport(`file:${knownHosts(server.knownHosts())}`).open(
          hostAt(server.port, { identityFiles: [key.file] }),
          AbortSignal.timeout(within(5000)),
        );
        assert.ok(!opened.ok);
        assert.equal(opened.failure.code, 'authentication-failed');
      },
    );
  });

  test('a server that takes more tries than it allows ends as an authentication that failed', async () => {
    await withServer(['MaxAuthTries 2'], async (server) => {
      const many = Array.from({ length: 6 }, (_, index) => makeKey(join(home, `many_${index}`)).file);
      const opened = await transport(`file:${knownHosts(server.knownHosts())}`).open(
        hostAt(server.port, { identityFiles: many }),
        AbortSignal.timeout(within(5000)),
      );
      assert.ok(!opened.ok);
      assert.equal(opened.failure.code, 'authentication-failed');
      assert.match(opened.failure.detail, /Too many authentication failures/u);
    });
  });

  test('our client asks the server for no proof of host keys', async () => {
    await withServer(['LogLevel DEBUG1'], async (server) => {
      await runThere(server);
      const log = await server.logged(/Received disconnect from .*:11:/u);
      assert.match(log, /hostkeys-00@openssh.com|Starting session/u);
      assert.doesNotMatch(log, /hostkeys-prove/u);
    });
  });

  test('a session whose connection is closed leaves no timer, which would hold all of it', async () => {
    const [timers, sockets] = [new Set<number>(), new Set<number>()];
    const kinds: ReadonlyMap<string, Set<number>> = new Map([
      ['Timeout', timers],
      ['TCPWRAP', sockets],
    ]);
    let isWatched = true;
    const hook = createHook({
      init: (id, type) => void (isWatched && kinds.get(type)?.add(id)),
      destroy: (id) => {
        for (const ids of kinds.values()) ids.delete(id);
      },
    }).enable();
    try {
      const opened = await transport().open(here(), new AbortController().signal);
      assert.ok(opened.ok);
      const over = overLine('0123456789abcdef'.repeat(2));
      for (const script of [`echo one; echo "${over}"\n`, `echo two; echo "${over}"\n`, 'echo three; exit 1'])
        await opened.session.run([script], { ...LIMITS, over });
      await opened.session.run(['echo four'], LIMITS);
      assert.ok(timers.size > 0 && sockets.size > 0, 'nothing is watched');
      await opened.session.close();
      isWatched = false;
      await until(
        () => sockets.size === 0,
        () => 'the connection is open',
      );
      assert.deepEqual([...timers], []);
    } finally {
      hook.disable();
    }
  });
});
