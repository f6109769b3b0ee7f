import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { scratch } from '../support/scratch.js';

interface Case {
  readonly is: string;
  readonly file?: string;
  readonly text: string;
  readonly what: RegExp;
  readonly line?: number;
}

const CASES: readonly Case[] = [
  { is: 'TOML with lists', text: '[web]\nhosts = ["a", "b"]\n[web.vars]\nx = 1\n', what: /TOML/, line: 2 },
  { is: 'TOML with tables', text: '[web.hosts]\nhost1 = {}\nhost2 = { ansible_port = 222 }\n', what: /TOML/, line: 2 },
  {
    is: 'TOML that begins with variables',
    text: '[all.vars]\nhas_java = false\n\n[web.hosts.h1]\n',
    what: /TOML/,
    line: 1,
  },
  { is: 'TOML of nothing but tables', text: '[web.hosts.h1]\n[web.hosts.h2]\n', what: /TOML/, line: 1 },
  {
    is: 'TOML by its name',
    file: 'config.toml',
    text: 'title = "x"\n[servers]\n[servers.a]\nhost = "h"\n',
    what: /TOML/,
  },
  { is: 'CSV', text: 'owner,hostname,ip\npay,web1,192.0.2.1\npay,web2,192.0.2.2\n', what: /CSV/ },
  {
    is: 'CSV with semicolons and quotes',
    text: '"hostname";"ip"\r\n"web1";"192.0.2.1"\r\n"web2";"192.0.2.2"\r\n',
    what: /CSV/,
  },
  { is: 'CSV with tabs', text: 'name\tip\nweb1\t192.0.2.1\nweb2\t192.0.2.2\n', what: /CSV/ },
  { is: 'CSV of addresses', text: 'role,ip address\nweb,192.0.2.1\n', what: /CSV/ },
  { is: 'a CSV without a head', text: 'web1,192.0.2.1\nweb2,192.0.2.2\n', what: /CSV/ },
  { is: 'names on one line', text: 'web1,web2\n', what: /CSV/ },
  {
    is: '/etc/hosts',
    text: '# local\n192.0.2.1\tweb1 web1.example.com\n2001:db8::1  web2 # spare\n',
    what: /\/etc\/hosts/,
    line: 2,
  },
  { is: 'an ssh_config', text: '# mine\nHost web1\n  HostName 192.0.2.1\n', what: /ssh_config/, line: 2 },
  { is: 'known_hosts', text: 'web1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL\n', what: /known_hosts/ },
  { is: "Bolt's", text: 'groups:\n  - name: web\n    targets:\n      - web1\n', what: /Puppet Bolt/ },
  { is: "Bolt's with a plugin", text: 'targets:\n  - _plugin: terraform\n    dir: /x\n', what: /Puppet Bolt/ },
  { is: "Nornir's", text: 'web1:\n  hostname: 192.0.2.1\n  groups: [web]\n', what: /Nornir/ },
  { is: "Terraform's", text: '{"version": 4, "terraform_version": "1.9.0", "resources": []}', what: /Terraform/ },
  { is: "Kubernetes'", text: 'apiVersion: v1\nkind: List\nitems: []\n', what: /Kubernetes/ },
  {
    is: 'a plugin of Ansible',
    file: 'aws_ec2.yml',
    text: 'plugin: amazon.aws.aws_ec2\nregions: [eu-west-1]\n',
    what: /plugin of Ansible/,
  },
];

for (const { is, file = 'hosts', text, what, line = 1 } of CASES)
  test(`an inventory that is none is told once, for what it is: ${is}`, () => {
    for (const written of [text, `\ufeff${text}`]) {
      const { value, diagnostics } = loadInventory([{ file, text: written }], { profiles: [] });
      assert.equal(value, undefined);
      assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics));
      const [{ message, help, at } = { message: '' }] = diagnostics;
      assert.match(message, what);
      assert.match(help ?? '', /kernward|hosts|FILE|-w/);
      assert.equal(at?.line, line);
    }
  });

const OURS: readonly (readonly [is: string, text: string, hosts: number])[] = [
  ['INI with groups whose names have a dot', '[prod.hosts]\nweb1\nweb2 ansible_port=22\n[a.vars]\nweb3\n', 3],
  ['INI with lists in variables', '[web]\nweb1 tags=["a","b"]\n[web:vars]\nlist = ["a", "b"]\nmap = {"a": 1}\n', 1],
  ['names with tabs and comments', 'web1\t# the first\nweb2\n', 2],
  ['addresses alone', '192.0.2.1\n2001:db8::1\n', 2],
  ['an address with a variable', '192.0.2.1 ansible_user=root\n', 1],
  ['a host that is called Host', 'Host ansible_user=x\n', 1],
  ['ranges', 'web[1:3]\nweb[a:b].example.com\n', 5],
  ["kernward's own", 'groups:\n  web:\n    hosts: [web1, web2]\n', 2],
];
for (const [is, text, hosts] of OURS)
  test(`an inventory that only looks like one of others is read: ${is}`, () => {
    const { value, diagnostics } = loadInventory([{ file: 'hosts', text }], { profiles: [] });
    assert.equal(value?.hosts.length, hosts, JSON.stringify(diagnostics));
  });

test('what a message says to run gives an inventory with the hosts', () => {
  const folder = scratch();
  const file = join(folder, 'given');
  let ran = 0;
  for (const { is, text } of CASES) {
    const help = loadInventory([{ file, text }], { profiles: [] }).diagnostics[0]?.help ?? '';
    const command = /: (?<command>(?:cut|tail|awk) .*> hosts)$/.exec(help)?.groups?.['command'];
    if (command === undefined) continue;
    writeFileSync(file, text);
    const { status, stderr } = spawnSync('sh', ['-c', command.replace('FILE', file)], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${is}: ${stderr}`);
    const made = readFileSync(join(folder, 'hosts'), 'utf8');
    const { value, diagnostics } = loadInventory([{ file: 'hosts', text: made }], { profiles: [] });
    assert.ok((value?.hosts.length ?? 0) > 0, `${is}: ${made} ${JSON.stringify(diagnostics)}`);
    assert.ok(
      value?.hosts.every(({ name }) => /^web\d|^192\./.test(name)),
      `${is}: ${made}`,
    );
    ran += 1;
  }
  assert.equal(ran, 7);
});

test('an inventory that says nothing is told and passed over, whether it is alone or not', () => {
  for (const text of ['', '\n\n', '# a comment\n', '; a comment\n  # another', '---\n# yaml\n...\n', '\ufeff'])
    for (const others of [[], [{ file: 'b', text: 'web1\n' }]]) {
      const { value, diagnostics } = loadInventory([{ file: 'a', text }, ...others], { profiles: [] });
      assert.deepEqual(
        diagnostics.map(({ code, severity }) => [code, severity]),
        [['inventory/no-hosts', 'warning']],
      );
      assert.equal(value?.hosts.length, others.length);
    }
});

test('no text is too strange to be looked at, and none is slow', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]={}:;,\t\n "#a-z.1]{0,300}$/u), (text) => {
      loadInventory([{ file: 'f', text }], { profiles: [] });
    }),
  );
});
