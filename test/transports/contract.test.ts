import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Host, TransportName } from '../../src/model/host.js';
import type { ConnectFailureCode, RunOutcome } from '../../src/model/outcome.js';
import { parseProbe } from '../../src/probe/parse.js';
import { packagesPieces } from '../../src/probe/packages-script.js';
import { probePieces, probeScript } from '../../src/probe/script.js';
import { overLine } from '../../src/probe/shell.js';
import type { HostKeyPolicy } from '../../src/transports/host-keys/policy.js';
import { createIdentities } from '../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../src/transports/host-keys/load.js';
import { createOpensshTransport } from '../../src/transports/openssh/transport.js';
import { createSsh2Transport } from '../../src/transports/ssh2/transport.js';
import type { RunLimits, Transport } from '../../src/transports/transport.js';
import { hostAt } from '../support/hosts.js';
import { startTcp } from '../support/misbehaving.js';
import { scratch } from '../support/scratch.js';
import { freePort } from '../support/free-port.js';
import { makeKey, needsSshd, startSshd, type KeyPair, type Sshd } from '../support/sshd.js';
import { endRunning } from '../support/processes.js';
import { until } from '../support/until.js';
import { within } from '../support/within.js';

const TIMES = { connectTimeoutMs: within(4000), authTimeoutMs: within(4000) };
const LIMITS: RunLimits = { timeoutMs: within(5000), maxBytes: 256 * 1024 };
const MAKE: Readonly<
  Record<'ssh2' | 'openssh', (hostKeys: HostKeyPolicy, home: string, times: typeof TIMES) => Transport>
> = {
  ssh2: (hostKeys, home, times) => createSsh2Transport({ hostKeys, identities: createIdentities({ home }), ...times }),
  openssh: (hostKeys, _home, times) => createOpensshTransport({ hostKeys, ...times }),
};
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
function statusOf(outcome: RunOutcome): unknown {
  return 'status' in outcome ? outcome.status : 'none';
}

for (const name of ['ssh2', 'openssh'] as const satisfies readonly TransportName[])
  void describe(`the contract of transports, by ${name}, against a real sshd`, needsSshd(), () => {
    const home = scratch();
    const made: Transport[] = [];
    let key: KeyPair;
    let stranger: KeyPair;
    let sshd: Sshd;
    let files = 0;

    before(async () => {
      key = makeKey(join(home, 'key'));
      stranger = makeKey(join(home, 'stranger'));
      sshd = await startSshd({ authorizedKeys: [key.publicKey], keyExchange: 'as installed' });
    });
    after(async () => {
      for (const transport of made) await transport.close();
      await sshd.stop();
      rmSync(home, { recursive: true });
    });

    const knownHosts = (content = sshd.knownHosts()): string => {
      const file = join(home, `known hosts 100%_${files++}`);
      writeFileSync(file, content);
      return file;
    };
    const transport = (option = `file:${knownHosts()}`, at = home, times = TIMES): Transport => {
      const policy = loadHostKeyPolicy(option, at).value;
      assert.ok(policy);
      const created = MAKE[name](policy, home, times);
      made.push(created);
      return created;
    };
    const here = (over: Partial<Host> = {}): Host =>
      hostAt(sshd.port, { transport: name, identityFiles: [key.file], ...over });
    const runOn = async (
      used: Transport,
      host = here(),
      script = 'echo "said $((6*7))"',
      limits = LIMITS,
    ): Promise<RunOutcome> => {
      const opened = await used.open(host, AbortSignal.timeout(within(20_000)));
      assert.ok(opened.ok, JSON.stringify(opened));
      const outcome = await opened.session.run([script], limits);
      await opened.session.close();
      return outcome;
    };
    const refusal = async (
      used: Transport,
      host = here(),
      signal = AbortSignal.timeout(within(20_000)),
    ): Promise<readonly [ConnectFailureCode, string]> => {
      const opened = await used.open(host, signal);
      assert.ok(!opened.ok);
      return [opened.failure.code, opened.failure.detail];
    };

    void test('the output and the status of a script', async () => {
      const outcome = await runOn(transport(), here(), 'echo "said $((6*7))"; echo aside >&2; exit 3');
      assert.deepEqual([outcome.ended, statusOf(outcome), text(outcome.stdout)], ['exited', 3, 'said 42\n']);
      assert.match(text(outcome.stderr), /^aside\n$/u);
    });

    void test('the probe, whole', async () => {
      const nonce = 'c0ffee00'.repeat(4);
      const outcome = await runOn(transport(), here(), probeScript(nonce));
      const parsed = parseProbe(outcome.stdout, nonce, 'complete');
      assert.ok(parsed.ok);
      assert.equal(parsed.readings.get('uname.sysname')?.state, 'known');
    });

    void test('several scripts on one session', async () => {
      const opened = await transport().open(here(), AbortSignal.timeout(within(20_000)));
      assert.ok(opened.ok);
      const outcomes = [
        await opened.session.run(['printf one; exit 3'], LIMITS),
        await opened.session.run(['printf two'], LIMITS),
      ];
      await opened.session.close();
      assert.deepEqual(
        outcomes.map((outcome) => [text(outcome.stdout), statusOf(outcome)]),
        [
          ['one', 3],
          ['two', 0],
        ],
      );
      assert.equal((await opened.session.run(['printf three'], LIMITS)).ended, 'disconnected');
    });

    /** One session with a server of its own: what each script gives, and how many shells that took. */
    const runAll = async (
      config: readonly string[],
      scripts: readonly (readonly [script: readonly string[], limits: RunLimits])[],
    ): Promise<{ readonly outcomes: readonly RunOutcome[]; readonly shells: number }> => {
      const server = await startSshd({ authorizedKeys: [key.publicKey], hostKeyTypes: ['ed25519'], config });
      try {
        const opened = await transport(`file:${knownHosts(server.knownHosts())}`).open(
          hostAt(server.port, { transport: name, identityFiles: [key.file] }),
          AbortSignal.timeout(within(30_000)),
        );
        assert.ok(opened.ok);
        const outcomes: RunOutcome[] = [];
        for (const [script, limits] of scripts) outcomes.push(await opened.session.run(script, limits));
        await opened.session.close();
        const log = await server.logged(/Disconnected from/u);
        assert.doesNotMatch(log, /rcvd (?:too much|big)|nonexistent channel|unknown channel/u);
        return { outcomes, shells: log.match(/Starting session:/gu)?.length ?? 0 };
      } finally {
        await server.stop();
      }
    };
    const over = overLine('0123456789abcdef'.repeat(2));
    const saysOver = `\necho "${over}"\n`;
    const readingOn = { ...LIMITS, over };

    void test('a shell that reads on is given the next script, whatever its size', async () => {
      const { outcomes, shells } = await runAll(
        ['MaxSessions 1'],
        [
          [[`echo "$$"${saysOver}`], readingOn],
          [[`printf %s "$$"; echo >&2; echo${saysOver}`], readingOn],
          [[`# ${'x'.repeat(200_000)}\n`, 'echo "$$"', saysOver], readingOn],
          [['echo "$$"; exit 7'], LIMITS],
        ],
      );
      const said = outcomes.map(({ stdout }) => text(stdout).split('\n'));
      assert.match(said[0]?.[0] ?? '', /^\d+$/u);
      assert.deepEqual(new Set(said.map(([shell]) => shell)).size, 1);
      assert.deepEqual(
        said.slice(0, 3).map((lines) => lines.slice(-2)),
        Array.from({ length: 3 }, () => [over, '']),
      );
      assert.deepEqual(outcomes.map(statusOf), [0, 0, 0, 7]);
      assert.equal(shells, 1);
    });

    void test('both looks at a host by one shell give what each gives by its own', async () => {
      const nonce = 'c0ffee00'.repeat(4);
      const looks = [
        [probePieces(nonce), { ...LIMITS, over: overLine(nonce) }],
        [packagesPieces(nonce, []), { ...LIMITS, over: overLine(nonce) }],
      ] as const;
      const { outcomes, shells } = await runAll([], looks);
      assert.equal(shells, 1);
      const alone = (await runAll([], looks.slice(1))).outcomes[0];
      assert.ok(alone !== undefined);
      assert.deepEqual(
        outcomes.map(({ ended, stdout }) => [ended, text(stdout).endsWith(`\n${overLine(nonce)}\n`)]),
        [
          ['exited', true],
          ['exited', true],
        ],
      );
      assert.equal(text(outcomes[1]?.stdout ?? Buffer.of()), text(alone.stdout));
      assert.ok(parseProbe(outcomes[0]?.stdout ?? Buffer.of(), nonce, 'complete').ok);
    });

    void test('the end of a shell that was to read on is the end of its script, and the next has one of its own', async () => {
      const { outcomes, shells } = await runAll(
        ['MaxSessions 1'],
        [
          [['echo one; exit 3'], readingOn],
          [[`echo two${saysOver}`], readingOn],
          [['echo three'], readingOn],
        ],
      );
      assert.deepEqual(
        outcomes.map((outcome) => [text(outcome.stdout).split('\n')[0], statusOf(outcome)]),
        [
          ['one', 3],
          ['two', 0],
          ['three', 0],
        ],
      );
      assert.equal(shells, 3);
    });

    void test('a shell that has ended before it said a word to a script is missed by nobody', async () => {
      for (const isAwaited of [false, true]) {
        const opened = await transport().open(here(), AbortSignal.timeout(within(20_000)));
        assert.ok(opened.ok);
        const { session } = opened;
        const gone = `echo "$$"; (sleep 0.3; kill -9 $$) >/dev/null 2>&1 &${saysOver}`;
        const pid = Number(text((await session.run([gone], readingOn)).stdout).split('\n')[0]);
        if (isAwaited)
          await until(
            () => !existsSync(`/proc/${pid}`),
            () => 'the shell goes on',
          );
        const shells: string[] = [];
        for (const script of ['sleep 1; echo "$$"', 'echo "$$"']) {
          const ran = await session.run([script], LIMITS);
          assert.deepEqual([ran.ended, statusOf(ran)], ['exited', 0]);
          shells.push(text(ran.stdout).trim());
        }
        await session.close();
        assert.equal(new Set([String(pid), ...shells]).size, 3);
      }
    });

    void test('what reads all of its input before it begins is told of its end, if a little later', async () => {
      const script = `echo 'x'${saysOver}`;
      const { outcomes, shells } = await runAll(
        ['MaxSessions 1', 'ForceCommand f=$(cat; echo x); printf %s "${f%x}" | sh -s; printf %s "$f" | wc -c'],
        [
          [[script], readingOn],
          [[script], readingOn],
        ],
      );
      assert.deepEqual(
        outcomes.map((outcome) => [text(outcome.stdout), statusOf(outcome)]),
        Array.from({ length: 2 }, () => [`x\n${over}\n${script.length + 1}\n`, 0]),
      );
      assert.equal(shells, 2);
    });

    void test('bytes that are no text come as they are', async () => {
      const outcome = await runOn(transport(), here(), String.raw`printf '\000\377\r\n~.\n'`);
      assert.deepEqual([...outcome.stdout], [0, 255, 13, 10, 126, 46, 10]);
    });

    void test('nothing is asked of the host but one exec: no terminal, no environment, and no agent where there is one', async () => {
      // Without an agent here nobody could forward one.
      const socket = join(home, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      const given = process.env['SSH_AUTH_SOCK'];
      process.env['SSH_AUTH_SOCK'] = socket;
      try {
        for (let tries = 0; !existsSync(socket); tries += 1) {
          assert.ok(tries < 500, 'ssh-agent does not start');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const outcome = await runOn(
          transport(),
          here(),
          'test -t 0 && echo tty; env | grep -c -E "^(SSH_AUTH_SOCK|SSH_TTY|DISPLAY|LC_)="',
        );
        assert.equal(text(outcome.stdout), '0\n');
      } finally {
        if (given === undefined) delete process.env['SSH_AUTH_SOCK'];
        else process.env['SSH_AUTH_SOCK'] = given;
        agent.kill();
      }
    });

    void test('a key that the host does not know', async () => {
      const [code, detail] = await refusal(transport(), here({ identityFiles: [stranger.file] }));
      assert.equal(code, 'authentication-failed');
      assert.match(detail, new RegExp(`^${sshd.user}@127.0.0.1:${sshd.port}: `, 'u'));
    });

    void test('a key file that is not there, one that others may read, and one whose passphrase nobody gives', async () => {
      const encrypted = makeKey(join(home, 'encrypted'), 'ed25519', 'open sesame');
      appendFileSync(join(sshd.directory, 'authorized_keys'), `${encrypted.publicKey}\n`);
      assert.equal((await refusal(transport(), here({ identityFiles: [encrypted.file] })))[0], 'identity-unusable');
      const open = makeKey(join(home, 'open'));
      chmodSync(open.file, 0o644);
      appendFileSync(join(sshd.directory, 'authorized_keys'), `${open.publicKey}\n`);
      assert.equal((await refusal(transport(), here({ identityFiles: [join(home, 'none')] })))[0], 'identity-unusable');
      assert.equal((await refusal(transport(), here({ identityFiles: [open.file] })))[0], 'identity-unusable');
    });

    void test('an unknown host key, with its fingerprint', async () => {
      const [code, detail] = await refusal(transport(`file:${knownHosts('')}`));
      const { stdout } = spawnSync('ssh-keygen', ['-lf', join(sshd.directory, 'host_ed25519.pub')], {
        encoding: 'utf8',
      });
      assert.equal(code, 'host-key-unknown');
      assert.ok(detail.includes(stdout.split(' ')[1] ?? '?'), detail);
    });

    void test('a changed host key is refused by every policy, with file and line', async () => {
      const changed = `# comment\n[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`;
      const file = knownHosts(changed);
      const [code, detail] = await refusal(transport(`file:${file}`));
      assert.equal(code, 'host-key-changed');
      assert.ok(detail.includes(`${file}:2`), detail);
      const fresh = scratch();
      try {
        assert.equal((await runOn(transport('accept-new', fresh))).ended, 'exited');
        writeFileSync(join(fresh, '.ssh', 'known_hosts'), changed);
        assert.equal((await refusal(transport('accept-new', fresh)))[0], 'host-key-changed');
      } finally {
        rmSync(fresh, { recursive: true });
      }
    });

    void test('a key that is right for the bare name is refused where another is written down for the port', async () => {
      const own = Object.values(sshd.hostKeys);
      const file = knownHosts(
        `[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n${own.map((right) => `127.0.0.1 ${right}\n`).join('')}`,
      );
      const [code, detail] = await refusal(transport(`file:${file}`));
      assert.equal(code, 'host-key-changed');
      assert.ok(detail.includes(`${file}:1`), detail);
    });

    void test('a host that is known by a key of another type is not new', async () => {
      const server = await startSshd({ authorizedKeys: [key.publicKey], hostKeyTypes: ['ed25519'] });
      const fresh = scratch();
      const rsa = makeKey(join(fresh, 'rsa'), 'rsa');
      try {
        const at = hostAt(server.port, { identityFiles: [key.file] });
        assert.equal((await runOn(transport('accept-new', fresh), at)).ended, 'exited');
        writeFileSync(join(fresh, '.ssh', 'known_hosts'), `[127.0.0.1]:${server.port} ${rsa.publicKey}\n`);
        assert.match((await refusal(transport('accept-new', fresh), at))[0], /^host-key-(?:changed|unknown)$/u);
        assert.equal(
          readFileSync(join(fresh, '.ssh', 'known_hosts'), 'utf8')
            .trim()
            .split('\n').length,
          1,
        );
      } finally {
        await server.stop();
        rmSync(fresh, { recursive: true });
      }
    });

    void test('accept-new writes a host down once', async () => {
      const fresh = scratch();
      try {
        assert.equal((await runOn(transport('accept-new', fresh))).ended, 'exited');
        const file = join(fresh, '.ssh', 'known_hosts');
        const written = readFileSync(file, 'utf8');
        assert.equal(written, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys['ed25519']}\n`);
        assert.equal((await runOn(transport('accept-new', fresh))).ended, 'exited');
        assert.equal(readFileSync(file, 'utf8'), written);
      } finally {
        rmSync(fresh, { recursive: true });
      }
    });

    void test('a revoked host key, although it is also trusted', async () => {
      const file = knownHosts(
        `${sshd.knownHosts()}${Object.values(sshd.hostKeys)
          .map((revoked) => `@revoked * ${revoked}\n`)
          .join('')}`,
      );
      assert.equal((await refusal(transport(`file:${file}`)))[0], 'host-key-revoked');
    });

    void test('names in known_hosts: hashed, the inventory name with and without the port, another type of key', async () => {
      const hashed = knownHosts();
      assert.equal(spawnSync('ssh-keygen', ['-H', '-f', hashed]).status, 0);
      const known = [
        hashed,
        knownHosts(`db1 ${sshd.hostKeys['ed25519']}\n`),
        knownHosts(`[DB1]:${sshd.port} ${sshd.hostKeys['ed25519']}\n`),
        knownHosts(sshd.knownHosts('rsa')),
      ];
      for (const file of known)
        assert.equal((await runOn(transport(`file:${file}`), here({ name: 'db1' }))).ended, 'exited', file);
      assert.equal(
        (await refusal(transport(`file:${knownHosts(`db2 ${sshd.hostKeys['ed25519']}\n`)}`), here({ name: 'db1' })))[0],
        'host-key-unknown',
      );
    });

    void test('a port where nobody listens, and a name that is none', async () => {
      assert.equal((await refusal(transport(), here({ port: await freePort() })))[0], 'refused');
      assert.equal((await refusal(transport(), here({ address: 'no-such-host.invalid' })))[0], 'name-not-resolved');
    });

    void test('a server that accepts and says nothing, and one that speaks something else', async () => {
      const silent = await startTcp(() => undefined);
      const other = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      try {
        const used = transport(undefined, undefined, { ...TIMES, connectTimeoutMs: within(1000) });
        assert.equal((await refusal(used, here({ port: silent.port })))[0], 'connect-timed-out');
        assert.match((await refusal(used, here({ port: other.port })))[0], /^(?:handshake-failed|disconnected)$/u);
      } finally {
        await silent.stop();
        await other.stop();
      }
    });

    void test('a slow host times out, what it said is kept, and the session is over', async () => {
      const opened = await transport().open(here(), AbortSignal.timeout(within(20_000)));
      assert.ok(opened.ok);
      const outcome = await opened.session.run(['echo early; sleep 30'], { ...LIMITS, timeoutMs: within(1500) });
      assert.deepEqual([outcome.ended, text(outcome.stdout)], ['timed-out', 'early\n']);
      assert.equal((await opened.session.run(['echo again'], LIMITS)).ended, 'disconnected');
      await opened.session.close();
    });

    void test("the host's own deadline, and the end of the run, settle a script", async () => {
      for (const [reason, ended] of [
        [new DOMException('over', 'TimeoutError'), 'timed-out'],
        [new Error('Ctrl-C'), 'disconnected'],
      ] as const) {
        const bound = new AbortController();
        const opened = await transport().open(here(), bound.signal);
        assert.ok(opened.ok);
        const running = opened.session.run(['echo early; sleep 30'], LIMITS);
        setTimeout(() => bound.abort(reason), 300);
        assert.equal((await running).ended, ended);
        await opened.session.close();
      }
      assert.equal((await refusal(transport(), here(), AbortSignal.abort(new Error('Ctrl-C'))))[0], 'interrupted');
    });

    void test('a session that is closed while a script runs settles the script', async () => {
      const opened = await transport().open(here(), AbortSignal.timeout(within(20_000)));
      assert.ok(opened.ok);
      const running = opened.session.run(['sleep 30'], LIMITS);
      setTimeout(() => void opened.session.close(), 300);
      assert.equal((await running).ended, 'disconnected');
    });

    void test('output without end is cut at the cap', async () => {
      const outcome = await runOn(transport(), here(), 'yes');
      assert.deepEqual(
        [outcome.ended, outcome.stdout.length + outcome.stderr.length],
        ['output-too-large', LIMITS.maxBytes],
      );
    });

    void test('a connection that is killed on the host', async () => {
      const outcome = await runOn(transport(), here(), 'echo early; sleep 0.3; kill -9 $PPID; sleep 20');
      assert.deepEqual([outcome.ended, text(outcome.stdout)], ['disconnected', 'early\n']);
    });

    void test('a command that ends by a signal, and one whose status is 255', async () => {
      const killed = await runOn(transport(), here(), 'echo said; kill -9 $$');
      assert.deepEqual([killed.ended, statusOf(killed), text(killed.stdout)], ['exited', undefined, 'said\n']);
      const high = await runOn(transport(), here(), 'echo said; exit 255');
      assert.deepEqual([high.ended, statusOf(high), text(high.stdout)], ['exited', 255, 'said\n']);
    });

    void test('a background process that holds the channel open does not hold the run', async () => {
      const outcome = await runOn(transport(), here(), 'sleep 86400 & echo $!; exit 0');
      assert.equal(outcome.ended, 'exited');
      endRunning(Number(text(outcome.stdout)));
    });

    void test('an account whose shell takes no commands', async () => {
      const server = await startSshd({
        authorizedKeys: [key.publicKey],
        hostKeyTypes: ['ed25519'],
        config: ['ForceCommand /bin/false'],
      });
      try {
        const outcome = await runOn(
          transport(`file:${knownHosts(server.knownHosts())}`),
          hostAt(server.port, { identityFiles: [key.file] }),
        );
        assert.deepEqual([outcome.ended, statusOf(outcome)], ['exited', 1]);
      } finally {
        await server.stop();
      }
    });
  });

function sign(authority: KeyPair, file: string, extra: readonly string[]): void {
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-s', authority.file, '-I', 'test', ...extra, file], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
}

void describe('what only openssh can', needsSshd(), () => {
  const home = scratch();
  after(() => rmSync(home, { recursive: true }));
  const openWith = async (sshd: Sshd, knownHosts: string, key: KeyPair): Promise<string> => {
    const file = join(home, 'known_hosts');
    writeFileSync(file, knownHosts);
    const policy = loadHostKeyPolicy(`file:${file}`, home).value;
    assert.ok(policy);
    const transport = createOpensshTransport({ hostKeys: policy, ...TIMES });
    const opened = await transport.open(
      hostAt(sshd.port, { identityFiles: [key.file] }),
      AbortSignal.timeout(within(20_000)),
    );
    const said = opened.ok ? text((await opened.session.run(['echo certified'], LIMITS)).stdout) : opened.failure.code;
    await transport.close();
    return said;
  };

  void test('a user certificate beside the key, and not without it', async () => {
    const authority = makeKey(join(home, 'user_ca'));
    const [certified, plain] = [makeKey(join(home, 'certified')), makeKey(join(home, 'plain'))];
    const trusted = join(home, 'trusted_ca.pub');
    writeFileSync(trusted, `${authority.publicKey}\n`);
    const sshd = await startSshd({
      authorizedKeys: [],
      hostKeyTypes: ['ed25519'],
      config: [`TrustedUserCAKeys ${trusted}`],
    });
    try {
      sign(authority, `${certified.file}.pub`, ['-n', sshd.user]);
      assert.equal(await openWith(sshd, sshd.knownHosts(), certified), 'certified\n');
      assert.equal(await openWith(sshd, sshd.knownHosts(), plain), 'authentication-failed');
    } finally {
      await sshd.stop();
    }
  });

  void test('a host certificate of an authority that known_hosts trusts', async () => {
    const authority = makeKey(join(home, 'host_ca'));
    const key = makeKey(join(home, 'key'));
    const host = makeKey(join(home, 'certified_host'));
    sign(authority, `${host.file}.pub`, ['-h', '-n', '127.0.0.1']);
    const sshd = await startSshd({
      authorizedKeys: [key.publicKey],
      hostKeyTypes: ['rsa'],
      config: [`HostKey ${host.file}`, `HostCertificate ${host.file}-cert.pub`],
    });
    try {
      assert.equal(await openWith(sshd, `@cert-authority * ${authority.publicKey}\n`, key), 'certified\n');
      assert.equal(await openWith(sshd, `@cert-authority * ${key.publicKey}\n`, key), 'host-key-unknown');
    } finally {
      await sshd.stop();
    }
  });

  void test('names that begin with a hyphen never become options; no ssh on this machine; no files are left', async () => {
    const policy = loadHostKeyPolicy('strict', home).value;
    assert.ok(policy);
    const signal = AbortSignal.timeout(within(20_000));
    const transport = createOpensshTransport({ hostKeys: policy, ...TIMES });
    for (const over of [
      { address: '-oProxyCommand=touch pwned' },
      { address: 'a$(id)' },
      { user: '-oProxyCommand=id' },
    ]) {
      const opened = await transport.open(hostAt(22, over), signal);
      assert.ok(!opened.ok && opened.failure.code === 'name-not-resolved');
    }
    const none = createOpensshTransport({ hostKeys: policy, ...TIMES, program: join(home, 'no-ssh') });
    const opened = await none.open(hostAt(22), signal);
    assert.ok(!opened.ok && opened.failure.code === 'internal' && /ENOENT/u.test(opened.failure.detail));
    const before = readdirSync(tmpdir()).filter((entry) => entry.startsWith('kernward-ssh-')).length;
    await transport.close();
    await none.close();
    assert.equal(readdirSync(tmpdir()).filter((entry) => entry.startsWith('kernward-ssh-')).length <= before - 2, true);
  });
});
