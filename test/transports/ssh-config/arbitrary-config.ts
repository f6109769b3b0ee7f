import * as fc from 'fast-check';
import type { Case } from './real-ssh.js';

const HOSTS = [
  'web01',
  'web02.prod.example',
  'DB-1',
  'db-1',
  'bastion',
  'a.b.c',
  '10.0.0.5',
  '2001:DB8:0::5',
  'fe80::1',
  'a%b',
  'x_y',
  'wéb',
  'target',
] as const;
const USERS = ['root', 'deploy', 'alice', 'Bob'] as const;
const PATTERNS = [
  '*',
  'web*',
  'web0?',
  '*.prod.example',
  'db-*',
  'DB-*',
  '10.0.0.*',
  '!web01',
  '!*.example',
  'target',
  'hop?',
  '2001:*',
  'w*b',
  '??',
  '*.example.com',
  'web??.prod.*',
  '!*',
  '*-1',
  'a%b',
  'w?b',
  'w??b',
  'none',
] as const;
const CRITERIA_LISTS = [
  '*',
  'web*',
  'WEB*',
  'target,web01',
  '!web01,*',
  '*.prod.example',
  'root',
  'deploy,alice',
  '!root',
  '10.0.0.*',
  'x,!y',
  ',',
  '*,',
  '!db-1,*-1',
] as const;
const JUMPS = [
  'none',
  'NONE',
  'hop1',
  'alice@hop1',
  'hop1:2222',
  'alice@hop1:2222,hop2',
  'hop1,hop2,bob@[2001:db8::9]:22',
  'ssh://alice@hop1:2200',
  'ssh://hop1',
  '[10.0.0.9]:2022',
  'hop1,none',
  'target',
  '10.0.0.5',
  'web01:22',
  'hop1 # over there',
  'none # yes',
  'a@b@c',
  'x:',
  '[]',
  'ssh://u;fp=1@h',
  '"hop1"',
  '-x',
] as const;
const BAD_JUMPS = [
  '@x',
  'x:0',
  'x:70000',
  'a,,b',
  'a b',
  'hop1/x',
  'ssh://h/p',
  'x:ssh',
  '[x',
  'ssh://a+b%41@h.',
] as const;

const PATHS = [
  '~/.ssh/id_test',
  '/keys/%r@%h-%p',
  '~/%n/%u/%L/%l/%i/%k/%d',
  'none',
  'plain',
  '${KW_NAME}/key',
  '%%literal',
  '~',
  '~/',
  '${KW_EMPTY}x',
  '%h${KW_NAME}',
  'NONE',
  '~//x',
] as const;
const BAD_PATHS = ['~root/key', '%C/x', '%j', '${KW_UNSET}', '%z', '${', '${}', 'a b', 'end%'] as const;

function word(...words: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...words);
}

/** A value now and then from outside its list. */
function mostly(good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 60, arbitrary: word(...good) }, { weight: 1, arbitrary: word(...bad) });
}

const FLAG = mostly(['yes', 'no', 'true', 'false', 'YES', 'No'], ['maybe']);

function several(values: fc.Arbitrary<string>, min: number, max: number): fc.Arbitrary<string> {
  return fc.array(values, { minLength: min, maxLength: max }).map((list) => list.join(' '));
}

const TIMES = mostly(
  ['0', '5', '10m', '1h30m', '2W', 'none', '+7', '1d2h3s'],
  ['', '-1', 'x', '5x', '99999999999', '4000000w', '1.5', 'NONE'],
);
const NUMBERS = mostly(['0', '1', '7', '03', '+4'], ['-1', 'x', '1.5', '9999999999', '']);

function quoted(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(value, fc.constantFrom('', '', '', '"', "'"))
    .map(([text, quote]) => (text.includes(quote === '' ? '\0' : quote) ? text : `${quote}${text}${quote}`));
}

function algorithms(names: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('', '', '+', '-', '^'), fc.array(word(...names), { minLength: 1, maxLength: 3 }))
    .map(([change, list]) => `${change}${list.join(',')}`);
}

const SETTINGS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  HostName: quoted(
    mostly(
      ['target', '%h.prod.example', 'Target.Example', '%%h', '10.0.0.7', '2001:DB8:0:0::1', 'real-%h', 'web01'],
      ['%n', '%', '127.1', 'fe80::1%%lo'],
    ),
  ),
  User: quoted(mostly([...USERS, 'first last'], ['%u', ''])),
  Port: quoted(mostly(['22', '2222', '0022', '+23', '65535'], ['0', '-5', '70000', 'ssh', 'x', '22x', '22 23', ''])),
  IdentityFile: quoted(mostly(PATHS, BAD_PATHS)),
  CertificateFile: quoted(mostly(['~/.ssh/id-cert.pub', '/c/%h', 'none', '${KW_NAME}'], ['%z', ''])),
  IdentitiesOnly: FLAG,
  IdentityAgent: quoted(
    mostly(
      ['none', 'SSH_AUTH_SOCK', '~/agent.sock', '$KW_NAME', '${KW_NAME}/a', '/run/%u/%i', '$KW_UNSET'],
      ['${KW_UNSET}', '$-', '$', '%z', '${'],
    ),
  ),
  UserKnownHostsFile: fc.oneof(
    { weight: 1, arbitrary: word('none', 'NONE') },
    {
      weight: 8,
      arbitrary: several(
        quoted(
          mostly(['~/.ssh/kh', '/k/%h', '/dev/null', '~/.ssh/known_hosts.d/%k', '${KW_NAME}'], ['%z', '""', 'none']),
        ),
        1,
        3,
      ),
    },
  ),
  GlobalKnownHostsFile: several(mostly(['/etc/kh', '/etc/ssh/ssh_known_hosts', '~/x'], ['""', 'none']), 1, 2),
  HostKeyAlias: quoted(mostly(['Alias', 'alias.example', '%h'], [''])),
  StrictHostKeyChecking: mostly(['yes', 'no', 'ask', 'off', 'accept-new', 'TRUE', 'Accept-New'], ['maybe', '']),
  ConnectTimeout: TIMES,
  ServerAliveInterval: TIMES,
  SetupTimeOut: word('5'),
  ConnectionAttempts: mostly(['1', '2', '+3'], ['x']),
  ServerAliveCountMax: NUMBERS,
  ProxyJump: mostly(JUMPS, BAD_JUMPS),
  ProxyCommand: mostly(
    [
      'nc %h %p',
      'none',
      'NONE',
      'ssh -W [%h]:%p hop',
      '/bin/x "%r" %n %k',
      'echo %%',
      'x # not a comment',
      '= y',
      '"quoted whole"',
    ],
    ["it's", 'x %z', 'x %u'],
  ),
  AddressFamily: mostly(['any', 'inet', 'inet6', 'INET'], ['ipv4']),
  HostKeyAlgorithms: algorithms(['ssh-ed25519', 'rsa-sha2-512', 'ssh-rsa', 'ecdsa-*', 'rsa-sha2-*']),
  PubkeyAcceptedKeyTypes: algorithms(['ssh-ed25519', 'ssh-rsa', '*-cert-v01@openssh.com']),
  PubkeyAcceptedAlgorithms: algorithms(['ssh-ed25519', 'ssh-rsa']),
  KexAlgorithms: algorithms(['curve25519-sha256', 'diffie-hellman-group14-sha1', 'ecdh-sha2-nistp256']),
  Ciphers: algorithms(['aes128-ctr', 'aes256-gcm@openssh.com', '3des-cbc']),
  MACs: algorithms(['hmac-sha2-256', 'hmac-sha1', 'umac-64-etm@openssh.com']),
  GSSAPIAuthentication: FLAG,
  PubkeyAuthentication: word('yes', 'no', 'unbound', 'host-bound'),
  PasswordAuthentication: FLAG,
  ChallengeResponseAuthentication: FLAG,
  PreferredAuthentications: word('publickey', 'gssapi-with-mic,publickey'),
  PKCS11Provider: quoted(word('/usr/lib/p11.so', 'none', 'None')),
  SecurityKeyProvider: quoted(word('internal', '/usr/lib/sk.so', 'none', '$KW_NAME')),
  CheckHostIP: FLAG,
  NoHostAuthenticationForLocalhost: FLAG,
  VerifyHostKeyDNS: mostly(['yes', 'no', 'ask'], ['x']),
  RevokedHostKeys: mostly(['/etc/revoked', 'none'], ['~/revoked', '']),
  KnownHostsCommand: word('/usr/bin/keys %H', 'none'),
  BindAddress: word('10.9.9.9'),
  CanonicalizeHostname: mostly(['no', 'false'], ['yes', 'always']),
  CanonicalizePermittedCNAMEs: word('none'),
  IgnoreUnknown: word('UseKeychain', 'use*,other', '*', 'x,!usekeychain'),
  UseKeychain: word('yes'),
  Protocol: word('2', '1,2'),
  RSAAuthentication: word('yes'),
  ForwardX11: FLAG,
  LogLevel: word('INFO'),
};

/** Keywords that end most configurations are drawn less often. */
const RARE: ReadonlySet<string> = new Set(['UseKeychain']);

function plain(keyword: string): string {
  return keyword;
}
const KEYWORD_FORMS: readonly ((keyword: string) => string)[] = [
  ...Array.from({ length: 16 }, () => plain),
  (k) => k.toLowerCase(),
  (k) => k.toUpperCase(),
  (k) => k.toLowerCase(),
  (k) => `"${k}"`,
];
const SEPARATORS = [' ', ' ', ' ', '=', ' = ', '\t', '  ', ' =', '= ', ' \t '] as const;
const ENDS = ['', '', '', '', ' ', '\r', '\t', ' # a comment', '\f', ' #'] as const;

function line(keyword: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('', '', '  ', '\t', ' ='),
      fc.constantFrom(...KEYWORD_FORMS),
      fc.constantFrom(...SEPARATORS),
      value,
      fc.constantFrom(...ENDS),
    )
    .map(([indent, form, separator, text, end]) => `${indent}${form(keyword)}${separator}${text}${end}`);
}

const settingLine = fc.oneof(
  ...Object.entries(SETTINGS).map(([keyword, value]) => ({
    weight: RARE.has(keyword) ? 1 : 6,
    arbitrary: line(keyword, value),
  })),
);

const hostLine = line('Host', several(quoted(word(...PATTERNS, ...HOSTS)), 1, 4));

const criterion = fc
  .tuple(
    fc.constantFrom('', '', '', '!'),
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('final', 'canonical', 'FINAL') },
      {
        weight: 8,
        arbitrary: fc
          .tuple(
            fc.constantFrom('host', 'originalhost', 'user', 'localuser', 'Host', 'exec'),
            fc.constantFrom(' ', ' ', '=', '  '),
            quoted(word(...CRITERIA_LISTS)),
          )
          .map((parts) => parts.join('')),
      },
    ),
  )
  .map(([not, rest]) => `${not}${rest}`)
  .filter((text) => !text.includes('exec') || text.length % 7 === 0);

const matchLine = line(
  'Match',
  fc.oneof(
    { weight: 20, arbitrary: several(criterion, 1, 3).filter((text) => text !== '') },
    { weight: 2, arbitrary: word('all', 'final all', 'ALL', '!all') },
    {
      weight: 1,
      arbitrary: word(
        '',
        'all all',
        'host',
        'host a all',
        'all host a',
        'nothing x',
        'host ""',
        'final host "a b"',
        'host = web*',
        'host \\"x',
        'all # rest',
      ),
    },
  ),
);

const includeLine = line(
  'Include',
  mostly(
    [
      'conf.d/*.conf',
      'conf.d/10-a.conf',
      '~/.ssh/conf.d/[12]*',
      'missing',
      '~/other',
      'conf.d/*',
      '"conf.d/20 b.conf"',
      'conf.d/10-a.conf conf.d/2*',
      '*/*.conf',
      'conf.d/\\*',
      'conf.d/[!1]*',
      'conf.d',
    ],
    ['', '""', '%h.conf', '${KW_NAME}', '~/config', '~nobody-here/x', 'loop'],
  ),
);

/** Whatever the lexer may stumble over. */
const NOISE = [
  '',
  '#',
  '# comment',
  '   ',
  'User',
  'Port=',
  'Host "',
  'User "a b" c',
  'User a\\ b',
  "User 'a\\'b'",
  'Us"er" x',
  '"Us er" x',
  'User "a"b',
  'User a"b"c',
  'User a#b',
  'User "#"',
  'User\u00a0x',
  'HostName\fx',
  'User a\rb',
  '= User x',
  '==User x',
  'User == x',
  'User =',
  'User\\ x',
  'Host',
  'Host # none',
  'Host ""',
  'NoSuchKeyword x',
  'User x y',
  '\\',
  '"',
  '"User',
  'User "',
  "User '",
  'User \\"',
  'User a\0b',
  '\fUser x',
  'User "a\tb"',
  "User 'it''s'",
  'Host !',
  'Host * !*',
  'User x\v',
  'Host a\tweb01',
  'IdentityFile "a\\\\b"',
  "IdentityFile 'c d'",
  'IdentityFile=~/e',
  'Match',
  'Match all x',
] as const;

const anyLine = fc.oneof(
  { weight: 30, arbitrary: settingLine },
  { weight: 9, arbitrary: hostLine },
  { weight: 6, arbitrary: matchLine },
  { weight: 2, arbitrary: includeLine },
  { weight: 1, arbitrary: word(...NOISE) },
);

function fileOf(max: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(anyLine, { maxLength: max }), fc.constantFrom('\n', '\n', '\n', '\r\n'), fc.boolean())
    .map(([lines, end, last]) => `${lines.join(end)}${last ? end : ''}`);
}

/** A configuration with what it includes, and a host and user to ask for. */
export const arbitraryCase: fc.Arbitrary<Case> = fc
  .record(
    {
      files: fc.record(
        {
          config: fileOf(14),
          '.ssh/conf.d/10-a.conf': fileOf(4),
          '.ssh/conf.d/20 b.conf': fileOf(4),
          other: fileOf(3),
          '.ssh/loop': fc.constant('Include loop\n'),
        },
        { requiredKeys: ['config', '.ssh/loop'] },
      ) as fc.Arbitrary<Record<string, string>>,
      host: word(...HOSTS),
      user: word(...USERS),
      port: fc.constantFrom(22, 2200),
      options: fc.array(fc.oneof({ weight: 30, arbitrary: settingLine }, { weight: 1, arbitrary: hostLine }), {
        minLength: 1,
        maxLength: 2,
      }),
    },
    { requiredKeys: ['files', 'host'] },
  )
  .map(({ user, port, options, files, host }) => ({
    files,
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(options === undefined ? {} : { options }),
  }));
