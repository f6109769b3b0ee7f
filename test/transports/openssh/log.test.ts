import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ConnectFailureCode } from '../../../src/model/outcome.js';
import { opensshArguments } from '../../../src/transports/openssh/arguments.js';
import { failureOfSsh } from '../../../src/transports/openssh/failure.js';
import { readSshLog, type SshStage } from '../../../src/transports/openssh/log.js';
import { PLAIN_SETTINGS } from '../../../src/transports/targets/target.js';
import { opensshProblem } from '../../../src/transports/openssh/find-program.js';

/** What OpenSSH writes where it gives up. */
const SAYS: readonly (readonly [string, ConnectFailureCode])[] = [
  ['ssh: Could not resolve hostname db1: Name or service not known', 'name-not-resolved'],
  ['ssh: connect to host db1 port 22: Connection refused', 'refused'],
  ['ssh: connect to host db1 port 22: No route to host', 'network-unreachable'],
  ['ssh: connect to host db1 port 22: Permission denied', 'network-unreachable'],
  ['ssh: connect to host db1 port 22: Connection timed out', 'connect-timed-out'],
  ['Connection timed out during banner exchange', 'connect-timed-out'],
  [
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 192.0.2.1 port 22',
    'disconnected',
  ],
  ['kex_exchange_identification: read: Connection reset by peer', 'disconnected'],
  [
    'Unable to negotiate with 192.0.2.1 port 22: no matching key exchange method found. Their offer: sntrup761x25519-sha512',
    'handshake-failed',
  ],
  [
    'No ED25519 host key is known for db1 and you have requested strict checking.\r\nHost key verification failed.',
    'host-key-unknown',
  ],
  ['Failed to add the host to the list of known hosts (/root/.ssh/known_hosts).', 'host-key-unknown'],
  ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.', 'host-key-changed'],
  ['@ WARNING: REVOKED HOST KEY DETECTED! @\r\nHost key verification failed.', 'host-key-revoked'],
  ['audit@db1: Permission denied (publickey).', 'authentication-failed'],
  [
    'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\r\nDisconnected from 192.0.2.1 port 22',
    'authentication-failed',
  ],
  ['no such identity: /k: No such file or directory\r\naudit@db1: Permission denied (publickey).', 'identity-unusable'],
  ['command-line: line 0: Bad configuration option: remotecommand', 'internal'],
  ['', 'disconnected'],
];
for (const [said, code] of SAYS)
  void test(`ssh says ${said.slice(0, 60)}`, () => {
    const failed = failureOfSsh(readSshLog(`debug1: Connecting to db1\r\n${said}\r\n`), 'audit@db1:22', '');
    assert.equal(failed.code, code);
    assert.ok(failed.detail.startsWith('audit@db1:22'), failed.detail);
  });

const TYPED: readonly (readonly [string, RegExp])[] = [
  [
    'debug1: Next authentication method: password\r\nssh_askpass: exec(/tmp/x/askpass): Permission denied\r\na@db1: Permission denied (password).',
    /TMPDIR/u,
  ],
  [
    'debug1: Next authentication method: password\r\na@db1: Permission denied (publickey,password).',
    /refused the password/u,
  ],
  ['a@db1: Permission denied (publickey,password).', /--ask-pass/u],
  ['a@db1: Permission denied (keyboard-interactive).', /transport: ssh2/u],
];
for (const [said, says] of TYPED)
  void test(`ssh says of something typed: ${says.source}`, () =>
    assert.match(failureOfSsh(readSshLog(said), 'a@db1:22', '').detail, says));

const LINES: readonly (readonly [string, SshStage])[] = [
  ['debug1: Connecting to db1', 'connecting'],
  ['debug1: Connection established.', 'key exchange'],
  ['debug1: SSH2_MSG_NEWKEYS received', 'authentication'],
  ['Authenticated to db1 ([192.0.2.1]:22) using "publickey".', 'session'],
];
void test('the stage is that of the last sign, also over a ProxyCommand, which shows no connection', () => {
  for (const [index, [, stage]] of LINES.entries())
    assert.equal(
      readSshLog(
        LINES.slice(0, index + 1)
          .map(([line]) => line)
          .join('\r\n'),
      ).stage,
      stage,
    );
  assert.equal(
    readSshLog(
      LINES.slice(2)
        .map(([line]) => line)
        .join('\r\n'),
    ).stage,
    'session',
  );
});

void test('no value becomes an option of its own, and the address stands last, after --', () => {
  const path = fc.string({ maxLength: 20 }).map((text) => `/${text}`);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(path, { maxLength: 3 }), (address, user, files) => {
      const given = opensshArguments({
        settings: PLAIN_SETTINGS,
        address,
        port: 22,
        user,
        identityFiles: files,
        configFile: 'none',
        hostKeys: { check: 'yes', files },
        connectTimeoutMs: 2500,
        logFile: '/log',
      });
      assert.deepEqual(given.slice(0, 5), ['-F', 'none', '-T', '-E', '/log']);
      assert.deepEqual(given.slice(-6), ['-p', '22', '-l', user, '--', address]);
      for (let i = 5; i < given.length - 6; i += 2)
        assert.deepEqual([given[i], /^[A-Za-z0-9]+=/u.test(given[i + 1] ?? '')], ['-o', true]);
      assert.ok(given.includes('ConnectTimeout=3') && given.includes('StrictHostKeyChecking=yes'));
    }),
  );
});

void test('an ssh that is missing or something else is told', () => {
  for (const program of ['/nonexistent/ssh', '/bin/true'])
    assert.equal(opensshProblem(program)?.code, 'openssh/no-client');
});

/** As OpenSSH 9.2 wrote them beside an agent that answers nothing, and one that lists a key and signs nothing. */
const BEFORE =
  'debug1: Connection established.\ndebug1: SSH2_MSG_NEWKEYS received\ndebug1: rekey in after 134217728 blocks\n';
const ASKED = `${BEFORE}debug1: get_agent_identities: agent returned 1 keys\ndebug1: Will attempt key: c ED25519 SHA256:kj agent\ndebug1: SSH2_MSG_SERVICE_ACCEPT received\n`;
const OFFERED = `${ASKED}debug1: Offering public key: c ED25519 SHA256:kj agent\n`;
const WAITING: Readonly<Record<string, readonly [string, string | undefined]>> = {
  'no list of keys': [BEFORE, 'keys'],
  'no signature': [`${OFFERED}debug1: Server accepts key: c ED25519 SHA256:kj agent\n`, 'signature'],
  'a host that says nothing to the key': [OFFERED, undefined],
  'a host that begins no login': [`${BEFORE}debug1: Will attempt key: /root/.ssh/id_rsa \n`, undefined],
  'a session': [`${OFFERED}debug1: Server accepts key: c ED25519 SHA256:kj agent\nAuthenticated to h\n`, undefined],
  'a refusal after the signature': [
    `${OFFERED}debug1: Server accepts key: c ED25519 SHA256:kj agent\ndebug1: Authentications that can continue: publickey\n`,
    undefined,
  ],
  'a connection that is not made': ['debug1: Connecting to h\n', undefined],
};
for (const [what, [text, waitsFor]] of Object.entries(WAITING))
  test(`what ssh waits for, beside the host: ${what}`, () => assert.equal(readSshLog(text).waitsFor, waitsFor));
