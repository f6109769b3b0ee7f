import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2, { type Prompt } from 'ssh2';
import type { Host } from '../../../src/model/host.js';
import type { ConnectFailureCode } from '../../../src/model/outcome.js';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { unlikePassword } from '../../../src/transports/ssh2/login-methods.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { createOpensshTransport } from '../../../src/transports/openssh/transport.js';
import { getPassword, type Password } from '../../../src/transports/keys/password.js';
import { createSsh2Transport } from '../../../src/transports/ssh2/transport.js';
import type { Transport } from '../../../src/transports/transport.js';
import { ACCOUNT, accountIn, needsAccount } from '../../support/account.js';
import { hostAt } from '../../support/hosts.js';
import { scratch } from '../../support/scratch.js';
import { makeKey, needsSshd, startSshd, type KeyPair, type Sshd } from '../../support/sshd.js';
import { within } from '../../support/within.js';

const LIMITS = { timeoutMs: within(10_000), maxBytes: 64 * 1024 };
const TIMES = { connectTimeoutMs: within(15_000), authTimeoutMs: within(15_000) };
const RIGHT = getPassword(ACCOUNT.password);
const BY_NAME = {
  ssh2: (hostKeys, home, password) =>
    createSsh2Transport({ hostKeys, identities: createIdentities({ home }), ...TIMES, ...(password && { password }) }),
  openssh: (hostKeys, _home, password) => createOpensshTransport({ hostKeys, ...TIMES, ...(password && { password }) }),
} satisfies Record<
  string,
  (hostKeys: NonNullable<ReturnType<typeof loadHostKeyPolicy>['value']>, home: string, password?: Password) => Transport
>;
type Name = keyof typeof BY_NAME;

const skip = needsSshd().skip === false ? needsAccount() : needsSshd();
const PAM = ['auth required pam_unix.so', 'account required pam_unix.so', 'session required pam_permit.so'];

for (const name of ['ssh2', 'openssh'] as const satisfies readonly Name[])
  describe(`a password, by ${name}, against a real sshd`, skip, () => {
    const home = scratch();
    const servers: Sshd[] = [];
    const made: Transport[] = [];
    let key: KeyPair;
    before(() => {
      key = makeKey(join(home, 'key'));
    });
    after(async () => {
      for (const transport of made) await transport.close();
      for (const server of servers) await server.stop();
      rmSync(home, { recursive: true });
    });

    const start = async (config: readonly string[], pam?: readonly string[]): Promise<Sshd> => {
      const directory = scratch();
      const server = await startSshd({
        authorizedKeys: [key.publicKey],
        hostKeyTypes: ['ed25519'],
        config,
        within: accountIn(directory, pam === undefined ? {} : { pam }),
      });
      servers.push({ ...server, stop: () => server.stop().finally(() => rmSync(directory, { recursive: true })) });
      return server;
    };
    const transportFor = (server: Sshd, password?: Password): Transport => {
      const file = join(home, `known_hosts_${server.port}`);
      writeFileSync(file, server.knownHosts());
      const policy = loadHostKeyPolicy(`file:${file}`, home).value;
      assert.ok(policy);
      const transport = BY_NAME[name](policy, home, password);
      made.push(transport);
      return transport;
    };
    const hostOf = (server: Sshd, over: Partial<Host> = {}): Host =>
      hostAt(server.port, { transport: name, user: ACCOUNT.name, identityFiles: [join(home, 'none')], ...over });
    const said = async (
      server: Sshd,
      host = hostOf(server),
      password: Password | undefined = RIGHT,
    ): Promise<string> => {
      const opened = await transportFor(server, password).open(host, AbortSignal.timeout(within(40_000)));
      assert.ok(opened.ok, JSON.stringify(opened));
      const outcomes = [await opened.session.run(['id -un'], LIMITS), await opened.session.run(['echo again'], LIMITS)];
      await opened.session.close();
      return outcomes.map(({ stdout }) => Buffer.from(stdout).toString()).join('');
    };
    const refusal = async (
      server: Sshd,
      password?: Password,
      host = hostOf(server),
    ): Promise<readonly [ConnectFailureCode, string]> => {
      const opened = await transportFor(server, password).open(host, AbortSignal.timeout(within(40_000)));
      assert.ok(!opened.ok);
      return [opened.failure.code, opened.failure.detail];
    };

    test('logs in, without a key and after one that the host refuses, and runs two scripts', async () => {
      const server = await start(['PasswordAuthentication yes']);
      assert.equal(await said(server), `${ACCOUNT.name}\nagain\n`);
      const stranger = makeKey(join(home, 'stranger'));
      assert.equal(await said(server, hostOf(server, { identityFiles: [stranger.file] })), `${ACCOUNT.name}\nagain\n`);
    });

    test('a wrong one is offered once, and the sentence does not tell it', async () => {
      const server = await start(['PasswordAuthentication yes', 'MaxAuthTries 20']);
      const [code, detail] = await refusal(server, getPassword('not this one'));
      assert.equal(code, 'authentication-failed');
      assert.match(detail, /the host refused the password/u);
      assert.doesNotMatch(detail, /not this one/u);
      assert.equal((await server.logged(/Failed password/u)).match(/Failed password/gu)?.length, 1);
    });

    test('without one, the way to give one is told, and none is tried', async () => {
      const server = await start(['PasswordAuthentication yes', 'PubkeyAuthentication yes']);
      const [code, detail] = await refusal(
        server,
        undefined,
        hostOf(server, { identityFiles: [makeKey(join(home, 'unknown')).file] }),
      );
      assert.equal(code, 'authentication-failed');
      assert.match(detail, /--ask-pass/u);
      assert.doesNotMatch(server.log(), /Failed password/u);
    });

    test('as a second factor, after a key', async () => {
      const server = await start(['PasswordAuthentication yes', 'AuthenticationMethods publickey,password']);
      const both = hostOf(server, { identityFiles: [key.file] });
      assert.equal(await said(server, both), `${ACCOUNT.name}\nagain\n`);
      const [code, detail] = await refusal(server, undefined, both);
      assert.equal(code, 'authentication-failed');
      assert.match(detail, /--ask-pass/u);
    });

    test('keyboard-interactive by PAM: one hidden question is answered by ssh2, and refused with the reason by openssh', async () => {
      const server = await start(
        ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'AuthenticationMethods keyboard-interactive'],
        PAM,
      );
      if (name === 'ssh2') {
        assert.equal(await said(server), `${ACCOUNT.name}\nagain\n`);
        const [code, detail] = await refusal(server, getPassword('not this one'));
        assert.equal(code, 'authentication-failed');
        assert.match(detail, /refused the password|once more, after the password/u);
        return;
      }
      const [code, detail] = await refusal(server, RIGHT);
      assert.equal(code, 'authentication-failed');
      assert.match(detail, /keyboard-interactive.*use transport: ssh2/u);
      assert.doesNotMatch(server.log(), /Accepted/u);
    });

    test('it is in no argument, no environment and no file, while it is used', async () => {
      const server = await start(['PasswordAuthentication yes']);
      const transport = transportFor(server, RIGHT);
      const found: string[] = [];
      let looks = 0;
      let files = 0;
      const look = (): void => {
        looks++;
        for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry)))
          for (const file of ['cmdline', 'environ'])
            try {
              if (readFileSync(`/proc/${pid}/${file}`).includes(ACCOUNT.password)) found.push(`/proc/${pid}/${file}`);
            } catch {
              // the process has ended
            }
        for (const directory of readdirSync(tmpdir()).filter((entry) => entry.startsWith('kernward-ssh-')))
          try {
            for (const entry of readdirSync(join(tmpdir(), directory), { withFileTypes: true }).filter((one) =>
              one.isFile(),
            )) {
              files++;
              if (readFileSync(join(tmpdir(), directory, entry.name)).includes(ACCOUNT.password))
                found.push(entry.name);
            }
          } catch {
            // ssh has ended, and its log or the whole directory with it
          }
      };
      const looking = setInterval(look, 5);
      const opened = await transport.open(hostOf(server), AbortSignal.timeout(within(40_000)));
      assert.ok(opened.ok, JSON.stringify(opened));
      const running = opened.session.run(['sleep 0.5'], LIMITS);
      look();
      await running;
      await opened.session.close();
      clearInterval(looking);
      assert.deepEqual(found, []);
      assert.ok(looks > 2 && (name === 'ssh2' || files > 2));
    });
  });

const QUESTIONS: readonly (readonly [what: string, prompts: readonly Prompt[], says: RegExp | undefined])[] = [
  ['PAM', [{ prompt: 'Password: ', echo: false }], undefined],
  ["sshd's own", [{ prompt: "(audit@db1) audit@db1's password: ", echo: false }], undefined],
  ['LDAP', [{ prompt: 'LDAP Password: ', echo: false }], undefined],
  ['shown', [{ prompt: 'Password: ', echo: true }], /shown/u],
  ['nothing said of the echo', [{ prompt: 'Password: ' }], /shown/u],
  ['a code', [{ prompt: 'Verification code: ', echo: false }], /not called a password/u],
  [
    'two',
    [
      { prompt: 'Password: ', echo: false },
      { prompt: 'Password: ', echo: false },
    ],
    /2 things/u,
  ],
];
for (const [what, prompts, says] of QUESTIONS)
  test(`a question of keyboard-interactive: ${what}`, () => {
    const why = unlikePassword(prompts);
    if (says === undefined) assert.equal(why, undefined);
    else assert.match(why ?? '', says);
  });

interface Asked {
  readonly what: string;
  /** One round of questions after another. */
  readonly rounds: readonly (readonly Prompt[])[];
  readonly answers: readonly string[];
  readonly says: RegExp;
}
const ONE: readonly Prompt[] = [{ prompt: 'Password: ', echo: false }];
const asked: readonly Asked[] = [
  ...QUESTIONS.flatMap(([what, prompts, says]) =>
    says === undefined || prompts[0]?.echo === undefined ? [] : [{ what, rounds: [prompts], answers: [], says }],
  ),
  {
    what: 'for it twice, one after the other',
    rounds: [ONE, ONE],
    answers: [ACCOUNT.password],
    says: /once more, after the password/u,
  },
  { what: 'for it, and then says no', rounds: [ONE], answers: [ACCOUNT.password], says: /refused the password/u },
];
for (const { what, rounds, answers, says } of asked)
  test(`a host that asks ${what}`, async () => {
    const home = scratch();
    const hostKey = makeKeyPair();
    const given: string[] = [];
    const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        if (context.method === 'password') given.push(context.password);
        if (context.method !== 'keyboard-interactive') {
          context.reject(['keyboard-interactive']);
          return;
        }
        const ask = (left: readonly (readonly Prompt[])[]): void => {
          const [round, ...others] = left;
          if (round === undefined) context.reject(['keyboard-interactive']);
          else
            context.prompt([...round], (said: readonly string[]) => {
              given.push(...said);
              ask(others);
            });
        };
        ask(rounds);
      });
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const file = join(home, 'known_hosts');
    writeFileSync(file, `[127.0.0.1]:${port} ${hostKey.public}\n`);
    const policy = loadHostKeyPolicy(`file:${file}`, home).value;
    assert.ok(policy);
    const transport = BY_NAME.ssh2(policy, home, RIGHT);
    const opened = await transport.open(hostAt(port), AbortSignal.timeout(within(20_000)));
    await transport.close();
    server.close();
    rmSync(home, { recursive: true });
    assert.ok(!opened.ok);
    assert.equal(opened.failure.code, 'authentication-failed');
    assert.match(opened.failure.detail, says);
    assert.deepEqual(given, answers);
  });
