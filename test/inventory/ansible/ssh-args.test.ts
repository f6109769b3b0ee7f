import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import type { Host } from '../../../src/model/host.js';
import { haveTool } from '../../support/debian-tool.js';

function load(variables: Readonly<Record<string, unknown>>) {
  return loadInventory(
    [{ file: 'l', text: JSON.stringify({ g: { hosts: ['h'] }, _meta: { hostvars: { h: variables } } }) }],
    {
      profiles: [],
    },
  );
}

type Ways = Partial<
  Pick<Host, 'port' | 'user' | 'proxyJump' | 'proxyCommand' | 'sshOptions' | 'become' | 'transport' | 'identityFiles'>
>;
function waysOf({ port, user, proxyJump, proxyCommand, sshOptions, become, transport, identityFiles }: Host): Ways {
  return {
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(proxyJump === undefined ? {} : { proxyJump }),
    ...(proxyCommand === undefined ? {} : { proxyCommand }),
    ...(sshOptions === undefined ? {} : { sshOptions }),
    ...(become === undefined ? {} : { become }),
    ...(transport === 'auto' ? {} : { transport }),
    ...(identityFiles.length === 0 ? {} : { identityFiles }),
  };
}

const COMMON = 'ansible_ssh_common_args';
const WEAKER = 'a host key is never checked less than --host-keys says';

/** Variables, what they make of the host, and the warnings: words of the message, and the way out. */
const TABLE: readonly (readonly [Readonly<Record<string, unknown>>, Ways, ...(readonly [string, string])[]])[] = [
  [{ [COMMON]: '-J bastion' }, { proxyJump: 'bastion' }],
  [{ [COMMON]: '-Jops@b1:2222,b2' }, { proxyJump: 'ops@b1:2222,b2' }],
  [{ [COMMON]: '-o ProxyJump=bastion -o ProxyCommand=none' }, { proxyJump: 'bastion' }],
  [{ [COMMON]: "-o 'ProxyCommand=ssh -W %h:%p -q ops@bastion'" }, { proxyJump: 'ops@bastion' }],
  [{ [COMMON]: '-o ProxyCommand="ssh -p 2222 -l ops bastion -W [%h]:%p"' }, { proxyJump: 'ops@bastion:2222' }],
  [{ [COMMON]: '-o ProxyCommand="ssh -J first -W %h:%p second"' }, { proxyJump: 'first,second' }],
  [
    {
      [COMMON]:
        '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ProxyCommand="ssh -o StrictHostKeyChecking=no -W %h:%p bastion"',
    },
    { proxyJump: 'bastion' },
    ['StrictHostKeyChecking=no is not used', WEAKER],
    ['UserKnownHostsFile=/dev/null is not used', WEAKER],
    ['StrictHostKeyChecking=no of the ProxyCommand is not used', WEAKER],
  ],
  [
    { [COMMON]: '-o ProxyCommand="ssh -i ~/.ssh/b -oStrictHostKeyChecking=no -W %h:%p bastion"' },
    { proxyCommand: 'ssh -i ~/.ssh/b -W %h:%p bastion' },
    ['StrictHostKeyChecking=no of the ProxyCommand is not used', WEAKER],
  ],
  [
    { [COMMON]: '-o ProxyCommand="nc -X connect -x proxy:3128 %h %p"' },
    { proxyCommand: 'nc -X connect -x proxy:3128 %h %p' },
  ],
  [{ [COMMON]: '-o StrictHostKeyChecking=accept-new' }, {}, ['StrictHostKeyChecking=accept-new is not used', WEAKER]],
  [
    { [COMMON]: '-o StrictHostKeyChecking=yes -o ConnectTimeout=5 -4 -o HostKeyAlias=x' },
    { sshOptions: ['AddressFamily=inet', 'StrictHostKeyChecking=yes', 'ConnectTimeout=5', 'HostKeyAlias=x'] },
  ],
  [{ [COMMON]: '-C -o ControlMaster=auto -o ControlPersist=60s -qv -A -o ServerAliveInterval=5' }, {}],
  [
    { [COMMON]: '-F other -L 80:x:80 -o PKCS11Provider=/x.so' },
    {},
    ['PKCS11Provider is not used', 'it loads a library: put it into your ssh_config'],
    ['-F is not used', 'kernward reads your ssh_config; another file is named with --ssh-config'],
    ['-L is not used', 'kernward only opens a session to run its probe'],
  ],
  [
    { [COMMON]: '-p 23 -l common -i c', ansible_port: 22, ansible_user: 'ops', ansible_ssh_private_key_file: 'k' },
    { port: 22, user: 'ops', identityFiles: ['k', 'c'] },
  ],
  [
    {
      ansible_ssh_args: '-p 23 -l first -i a',
      ansible_port: 22,
      ansible_user: 'ops',
      ansible_ssh_private_key_file: 'k',
    },
    { port: 23, user: 'first', identityFiles: ['a', 'k'] },
  ],
  [
    { [COMMON]: '-J one', ansible_ssh_extra_args: '-o ProxyCommand="nc %h %p" -o ConnectTimeout=1' },
    { proxyJump: 'one', sshOptions: ['ConnectTimeout=1'] },
  ],
  [{ ansible_ssh_args: '-o ProxyCommand=none', [COMMON]: '-J one' }, { proxyCommand: 'none' }],
  [{ [COMMON]: '-J {{ bastion }}' }, {}, ['ansible_ssh_common_args is not used: it is a template', 'write the value']],
  [{ [COMMON]: '' }, {}],
  [{ ansible_become: true }, { become: 'sudo' }],
  [{ ansible_become: 'yes', ansible_become_method: 'sudo', ansible_become_user: 'root' }, { become: 'sudo' }],
  [
    { ansible_become: true, ansible_become_method: 'su' },
    {},
    ['ansible_become_method names a way that kernward does not have; it has sudo', 'facts that only root'],
  ],
  [
    { ansible_become: true, ansible_become_user: 'oracle' },
    {},
    ['ansible_become_user is not used', 'facts that only root'],
  ],
  [
    { ansible_become: true, ansible_become_flags: '-H' },
    { become: 'sudo' },
    ['ansible_become_flags is not used: kernward runs sudo -n', 'allow that'],
  ],
  [{ ansible_become: false, ansible_become_method: 'sudo' }, {}],
  [{ ansible_connection: 'paramiko' }, {}],
  [{ ansible_connection: 'ansible.netcommon.libssh' }, {}],
  [{ ansible_connection: 'local' }, { transport: 'local' }],
  [{ ansible_connection: 'ssh', kernward_transport: 'openssh' }, { transport: 'openssh' }],
  [
    { ansible_connection: 'docker' },
    {},
    ['ansible_connection names a way that kernward does not have', 'kernward has ssh and local'],
  ],
];
for (const [variables, ways, ...warnings] of TABLE) {
  void test(`what is made of ${JSON.stringify(variables)}`, () => {
    const { value, diagnostics } = load(variables);
    assert.deepEqual(value?.hosts.map(waysOf), [ways], JSON.stringify(diagnostics));
    assert.deepEqual(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      warnings.map(() => 'warning inventory/ansible-ignored'),
    );
    for (const [index, [words, help]] of warnings.entries()) {
      assert.ok(diagnostics[index]?.message.includes(words), diagnostics[index]?.message);
      assert.ok(diagnostics[index]?.help?.includes(help), diagnostics[index]?.help);
    }
  });
}

const SECRET = 'hunter2-s3cret';
const MISTAKES: Readonly<Record<string, readonly [string, string]>> = {
  'an open quote': ['-o "ProxyCommand=ssh', 'a quote is never closed'],
  'a jump host with a hyphen': ['-J -oProxyCommand=touch', 'a jump host is [user@]host[:port]'],
  'a port': ['-p 70000', 'a port is a number'],
  'a user': ['-l -x', 'a user is letters'],
  'a shell': ['-o ProxyCommand="ssh b nc %h %p 2>/dev/null | tee x"', 'put what needs a shell into a script'],
  'a substitution': ['-o ProxyCommand="nc $(touch x) %p"', 'put what needs a shell into a script'],
  words: ['-q bastion', 'a word stands here that is none'],
  sshpass: [`-o ProxyCommand="sshpass -p ${SECRET} ssh -W %h:%p b"`, 'sshpass gives a password away'],
};
for (const [name, [args, help]] of Object.entries(MISTAKES)) {
  void test(`options of ssh that are mistakes: ${name}`, () => {
    const { value, diagnostics } = load({ [COMMON]: args });
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      [name === 'sshpass' ? 'inventory/secret' : 'inventory/ansible-value'],
    );
    assert.ok(diagnostics[0]?.help?.includes(help), diagnostics[0]?.help);
    assert.ok(!JSON.stringify(diagnostics).includes(SECRET));
  });
}

/** What ssh itself makes of options, without the lines that differ by what is never used; undefined where it refuses them. */
function sshSays(args: readonly string[]): string | undefined {
  const { stdout, status } = spawnSync('ssh', ['-F', 'none', '-G', ...args, 'h'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  return stdout
    .split('\n')
    .filter((line) => !/^(?:control|compression|loglevel|serveralive|forwardagent|requesttty|batchmode)/.test(line))
    .join('\n');
}

/** The host as a command line. */
function argsOf({ port, user, proxyJump, proxyCommand, sshOptions = [], identityFiles }: Host): readonly string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...identityFiles.flatMap((file) => ['-o', `IdentityFile=${file}`]),
    ...(proxyJump === undefined ? [] : ['-o', `ProxyJump=${proxyJump}`]),
    ...(proxyCommand === undefined ? [] : ['-o', `ProxyCommand=${proxyCommand}`]),
    ...sshOptions.flatMap((option) => ['-o', option]),
  ];
}

const piece = fc.constantFrom(
  '-p 23',
  '-p24',
  '-l ops',
  '-o User=root',
  '-o "Port 25"',
  '-i /etc/passwd',
  '-i/etc/group',
  '-o IdentityFile=/k3',
  '-J b1',
  '-J u@b2:2222,b3',
  '-o ProxyJump=b4',
  '-o ProxyCommand="nc -x p:1 %h %p"',
  '-4',
  '-6',
  '-46',
  '-C',
  '-qC4',
  '-v',
  '-o ConnectTimeout=7',
  '-oConnectTimeout=9',
  '-o IdentitiesOnly=yes',
  '-o HostKeyAlias=alias',
  '-c aes256-ctr',
  '-m hmac-sha2-256',
  '-b 127.0.0.1',
  '-o ControlMaster=auto',
  '-o PreferredAuthentications=publickey',
  '-o "ServerAliveInterval = 3"',
  '-o port=26',
  '-o BindAddress=127.0.0.2',
  "-o 'HostName=10.0.0.9'",
);

void suite('what ssh makes of options', { skip: !haveTool(['ssh', '-V'], 'openssh-client') }, () => {
  void test('ssh understands the host as it understands the options', () =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        const { value } = load({ [COMMON]: pieces.join(' ') });
        const host = value?.hosts[0];
        assert.ok(host);
        const words = pieces.flatMap((text) =>
          [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, '')),
        );
        const expected = sshSays(words);
        // Two -J, or one with a ProxyCommand.
        fc.pre(expected !== undefined);
        assert.equal(sshSays(argsOf(host)), expected, pieces.join(' '));
      }),
      { numRuns: 300 },
    ));
});
