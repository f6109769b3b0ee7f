import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import { renderDiagnostics } from '../../../src/text/render-diagnostics.js';

function load(text: string, ...more: readonly string[]) {
  return loadInventory(
    [text, ...more].map((given, index) => ({ file: `f${index}`, text: given })),
    { profiles: ['stay-up'] },
  );
}
function told(text: string): readonly string[] {
  return load(text).diagnostics.map(({ code, severity, at }) => `${severity} ${code} ${at?.line}:${at?.column}`);
}

/** What is wrong with a text, in order; nothing else may be. */
const MISTAKES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'a later section with spaces': ['h\n[a b]\n', 'error inventory/ansible-syntax 2:1'],
  'an unknown kind of section': ['h\n[a:hosts2]\n', 'error inventory/ansible-syntax 2:1'],
  'variables of no group': ['h\n[ghost:vars]\nansible_user=x\n', 'error inventory/ansible-syntax 2:1'],
  'a child that is no group': ['[a:children]\nghost\n', 'error inventory/ansible-syntax 2:1'],
  'a word behind a host': ['[a]\nh1 root\n', 'error inventory/ansible-syntax 2:4'],
  'an open quote': ['[a]\nh1 ansible_user="x\n', 'error inventory/ansible-syntax 2:1'],
  'no variable in vars': ['[a]\nh\n[a:vars]\nnothing\n', 'error inventory/ansible-syntax 4:1'],
  'a group within itself': ['[a:children]\nb\n[b:children]\na\n', 'error inventory/group-cycle 4:1'],
  'a bad port': ['h ansible_port=70000\n', 'error inventory/ansible-value 1:3'],
  'a bad user': ['h ansible_user=-oProxyCommand=x\n', 'error inventory/ansible-value 1:3'],
  'a bad address': ['h ansible_host=-oProxyCommand=x\n', 'error inventory/address 1:3'],
  'a bad name': ['[a]\n-oProxyCommand=x\n', 'error inventory/host-name 2:1'],
  'a bad range': ['h[3:1]\n', 'error inventory/range 1:1'],
  'too many': ['h[1:999999]\n', 'error inventory/too-many-hosts 1:1'],
  'a key file by template': [
    'all: {hosts: {h: {ansible_ssh_private_key_file: "{{ key }}"}}}\n',
    'error inventory/ansible-value 1:19',
  ],
  'a misspelt variable': ['h kernward_profle=stay-up\n', 'error inventory/ansible-value 1:3'],
  'an unknown profile': ['h[1:3] kernward_profile=stayup\n', 'error inventory/unknown-profile 1:8'],
  'a plugin': ['plugin: amazon.aws.aws_ec2\nregions: [x]\n', 'error inventory/ansible-plugin 1:1'],
  'hosts as a list': [
    'all:\n  hosts:\n    - h1\n  vars: 3\n',
    'error inventory/ansible-syntax 2:3',
    'error inventory/ansible-syntax 4:3',
  ],
  'a group that is a text': ['all: {children: {a: 5}}\n', 'error inventory/ansible-syntax 1:18'],
  'a host that is a text': ['all: {hosts: {h: 5}}\n', 'error inventory/ansible-syntax 1:15'],
  'a word in a group': ['all:\n  hosts: {h: }\n  var: {a: 1}\n', 'warning inventory/ansible-ignored 3:3'],
  'a weaker check': [
    'h ansible_ssh_common_args="-o StrictHostKeyChecking=no"\n',
    'warning inventory/ansible-ignored 1:3',
  ],
  'become by su': [
    'all: {vars: {ansible_become_method: su}, hosts: {h: }}\n',
    'warning inventory/ansible-ignored 1:14',
  ],
  winrm: ['h ansible_connection=winrm\n', 'warning inventory/ansible-ignored 1:3'],
  'no host key checking': ['h ansible_host_key_checking=False\n', 'warning inventory/ansible-ignored 1:3'],
  'a host in a list that is none': ['{"g": {"hosts": ["h[1:2]", "h"]}}', 'error inventory/ansible-syntax 1:18'],
  'hosts of numbers': ['{"g": {"hosts": [1]}}', 'error inventory/ansible-syntax 1:8'],
  'a group and a host of one name': ['[a]\nb\n[b]\nc\n', 'warning inventory/name-clash 3:1'],
  'JSON that ends too soon': ['{"g": {"hosts": ["h"', 'error yaml/syntax 1:21'],
};
for (const [name, [text, ...expected]] of Object.entries(MISTAKES))
  void test(`mistakes: ${name}`, () => assert.deepEqual(told(text), expected));

const QUIET = [
  'h ansible_become=no ansible_become_user=""\n',
  'all: {vars: {ansible_become: false, app_password: !vault "$ANSIBLE_VAULT;1.1"}, hosts: {h: }}\n',
  'h ansible_connection=ssh ansible_python_interpreter=/usr/bin/python3\n',
];
for (const text of QUIET) void test(`nothing to say: ${text.trim()}`, () => assert.deepEqual(told(text), []));

const SECRET = 'hunter2-s3cret';
const SECRETS = [
  `h ansible_password=${SECRET}\n`,
  `h ansible_user=-bad ansible_ssh_pass='${SECRET}'\n`,
  `[a]\nh\n[a:vars]\nansible_become_pass = ${SECRET}\n`,
  `all: {vars: {ansible_become_password: ${SECRET}}, hosts: {h: }}\n`,
  `{"g": {"hosts": ["h"]}, "_meta": {"hostvars": {"h": {"ansible_port": "x", "ansible_ssh_pass": "${SECRET}"}}}}`,
  `all:\n  hosts:\n    h:\n      ansible_user: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        ${SECRET}\n`,
  `$ANSIBLE_VAULT;1.1;AES256\n${SECRET}\n`,
  `h ansible_ssh_common_args="-o ProxyCommand='sshpass -p ${SECRET} ssh x'" ansible_port=x\n`,
  `all: {vars: {ansible_ssh_private_key_passphrase: {deep: [${SECRET}]}}, hosts: {h: }}\n`,
];
for (const text of SECRETS) {
  void test(`refused and not repeated: ${text.split('\n')[0]}`, () => {
    const { value, diagnostics } = load(text);
    assert.equal(value, undefined);
    assert.ok(!JSON.stringify(diagnostics).includes(SECRET), renderDiagnostics(diagnostics, { colour: false }));
  });
}

function beside(text: string) {
  return loadInventory([{ file: 'hosts', text: '[web]\nh\n' }], {
    profiles: [],
    variableFiles: [{ file: 'group_vars/web', text, kind: 'group', name: 'web' }],
  });
}

void test('a secret beside the inventory is refused and not repeated', () => {
  const { value, diagnostics } = beside(`ansible_user: ops\nansible_ssh_pass: ${SECRET}\n`);
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map(({ code, at }) => [code, at?.file, at?.line]),
    [['inventory/secret', 'group_vars/web', 2]],
  );
  assert.ok(!JSON.stringify(diagnostics).includes(SECRET));
});

void test('an encrypted file beside the inventory is passed over, and that is said', () => {
  const { value, diagnostics } = beside(`$ANSIBLE_VAULT;1.1;AES256\n${SECRET}\n`);
  assert.equal(value?.hosts.length, 1);
  assert.deepEqual(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [['inventory/vault', 'warning']],
  );
});

void test('a file beside the inventory that is no mapping', () => {
  assert.deepEqual(
    beside('- a\n').diagnostics.map(({ code, at }) => [code, at?.line]),
    [['inventory/ansible-syntax', 1]],
  );
});

void test('one diagnostic for what ten thousand hosts repeat', () => {
  const { diagnostics } = load(
    `${Array.from({ length: 10_000 }, (_, index) => `h${index} ansible_become_method=su`).join('\n')}\n`,
  );
  assert.deepEqual(
    diagnostics.map(({ message }) => message),
    ['ansible_become_method names a way that kernward does not have; it has sudo (and at 9999 more places)'],
  );
});

void test('the name of the host in its address', () => {
  const hosts =
    load('[all:vars]\nansible_host="{{ inventory_hostname_short }}.lan"\n[a]\nweb1.example.com\nweb2\n').value?.hosts ??
    [];
  assert.deepEqual(
    hosts.map(({ address }) => address),
    ['web1.lan', 'web2.lan'],
  );
});

void test("kernward's own files and Ansible's stand together", () => {
  const { value, diagnostics } = load(
    'defaults: {port: 2222}\ngroups: {web: {user: ops, hosts: [a]}}\n',
    '[web]\nb\n[db]\na ansible_port=23\n',
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(value?.hosts.map(({ name, port, user, groups }) => [name, port, user, groups]).sort(), [
    ['a', 23, 'ops', ['db', 'web']],
    ['b', 2222, 'ops', ['web']],
  ]);
});

const NATIVE_MISTAKES = ['group: {web: {hosts: [a]}}\n', 'default: {port: 1}\nhosts: [a]\n', '- a\n', 'Hosts: [a]\n'];
for (const text of NATIVE_MISTAKES)
  void test(`a mistake in a file of kernward: ${text.trim()}`, () => assert.match(told(text).join(), /schema\//));

const piece = fc.constantFrom(
  '[',
  ']',
  'a',
  'web',
  ':',
  'children',
  'vars',
  '\n',
  ' ',
  '=',
  '"',
  "'",
  '\\',
  '#',
  '{',
  '}',
  ',',
  '- ',
  ': ',
  'all',
  'hosts',
  'ansible_port',
  '22',
  '!vault ',
  '$ANSIBLE_VAULT',
  '<<',
  '&x ',
  '*x',
  '[1:3]',
  'null',
);
void test('whatever the text, it is an inventory or there is an error', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { value, diagnostics } = load(pieces.join(''));
      assert.equal(
        value === undefined,
        diagnostics.some(({ severity }) => severity === 'error'),
      );
    }),
    { numRuns: 2000 },
  );
});
