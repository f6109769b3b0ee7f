import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { readInventories } from '../../../src/cli/input/inventory-sources.js';
import { variableFilesBeside } from '../../../src/cli/input/variable-files.js';
import { graph } from '../../../src/inventory/export/graph.js';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { createDiagnosticSink, type Diagnostic } from '../../../src/model/diagnostic.js';
import { haveTool } from '../../support/debian-tool.js';
import { askAnsible, SYSTEM_PYTHON } from './ask-ansible.js';

interface Given {
  readonly files: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  /** Codes of warnings that are expected here. */
  readonly warns?: readonly string[];
}

function script(list: string, host = '{}'): string {
  return `#!/bin/sh\nif [ "$1" = --list ]; then cat <<'END'\n${list}\nEND\nelse cat <<END\n${host}\nEND\nfi\n`;
}

/** What both read, and read the same. */
const SAME: Readonly<Record<string, Given>> = {
  'a script with _meta': {
    files: {
      s: script(
        '{"web": {"hosts": ["a", "b"], "vars": {"ansible_user": "g"}, "children": ["in"]}, "in": ["c"], "_meta": {"hostvars": {"a": {"ansible_port": 23}, "c": {"ansible_user": "h"}}}}',
      ),
    },
    sources: ['s'],
  },
  'a script without _meta': {
    files: {
      s: script(
        '{"web": ["a", "b"], "all": {"vars": {"ansible_port": 24}}}',
        '{"ansible_host": "$2.lan", "ansible_user": "u"}',
      ),
    },
    sources: ['s'],
  },
  'a script in short form': {
    files: { s: script('{"solo": {"ansible_port": 25}, "g": {"children": ["solo"]}, "_meta": {"hostvars": {}}}') },
    sources: ['s'],
  },
  'a folder with everything': {
    files: {
      'inv/01-a': '[web]\na\nb\n[web:vars]\nansible_user=ini\nansible_port=1\n',
      'inv/02-b.yml':
        'all: {children: {web: {hosts: {c: }, vars: {ansible_user: yaml}}, db: {hosts: {d: }}}, vars: {ansible_user: everyone}}\n',
      'inv/03-s': script('{"db": {"hosts": ["a", "e"]}, "_meta": {"hostvars": {"e": {"ansible_host": "10.0.0.5"}}}}'),
      'inv/sub/04': 'lone\n[web]\nf\n',
      'inv/.hidden': '[ghost\n',
      'inv/x.bak': '[ghost\n',
      'inv/y.retry': '[ghost\n',
      'inv/group_vars/web.yml': 'ansible_port: 2\n',
      'inv/group_vars/all': 'ansible_host: "{{ inventory_hostname }}.lan"\n',
      'inv/host_vars/a.yaml': 'ansible_user: host\n',
    },
    sources: ['inv'],
  },
  'variables of the inventory, of groups and of hosts': {
    files: {
      hosts:
        '[web]\na ansible_port=3\nb\n[site:children]\nweb\n[all:vars]\nansible_user=all_ini\n[web:vars]\nansible_user=web_ini\n',
      'group_vars/all.yml': 'ansible_user: all_file\nansible_port: 5\n',
      'group_vars/site/x.yml': 'ansible_user: site_file\n',
      'host_vars/a': 'ansible_port: 4\n',
    },
    sources: ['hosts'],
  },
  'hosts on the command line': { files: {}, sources: ['a,b:22, [2001:db8::1]:23,10.0.0.1'] },
  'hosts on the command line and a file': {
    files: { hosts: '[web]\na ansible_user=x\n[all:vars]\nansible_port=7\n' },
    sources: ['b,c:8', 'hosts'],
  },
  'groups that go on in other files': {
    files: { a: '[web]\na\n[db]\nb\n', b: '[db]\na\nc\n[web:children]\ndb\n', c: 'web: {hosts: {z: , b: }}\n' },
    sources: ['a', 'b', 'c'],
  },
  'groups that are numbers': {
    files: { y: '"10": {hosts: {a: }}\n"9": {hosts: {b: }, children: {"10": }}\nx: {hosts: {c: }}\n' },
    sources: ['y'],
  },
  'groups with odd names': {
    files: { h: '[us-east-1]\na\n[größe]\nb\n[a.b/c]\nc\n[us-east-1:children]\ngröße\n' },
    sources: ['h'],
  },
  'a group with a blank': {
    files: { y: '"two words": {hosts: {a: }}\n' },
    sources: ['y'],
    warns: ['inventory/group-name'],
  },
  'a host that is called as a group': {
    files: { h: '[a]\nb\n[b]\na\n' },
    sources: ['h'],
    warns: ['inventory/name-clash', 'inventory/name-clash'],
  },
  'hosts of all, and of no group': {
    files: { y: 'all: {hosts: {z: , a: }, children: {web: {hosts: {a: , b: }}}}\n', h: 'n\nm\n[web]\nm\n' },
    sources: ['h', 'y'],
  },
  'children before they are declared': {
    files: { h: '[site:children]\nb\na\nc\n[top:children]\nsite\n[c]\nx\n[a]\ny\n[b]\nz\n' },
    sources: ['h'],
  },
  'a group under all and under another': {
    files: { y: 'all: {children: {web: {hosts: {a: }}, site: {children: {web: }}}}\n' },
    sources: ['y'],
  },
  'line ends of Windows': {
    files: { h: '[web]\r\na ansible_port=22\r\nb\r\n[web:vars]\r\nansible_user=x\r\n' },
    sources: ['h'],
  },
  'IPv6 addresses as names': {
    files: { h: '2001:db8::1 ansible_user=x\n[g]\n[2001:db8::2]:2222\n2001:db8::[3:4]\n' },
    sources: ['h'],
  },
};

/** What neither reads. */
const REFUSED: Readonly<Record<string, Given>> = {
  'a circle': { files: { h: '[a:children]\nb\n[b:children]\na\n' }, sources: ['h'] },
  'a script that prints more than JSON': { files: { s: script('{"g": ["a"]}\ndone') }, sources: ['s'] },
  'a script that fails': { files: { s: '#!/bin/sh\nexit 3\n' }, sources: ['s'] },
  'an undeclared child': { files: { h: '[a:children]\nghost\n' }, sources: ['h'] },
  'hosts as a list': { files: { 'y.yml': 'all: {hosts: [a]}\n' }, sources: ['y.yml'] },
};

async function load({
  files,
  sources,
}: Given): Promise<{ readonly inventory: Inventory | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-sources-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      if (text.startsWith('#!')) chmodSync(join(folder, name), 0o755);
    }
    const paths = sources.map((source) => (source.includes(',') ? source : join(folder, source)));
    const diagnostics = createDiagnosticSink();
    const read = await readInventories(paths, { timeoutMs: 60_000, signal: new AbortController().signal }, diagnostics);
    const { value, diagnostics: more } = loadInventory(read, {
      profiles: [],
      variableFiles: variableFilesBeside(paths, diagnostics),
    });
    return { inventory: value, diagnostics: [...diagnostics.all(), ...more] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PLAIN = ['ansible_port', 'ansible_user'];

const hasAnsible = haveTool([SYSTEM_PYTHON, '-c', 'import ansible.inventory.manager'], 'ansible-core');

void suite('what is given to -i, as Ansible reads it', { skip: !hasAnsible }, () => {
  const questions = Object.entries({ ...SAME, ...REFUSED });
  const answers = new Map(
    (hasAnsible
      ? askAnsible(questions.map(([, { files, sources }]) => ({ files: Object.entries(files), sources, patterns: [] })))
      : []
    ).map((answer, at) => [questions[at]?.[0], answer]),
  );
  for (const [name, given] of Object.entries(SAME)) {
    void test(`the same: ${name}`, async () => {
      const { inventory, diagnostics } = await load(given);
      const answer = answers.get(name);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        given.warns ?? [],
      );
      assert.ok(inventory && answer);
      assert.equal(answer.failure, undefined);
      assert.deepEqual(
        inventory.hosts.map(({ name: host }) => host),
        answer.hosts,
      );
      assert.deepEqual(
        [...inventory.outline].map(([group, { hosts, groups }]) => [group, hosts, groups]),
        answer.groups,
      );
      assert.equal([...graph(inventory, inventory.hosts, 'all', false)].join('\n'), answer.graph);
      for (const { name: host, address, port, user } of inventory.hosts) {
        const theirs: Readonly<Record<string, unknown>> = answer.hostvars[host] ?? {};
        assert.deepEqual(
          [port, user],
          PLAIN.map((variable) => theirs[variable]),
          host,
        );
        const theirAddress = theirs['ansible_host'] ?? host;
        assert.equal(
          address,
          typeof theirAddress === 'string' ? theirAddress.replace('{{ inventory_hostname }}', host) : undefined,
        );
      }
    });
  }
  for (const [name, given] of Object.entries(REFUSED)) {
    void test(`refused by both: ${name}`, async () => {
      const { diagnostics } = await load(given);
      assert.ok(answers.get(name)?.failure !== undefined);
      assert.ok(diagnostics.some(({ severity }) => severity === 'error'));
    });
  }
});
