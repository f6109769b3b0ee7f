import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedSshConfig } from '../../../src/transports/ssh-config/resolved.js';
import type { SshQuery } from '../../../src/transports/ssh-config/resolve.js';
import { resolveIn } from './in-memory.js';

/** A configuration such as people have: it holds what the libraries read wrongly. */
const CONFIG = `# personal hosts
Include conf.d/*.conf

Host eqstyle
    User=eqstyle
    Port = 2022   # a comment
    HostName "eq.example"

Host web* !web9
    HostName %h.prod.example
    User deploy
    IdentityFile ~/.ssh/web_%r
    IdentityFile ~/.ssh/common

Host web9
    User nine

Host db-*
    ProxyCommand ssh -W [%h]:%p "gate way" # kept
    ServerAliveInterval 1m30s
    UserKnownHostsFile ~/.ssh/known_hosts.d/%k /etc/fleet_hosts
    HostKeyAlias DB.Example

Match host *.prod.example user deploy
    Port 2200

Match originalhost late
    HostName inner.corp.example

Match final host *.corp.example
    ProxyJump alice@gate.example:2222,inner

Host certs
    CertificateFile ~/.ssh/%u-cert.pub
    IdentityAgent \${TEAM}.sock
    StrictHostKeyChecking off
    PubkeyAcceptedAlgorithms +ssh-rsa
    AddressFamily inet6
    ConnectTimeout none
    ConnectTimeout 7

Host direct
    ProxyJump none

Host *
    ProxyJump bastion
    User fallback
    IdentityFile ~/.ssh/common
    IdentitiesOnly yes
`;

const FILES = {
  '/home/alice/.ssh/config': CONFIG,
  '/home/alice/.ssh/conf.d/20-late.conf': 'Host inc\n  Port 20\n  User twenty\n',
  '/home/alice/.ssh/conf.d/10-early.conf': 'Host inc\n  Port 10\n',
  '/home/alice/.ssh/conf.d/.hidden.conf': 'Host inc\n  HostName hidden\n',
  '/etc/ssh/ssh_config':
    'Include ssh_config.d/*.conf\nHost *\n  GSSAPIAuthentication yes\n  Port 99\n  IdentityFile ~/.ssh/common\n',
  '/etc/ssh/ssh_config.d/50-x.conf': 'Host inc\n  ConnectTimeout 3\n',
};

const BASTION = { by: 'jump', hops: [{ host: 'bastion' }] } as const;

/** Fourteen names, and what of each is worth a look. */
const NAMES: readonly (readonly [asked: string | SshQuery, gives: Partial<ResolvedSshConfig>])[] = [
  [
    'other',
    {
      hostName: 'other',
      user: 'fallback',
      port: 99,
      identityFiles: ['/home/alice/.ssh/common', '/home/alice/.ssh/common'],
      identitiesOnly: true,
      route: BASTION,
      gssapiAuthentication: true,
    },
  ],
  ['Other', { hostName: 'other', host: 'Other' }],
  ['eqstyle', { user: 'eqstyle', port: 2022, hostName: 'eq.example' }],
  [
    'web1',
    {
      hostName: 'web1.prod.example',
      user: 'deploy',
      port: 2200,
      identityFiles: ['/home/alice/.ssh/web_deploy', '/home/alice/.ssh/common', '/home/alice/.ssh/common'],
    },
  ],
  ['web9', { hostName: 'web9', user: 'nine', port: 99 }],
  [
    { host: 'web1', user: 'root' },
    { hostName: 'web1.prod.example', user: 'root', port: 99 },
  ],
  [
    'db-1',
    {
      port: 99,
      hostKeyAlias: 'db.example',
      serverAliveIntervalSeconds: 90,
      route: { by: 'command', command: 'ssh -W [db-1]:99 "gate way" # kept' },
      userKnownHostsFiles: ['/home/alice/.ssh/known_hosts.d/db.example', '/etc/fleet_hosts'],
    },
  ],
  ['inc', { port: 10, user: 'twenty', hostName: 'inc', connectTimeoutSeconds: 3 }],
  ['late', { hostName: 'inner.corp.example', route: BASTION }],
  ['x.corp.example', { route: BASTION }],
  [
    'certs',
    {
      certificateFiles: ['/home/alice/.ssh/alice-cert.pub'],
      identityAgent: { agent: 'socket', path: 'blue.sock' },
      strictHostKeyChecking: 'no',
      pubkeyAcceptedAlgorithms: '+ssh-rsa',
      addressFamily: 'inet6',
      connectTimeoutSeconds: 7,
    },
  ],
  ['direct', { route: { by: 'direct' } }],
  ['10.0.0.8', { hostName: '10.0.0.8' }],
  [
    { host: 'inc', port: 5, jump: [{ host: 'a', port: 1 }, { host: 'b' }] },
    { port: 5, route: { by: 'jump', hops: [{ host: 'a', port: 1 }, { host: 'b' }] } },
  ],
];

for (const [asked, gives] of NAMES)
  void test(`of fourteen names, ${JSON.stringify(asked)}`, () => {
    const { value, diagnostics } = resolveIn(FILES, asked);
    assert.deepEqual(diagnostics, []);
    assert.ok(value !== undefined);
    assert.deepEqual(Object.fromEntries(Object.entries(value).filter(([field]) => Object.hasOwn(gives, field))), gives);
    assert.deepEqual(value.undecidable, []);
  });

/** One configuration text, one field. */
const CASES: readonly (readonly [
  what: string,
  config: string,
  asked: string | SshQuery,
  field: keyof ResolvedSshConfig,
  gives: unknown,
])[] = [
  ['nothing is configured', '', 'h', 'port', 22],
  ['no identity file named is not an empty list', '', 'h', 'identityFiles', undefined],
  ['IdentityFile none is the empty list', 'IdentityFile none', 'h', 'identityFiles', []],
  [
    'the final pass brings a ProxyJump',
    'Match originalhost h\nHostName in.corp\nMatch final host *.corp\nProxyJump a,b@c:3',
    'h',
    'route',
    { by: 'jump', hops: [{ host: 'a' }, { host: 'c', user: 'b', port: 3 }] },
  ],
  [
    'Host in the final pass sees the new name',
    'Host h\nHostName new\nHost new\nUser late\nMatch final\nPort 7',
    'h',
    'user',
    'late',
  ],
  ['HostName in the final pass comes too late', 'Match final\nHostName new', 'h', 'hostName', 'h'],
  ['ProxyCommand before ProxyJump shuts it out', 'ProxyCommand none\nProxyJump a', 'h', 'route', { by: 'direct' }],
  [
    'ProxyJump before ProxyCommand shuts it out',
    'ProxyJump a\nProxyCommand nc',
    'h',
    'route',
    { by: 'jump', hops: [{ host: 'a' }] },
  ],
  [
    'an address in brackets',
    'ProxyJump [2001:db8::1]:2022',
    'h',
    'route',
    { by: 'jump', hops: [{ host: '2001:db8::1', port: 2022 }] },
  ],
  [
    'a URI',
    'ProxyJump ssh://a%2Db@gate:22',
    'h',
    'route',
    { by: 'jump', hops: [{ host: 'gate', user: 'a-b', port: 22 }] },
  ],
  ['a comment after ProxyJump', 'ProxyJump gate # the old one', 'h', 'route', { by: 'jump', hops: [{ host: 'gate' }] }],
  ['a negated Host wins over what matched before', 'Host h !h*\nPort 7', 'h', 'port', 22],
  ['patterns of Host tell case apart', 'Host H\nPort 7', 'h', 'port', 22],
  ['patterns of Match do not', 'Match host H\nPort 7', 'h', 'port', 7],
  ['quotes and escapes', 'User "a \\"b\\" c"', 'h', 'user', 'a "b" c'],
  ['a backslash before a blank', 'User a\\ b', 'h', 'user', 'a b'],
  ['a hash within a word', 'User a#b', 'h', 'user', 'a#b'],
  ['CRLF', 'Host h\r\n  Port 7\r\n', 'h', 'port', 7],
  ['the quote that hides a line', 'Port" 7\nPort 8', 'h', 'port', 8],
  ['equals with blanks', 'Port   =   7', 'h', 'port', 7],
  ['a keyword in quotes', '"Port" 7', 'h', 'port', 7],
  ['IgnoreUnknown', 'IgnoreUnknown Use*\nUseKeychain yes\nPort 7', 'h', 'undecidable', []],
  ['Match tagged, of OpenSSH 9.4', 'Host h\nTag blue\nMatch tagged blue\nPort 7', 'h', 'port', 7],
  ['Match tagged without a tag', 'Match tagged blue\nPort 7', 'h', 'port', 22],
  ['Match exec that an earlier criterion has decided', 'Match host other exec "true"\nPort 7', 'h', 'undecidable', []],
  ['Match localuser', 'Match localuser alice,bob\nPort 7', 'h', 'port', 7],
  ['Match !user', 'Match !user root\nPort 7', { host: 'h', user: 'deploy' }, 'port', 7],
  ['Include in a block that does not apply', 'Host other\nInclude /inc\nHost *\nUser x', 'h', 'port', 22],
  ['Include in a block that applies, and the block goes on', 'Host h\nInclude /inc\nUser x', 'h', 'user', 'x'],
  ['Include that finds nothing', 'Include /missing/*.conf', 'h', 'port', 22],
  ['known hosts none', 'UserKnownHostsFile none\nGlobalKnownHostsFile NONE', 'h', 'userKnownHostsFiles', []],
  [
    'known hosts by default',
    '',
    'h',
    'userKnownHostsFiles',
    ['/home/alice/.ssh/known_hosts', '/home/alice/.ssh/known_hosts2'],
  ],
  [
    'tokens of every kind',
    'IdentityFile /%%/%d/%h/%i/%k/%L/%l/%n/%p/%r/%u',
    { host: 'H', user: 'bob', port: 7 },
    'identityFiles',
    ['/%//home/alice/h/1000/H/laptop/laptop.example/H/7/bob/alice'],
  ],
  ['an expansion is not expanded again', 'HostName %h\nIdentityFile ~/%n', 'a%r', 'identityFiles', ['/home/alice/a%r']],
  ['agent none', 'IdentityAgent none', 'h', 'identityAgent', { agent: 'none' }],
  ['agent of a variable', 'IdentityAgent $TEAM', 'h', 'identityAgent', { agent: 'socket', path: 'blue' }],
  ['agent by the usual name', 'IdentityAgent SSH_AUTH_SOCK', 'h', 'identityAgent', { agent: 'default' }],
  [
    "a security key provider of one's own",
    'SecurityKeyProvider /usr/lib/sk.so',
    'h',
    'securityKeyProvider',
    '/usr/lib/sk.so',
  ],
  ['an address in its short form', 'HostName 2001:DB8:0:0::1', 'h', 'hostName', '2001:db8::1'],
];

for (const [what, config, asked, field, gives] of CASES)
  void test(what, () => {
    const { value, diagnostics } = resolveIn(
      { '/home/alice/.ssh/config': config, '/inc': 'Port 7\nHost nobody\n' },
      asked,
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(value?.[field], gives);
  });

const UNDECIDABLE: readonly (readonly [config: string, reason: string, host?: string])[] = [
  ['Match exec "test -e /x"\nPort 7', 'match-exec'],
  ['Match localnetwork 10.0.0.0/8\nPort 7', 'match-criterion'],
  ["Match host 'a b'\nPort 7", 'match-syntax'],
  ['Match !final host h\nPort 7\nMatch canonical\nPort 8\nUser x', 'match-not-final'],
  ['CanonicalizeHostname yes', 'canonicalize-hostname'],
  ['CanonicalizePermittedCNAMEs *:*', 'canonicalize-hostname'],
  ['NoSuchKeyword x', 'unknown-keyword'],
  ['Port https', 'service-name'],
  ['ProxyJump a:ssh', 'service-name'],
  ['IdentityFile %C', 'token'],
  ['User %u', 'token'],
  ['RevokedHostKeys ~/x', 'revoked-host-keys'],
  ['RevokedHostKeys a b', 'revoked-host-keys'],
  ['Include %h.conf', 'include-token'],
  ['IdentityFile ~bob/key', 'home-of-another'],
  ['Include ~bob/x', 'home-of-another'],
  ['ProxyJump a, b', 'proxy-jump-syntax'],
  ['ProxyJump "a"', 'proxy-jump-syntax'],
  ['ProxyJump none\nProxyCommand nc %h %p', 'proxy-command-after-jump-none'],
  ['', 'address-form', '127.1'],
  ['', 'address-form', 'fe80::1%eth0'],
  ['', 'address-form', '::ffff:10.0.0.1'],
];

for (const [config, reason, host] of UNDECIDABLE)
  void test(`left to ssh: ${config} ${host ?? ''}`, () => {
    const { value } = resolveIn({ '/home/alice/.ssh/config': config }, host ?? 'h');
    assert.deepEqual(
      value?.undecidable.map((doubt) => doubt.reason),
      [reason],
    );
  });

const MISTAKES: readonly (readonly [config: string, code: string, where: string])[] = [
  ['Port 0', 'ssh-config/value', '1:1'],
  ['# x\n  Port 70000', 'ssh-config/value', '2:3'],
  ['Port 7 8', 'ssh-config/value', '1:1'],
  ['Host other\nStrictHostKeyChecking maybe', 'ssh-config/value', '2:1'],
  ['User "x', 'ssh-config/syntax', '1:1'],
  ['User', 'ssh-config/syntax', '1:1'],
  ['Host ""', 'ssh-config/syntax', '1:1'],
  ['Match', 'ssh-config/syntax', '1:1'],
  ['Match host', 'ssh-config/match', '1:1'],
  ['Match colour blue', 'ssh-config/match', '1:1'],
  ['Match all host x', 'ssh-config/match', '1:1'],
  ['ProxyJump a,,b', 'ssh-config/value', '1:1'],
  ['IdentityAgent ${NO_SUCH}', 'ssh-config/value', '1:1'],
  ['Include /self', 'ssh-config/include', '1:1'],
  ['Include /refused', 'ssh-config/file', '1:1'],
  ['Host h\nIdentityFile %z', 'ssh-config/token', ''],
  ['HostName %n', 'ssh-config/token', ''],
  ['IdentityFile ${NO_SUCH}', 'ssh-config/token', ''],
  ['ProxyJump h', 'ssh-config/jump-loop', ''],
  ['RefuseConnection "closed for repair"', 'ssh-config/refused', '1:1'],
  [Array.from({ length: 101 }, (_, i) => `IdentityFile k${i}`).join('\n'), 'ssh-config/value', '101:1'],
];

for (const [config, code, where] of MISTAKES)
  void test(`refused: ${config.slice(0, 60)}`, () => {
    const { value, diagnostics } = resolveIn(
      { '/home/alice/.ssh/config': config, '/self': 'Include /self\nInclude /self', '/refused': 'REFUSED' },
      'h',
    );
    assert.equal(value, undefined);
    const [first] = diagnostics;
    assert.equal(first?.code, code, first?.message);
    if (code !== 'ssh-config/include')
      assert.equal(first.at === undefined ? '' : `${first.at.line}:${first.at.column}`, where);
  });

void test('all mistakes come at once, each with its place', () => {
  const { diagnostics } = resolveIn(
    { '/home/alice/.ssh/config': 'Port x y\nInclude /inc\nUser "', '/inc': 'Port 0\n\nMatch nothing x' },
    'h',
  );
  assert.deepEqual(
    diagnostics.map(({ at }) => `${at?.file}:${at?.line}`),
    ['/home/alice/.ssh/config:1', '/inc:1', '/inc:3', '/home/alice/.ssh/config:3'],
  );
});

void test('a file of -F has to be there', () => {
  const { diagnostics } = resolveIn({}, 'h', [], [{ path: '/gone', user: true, checkOwner: false, required: true }]);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['ssh-config/file'],
  );
});

void test('a system file cannot include from a home directory', () => {
  const { diagnostics } = resolveIn({ '/etc/ssh/ssh_config': 'Include ~/x' }, 'h');
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['ssh-config/include'],
  );
});

void test('options of the command line count before any file, and cannot open a block', () => {
  assert.equal(resolveIn({ '/home/alice/.ssh/config': 'Port 7' }, 'h', ['Port=8']).value?.port, 8);
  assert.deepEqual(
    resolveIn({}, 'h', ['Host x', 'Port 0', 'Include y']).diagnostics.map(({ code }) => code),
    ['ssh-config/syntax', 'ssh-config/value', 'ssh-config/syntax'],
  );
});

for (const host of ['', '-oProxyCommand=x', 'a b', 'a;b', '$(x)', 'u@h', 'a\nb', 'ssh://h'])
  void test(`${JSON.stringify(host)} is not a host`, () => {
    assert.deepEqual(
      resolveIn({}, host).diagnostics.map(({ code }) => code),
      ['ssh-config/name'],
    );
  });

for (const user of ['', '-l', 'a;b', 'a -b', 'a\\'])
  void test(`${JSON.stringify(user)} is not a user`, () => {
    assert.deepEqual(
      resolveIn({}, { host: 'h', user }).diagnostics.map(({ code }) => code),
      ['ssh-config/name'],
    );
  });
