import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Host } from '../../src/model/host.js';
import { createAutoTransport } from '../../src/transports/auto.js';
import { createIdentities } from '../../src/transports/keys/identities.js';
import { loadHostKeyPolicy } from '../../src/transports/host-keys/load.js';
import { createNeedForOpenssh } from '../../src/transports/choose-transport.js';
import { createOpensshTransport } from '../../src/transports/openssh/transport.js';
import { createSsh2Transport, type PassJump } from '../../src/transports/ssh2/transport.js';
import { plainTargets, type Target, type TargetOf } from '../../src/transports/targets/target.js';
import type { Opened, Transport } from '../../src/transports/transport.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type KeyPair, type Sshd } from '../support/sshd.js';
import { within } from '../support/within.js';

function keygen(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

async function ranBy(opened: Opened): Promise<readonly [string | undefined, string | undefined]> {
  assert.ok(opened.ok, JSON.stringify(opened));
  const outcome = await opened.session.run(['echo said'], { timeoutMs: within(10_000), maxBytes: 1000 });
  await opened.session.close();
  assert.equal(Buffer.from(outcome.stdout).toString(), 'said\n');
  return [opened.reach?.transport, opened.reach?.transportReason];
}
/** Besides the one by which the set-up sees that it listens. */
function connections(sshd: Sshd): number {
  return (sshd.log().match(/^Connection from/gmu)?.length ?? 0) - 1;
}

function withAlgorithms(algorithms: Target['settings']['algorithms']) {
  return (target: Target): Target => ({ ...target, settings: { ...target.settings, algorithms } });
}

void describe('the transport auto, against a real sshd', needsSshd(), () => {
  const home = scratch();
  const servers: Sshd[] = [];
  const made: Transport[] = [];
  let key: KeyPair;
  let ca: KeyPair;
  let files = 0;

  before(() => {
    key = makeKey(join(home, 'key'));
    ca = makeKey(join(home, 'ca'));
  });
  after(async () => {
    for (const transport of made) await transport.close();
    for (const server of servers) await server.stop();
    rmSync(home, { recursive: true });
  });

  const server = async (
    config: readonly string[] = [],
    authorizedKeys: readonly string[] = [key.publicKey],
  ): Promise<Sshd> => {
    const started = await startSshd({ authorizedKeys, hostKeyTypes: ['ed25519'], keyExchange: 'as installed', config });
    servers.push(started);
    return started;
  };

  /** @param change what ssh_config would say besides */
  const openBy = async (
    host: Host,
    knownHosts: string,
    change: (target: Target) => Target = (target) => target,
  ): Promise<Opened> => {
    const file = join(home, `known_hosts_${files++}`);
    writeFileSync(file, knownHosts);
    const hostKeys = loadHostKeyPolicy(`file:${file}`).value ?? assert.fail();
    const plain = plainTargets({ hostKeys, connectTimeoutMs: within(8000) });
    const targetOf: TargetOf = (one) => change(plain(one));
    const identities = createIdentities({ home });
    const need = createNeedForOpenssh(identities, home);
    const openssh = createOpensshTransport({ targetOf, authTimeoutMs: within(8000) });
    const passJump: PassJump = (target, over, timeoutMs, signal) =>
      need.before(over) === undefined ? undefined : openssh.passJump(target, over, timeoutMs, signal);
    const ssh2 = createSsh2Transport({ targetOf, identities, authTimeoutMs: within(8000), passJump });
    made.push(openssh, ssh2);
    return createAutoTransport({ targetOf, need, ssh2, openssh: () => openssh }).open(
      host,
      AbortSignal.timeout(within(30_000)),
    );
  };
  /** A key that only its certificate lets in. */
  const certified = (name: string): KeyPair => {
    const one = makeKey(join(home, name));
    keygen('-s', ca.file, '-I', 'test', '-n', `root,audit,${userInfo().username}`, `${one.file}.pub`);
    return one;
  };
  const trusting = (): readonly string[] => [`TrustedUserCAKeys ${ca.file}.pub`];

  void test('ssh2, without a reason, where nothing else is needed', async () => {
    const sshd = await server();
    assert.deepEqual(await ranBy(await openBy(hostAt(sshd.port, { identityFiles: [key.file] }), sshd.knownHosts())), [
      'ssh2',
      undefined,
    ]);
  });

  void test('a user certificate beside the key', async () => {
    const sshd = await server(trusting(), []);
    const one = certified('certified');
    assert.deepEqual(await ranBy(await openBy(hostAt(sshd.port, { identityFiles: [one.file] }), sshd.knownHosts())), [
      'openssh',
      `a user certificate: ${one.file}`,
    ]);
  });

  void test('a user certificate that ssh_config names', async () => {
    const sshd = await server(trusting(), []);
    const one = certified('elsewhere');
    const certificate = join(home, 'certificate.pub');
    copyFileSync(`${one.file}-cert.pub`, certificate);
    rmSync(`${one.file}-cert.pub`);
    const opened = await openBy(hostAt(sshd.port, { identityFiles: [one.file] }), sshd.knownHosts(), (target) => ({
      ...target,
      settings: { ...target.settings, certificateFiles: [certificate] },
    }));
    assert.deepEqual(await ranBy(opened), ['openssh', `a user certificate: ${certificate}`]);
  });

  void test('a certificate authority for the host, of which no key is written down', async () => {
    const hostKey = makeKey(join(home, 'host'));
    keygen('-s', ca.file, '-I', 'host', '-h', '-n', '127.0.0.1', `${hostKey.file}.pub`);
    const sshd = await server([`HostKey ${hostKey.file}`, `HostCertificate ${hostKey.file}-cert.pub`]);
    const authority = `@cert-authority * ${ca.publicKey.split(' ').slice(0, 2).join(' ')}\n`;
    const [transport, reason] = await ranBy(await openBy(hostAt(sshd.port, { identityFiles: [key.file] }), authority));
    assert.equal(transport, 'openssh');
    assert.match(reason ?? '', /^a certificate authority for its host key: .*:1$/u);
    const both = await openBy(
      hostAt(sshd.port, { identityFiles: [key.file] }),
      `${authority}[127.0.0.1]:${sshd.port} ${hostKey.publicKey}\n`,
    );
    assert.deepEqual(await ranBy(both), ['ssh2', undefined]);
  });

  void test('a host with post-quantum key exchange alone is tried once more', async () => {
    const sshd = await server(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    assert.deepEqual(await ranBy(await openBy(hostAt(sshd.port, { identityFiles: [key.file] }), sshd.knownHosts())), [
      'openssh',
      'no algorithm in common with ssh2',
    ]);
    assert.equal(connections(sshd), 2);
  });

  void test('algorithms of ssh_config: those that ssh2 has, and those that it has not', async () => {
    const sshd = await server();
    const host = hostAt(sshd.port, { identityFiles: [key.file] });
    assert.deepEqual(await ranBy(await openBy(host, sshd.knownHosts(), withAlgorithms({ Ciphers: 'aes256-ctr' }))), [
      'ssh2',
      undefined,
    ]);
    const [transport, reason] = await ranBy(
      await openBy(host, sshd.knownHosts(), withAlgorithms({ KexAlgorithms: 'sntrup761x25519-sha512@openssh.com' })),
    );
    assert.deepEqual(
      [transport, reason],
      ['openssh', 'ssh2 has nothing of KexAlgorithms sntrup761x25519-sha512@openssh.com'],
    );
  });

  void test('what neither can do is not tried twice', async () => {
    const sshd = await server([], []);
    const opened = await openBy(hostAt(sshd.port, { identityFiles: [key.file] }), sshd.knownHosts());
    assert.deepEqual([opened.ok, opened.reach?.transport], [false, 'ssh2']);
    assert.equal(connections(sshd), 1);
  });

  void test('a jump host that needs openssh, before a host that does not', async () => {
    const gate = await server(trusting(), []);
    const inner = await server();
    const one = certified('of-the-gate');
    const overGate = (target: Target): Target => ({
      ...target,
      route: {
        by: 'jump',
        over: {
          ...target,
          name: 'gate',
          port: gate.port,
          knownAs: { names: ['127.0.0.1'], port: gate.port },
          settings: { ...target.settings, keys: { ...target.settings.keys, files: [one.file] } },
        },
      },
    });
    const opened = await openBy(
      hostAt(inner.port, { identityFiles: [key.file] }),
      `${gate.knownHosts()}${inner.knownHosts()}`,
      overGate,
    );
    assert.deepEqual(await ranBy(opened), ['ssh2', undefined]);
    assert.deepEqual(opened.reach?.via?.length, 1);
    const closed = await openBy(
      hostAt(1, { identityFiles: [key.file] }),
      `${gate.knownHosts()}${inner.knownHosts()}`,
      overGate,
    );
    assert.equal(closed.ok ? '' : closed.failure.code, 'refused', JSON.stringify(closed));
  });

  void test('a host or a user that begins with a hyphen reaches no ssh', async () => {
    const sshd = await server();
    for (const over of [{ address: '-oProxyCommand=touch /tmp/kernward-was-here' }, { user: '-oProxyCommand=id' }])
      for (const transport of ['ssh2', 'openssh'] as const) {
        const change = (target: Target): Target => ({
          ...target,
          ...over,
          settings: { ...target.settings, ...(transport === 'openssh' ? { hostbased: true } : {}) },
        });
        const opened = await openBy(hostAt(sshd.port, { identityFiles: [key.file] }), sshd.knownHosts(), change);
        assert.ok(!opened.ok);
        assert.match(opened.failure.code, /^(?:name-not-resolved|authentication-failed)$/u, JSON.stringify(opened));
        assert.equal(sshd.log().includes('ProxyCommand=touch'), false);
      }
  });
});
