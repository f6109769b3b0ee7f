import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sshOptionProblem } from '../../../src/inventory/ssh-options.js';
import { KEYWORDS } from '../../../src/transports/ssh-config/parse/keywords.js';
import { loadInventory } from '../../../src/inventory/load-inventory.js';

/** What would choose which host keys are trusted, or what is written to a file of the user's. */
const TRUST = [
  'UserKnownHostsFile=/x',
  'userknownhostsfile /x',
  'GlobalKnownHostsFile = /x',
  'UserKnownHostsFile2=/x',
  'GlobalKnownHostsFile2=/x',
  'KnownHostsCommand=/x',
  'RevokedHostKeys=/x',
  'VerifyHostKeyDNS=yes',
  'CheckHostIP=no',
  'HashKnownHosts=no',
  'UpdateHostKeys=yes',
  'NoHostAuthenticationForLocalhost=yes',
];
/** An alias goes into known_hosts as it is, one line of a file that others read. */
const ALIASES = ['$({touch,/x})', 'a b', '"a b"', '*', 'a,b', '!a', '@cert-authority', '#a', '`x`', 'a;b', '|1|x'];
/** What gives something of the user's away, what runs or loads something, and what no connection of kernward's takes. */
const OTHERS = [
  'GSSAPIDelegateCredentials=yes',
  'GSSAPIKeyExchange=yes',
  'PKCS11Provider=/x',
  'SecurityKeyProvider=/x',
  'XAuthLocation=/x',
  'LocalCommand=id',
  'PermitLocalCommand=yes',
  'RemoteCommand=id',
  'RemoteForward=80 x:80',
  'Include=/x',
  'SetEnv=A=b',
  'SetEnv A=b C=d',
  'SendEnv=LANG LC_*',
  'ConnectTimout=5',
];
const REFUSED = [...TRUST, ...OTHERS, ...ALIASES.map((alias) => `HostKeyAlias=${alias}`)];

const USEFUL = [
  'HostKeyAlias=db9',
  'HostKeyAlias=compute.123',
  'HostKeyAlias [db9]:22',
  'HostKeyAlias="db9"',
  'HostName=10.0.0.9',
  'Port=23',
  'User=ops',
  'AddressFamily=inet6',
  'BindAddress=127.0.0.1',
  'IdentityFile=~/.ssh/k',
  'IdentitiesOnly yes',
  'IdentityAgent=none',
  'CertificateFile=~/.ssh/k-cert.pub',
  'StrictHostKeyChecking=yes',
  'ConnectTimeout=5',
  'serveraliveinterval=5',
  'Ciphers=aes256-ctr',
  'KexAlgorithms=+diffie-hellman-group14-sha1',
  'HostKeyAlgorithms=+ssh-rsa',
  'PubkeyAcceptedKeyTypes=+ssh-rsa',
  'PreferredAuthentications=publickey',
  'GSSAPIAuthentication=yes',
  'IPQoS=none',
  'RekeyLimit=1G',
  'NumberOfPasswordPrompts=1',
  'ClearAllForwardings=yes',
  'GSSAPIDelegateCredentials=no',
  'GSSAPIKeyExchange=no',
  'PermitLocalCommand=no',
  'UpdateHostKeys no',
  'VerifyHostKeyDNS=no',
  'Tag=web',
  'ControlMaster=no',
  'BatchMode=yes',
];

const optionsOf = (file: string, text: string) => {
  const { value, diagnostics } = loadInventory([{ file, text }], { profiles: [] });
  return { hosts: value?.hosts.map(({ sshOptions }) => sshOptions), diagnostics };
};
const quoted = (option: string) => option.replaceAll('"', String.raw`\"`);

for (const option of REFUSED)
  void test(`an inventory cannot say: ${option}`, () => {
    for (const text of [
      { defaults: { sshOptions: [option] }, hosts: ['a'] },
      { hosts: [{ name: 'a', sshOptions: ['Port=1', option] }] },
    ]) {
      const { hosts, diagnostics } = optionsOf('a.yaml', JSON.stringify(text));
      assert.equal(hosts, undefined);
      assert.deepEqual(
        diagnostics.map(({ code, severity }) => `${severity} ${code}`),
        ['error inventory/ssh-option'],
      );
      assert.notEqual(diagnostics[0]?.help ?? '', '');
    }
    // A real inventory of Ansible's loads without it.
    const args = `-o "${quoted(option)}"`;
    for (const variable of ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'])
      for (const [file, text] of [
        ['l', JSON.stringify({ g: { hosts: ['h'] }, _meta: { hostvars: { h: { [variable]: args } } } })],
        ['l.yaml', JSON.stringify({ all: { hosts: { h: { [variable]: args } } } })],
        ['l.ini', `h ${variable}=${JSON.stringify(args)}\n`],
      ] as const) {
        const { hosts, diagnostics } = optionsOf(file, text);
        assert.deepEqual(hosts, [undefined], `${text}: ${JSON.stringify(diagnostics)}`);
        assert.ok(diagnostics.every(({ code }) => code === 'inventory/ansible-ignored'));
        const isQuiet = /^(?:checkhostip|updatehostkeys)/iu.test(option);
        assert.equal(diagnostics.length, isQuiet ? 0 : 1, text);
      }
  });

void test('who chooses what is trusted is told the way out', () => {
  for (const option of TRUST.slice(0, 3)) {
    const { diagnostics } = optionsOf('a.yaml', JSON.stringify({ hosts: [{ name: 'a', sshOptions: [option] }] }));
    assert.match(diagnostics[0]?.help ?? '', /--host-keys file:PATH.*ssh_config/u);
  }
});

void test('an option that is misspelt is told the one that is meant', () => {
  const { diagnostics } = optionsOf('a.yaml', 'hosts: [{name: a, sshOptions: [ConnectTimout=5]}]\n');
  assert.match(diagnostics[0]?.help ?? '', /did you mean ConnectTimeout/u);
});

for (const option of USEFUL)
  void test(`an inventory can say: ${option}`, () => {
    const { hosts, diagnostics } = optionsOf(
      'a.yaml',
      JSON.stringify({ hosts: [{ name: 'a', sshOptions: [option] }] }),
    );
    assert.deepEqual([hosts, diagnostics], [[[option]], []]);
  });

test('of every keyword that ssh knows it is said whether it may stand there, or why not', () => {
  const unsaid = [...KEYWORDS.keys()].filter((keyword) =>
    /none of those that are known|did you mean/.test(sshOptionProblem(`${keyword}=x`) ?? ''),
  );
  assert.deepEqual(unsaid, []);
});
