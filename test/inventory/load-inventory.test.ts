import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { InventorySchema } from '../../src/inventory/native/schema.js';
import type { VariableFile } from '../../src/inventory/ansible/variables/variable-files.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import type { Inventory } from '../../src/inventory/inventory.js';
import type { Loaded } from '../../src/model/diagnostic.js';
import type { Host } from '../../src/model/host.js';
import { readYaml } from '../../src/text/yaml/load.js';
import { codePoint } from '../support/code-point.js';
import { assertComputed } from '../support/computed-within.js';

const profiles = ['stay-up', 'fail-fast'];
function load(...texts: readonly string[]): Loaded<Inventory> {
  return loadInventory(
    texts.map((text, index) => ({ file: `${'abc'[index]}.yaml`, text })),
    { profiles },
  );
}
function inventory(...texts: readonly string[]): Inventory {
  const { value, diagnostics } = load(...texts);
  assert.deepEqual(diagnostics, []);
  assert.ok(value);
  return value;
}
function hostNamed(name: string, ...texts: readonly string[]): Host {
  const host = inventory(...texts).hosts.find((candidate) => candidate.name === name);
  assert.ok(host, name);
  return host;
}

for (const nothing of ['', '# web1 was here\n', '---\n', '; of an INI\n\n'])
  void test(`a file among others that says nothing (${JSON.stringify(nothing)}) is told, and the others are read`, () => {
    const { value, diagnostics } = load('hosts: [web1]\n', nothing);
    assert.deepEqual(
      value?.hosts.map(({ name }) => name),
      ['web1'],
    );
    assert.deepEqual(
      diagnostics.map(({ code, severity, at }) => [code, severity, at?.file]),
      [['inventory/no-hosts', 'warning', 'b.yaml']],
    );
  });

void test('the example loads, and shows every field that there is', () => {
  const text = readFileSync('inventory.example.yaml', 'utf8');
  assert.equal(inventory(text).hosts.length, 57);
  for (const field of [
    'defaults',
    'groups',
    'hosts',
    'name',
    'address',
    'port',
    'user',
    'identityFile',
    'profile',
    'transport',
    'recording',
    'labels',
    'proxyJump',
    'proxyCommand',
    'sshOptions',
    'become',
  ])
    assert.match(text, new RegExp(`\\b${field}:`));
  assert.match(text, /^# yaml-language-server: \$schema=/);
});

void test('the schema, written out as a file, is a strict 2020-12 schema, and the example fits it', () => {
  const schema: unknown = JSON.parse(JSON.stringify(InventorySchema));
  assert.ok(typeof schema === 'object' && schema !== null);
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
  assert.ok(
    validate(readYaml(readFileSync('inventory.example.yaml', 'utf8'), 'inventory.example.yaml').value?.value),
    JSON.stringify(validate.errors),
  );
  assert.equal(validate({ groups: { g: { groups: { h: { prot: 1 } } } } }), false);
});

void test('every field of the schema says what it is for', () => {
  const visit = (schema: unknown, name: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const properties: unknown = Reflect.get(schema, 'properties');
    for (const [field, described] of Object.entries(properties ?? {})) {
      assert.equal(typeof Reflect.get(Object(described), 'description'), 'string', `${name}.${field}`);
      visit(described, field);
    }
    for (const below of ['items', 'anyOf', '$defs', 'group']) {
      const held: unknown = Reflect.get(schema, below);
      for (const branch of Array.isArray(held) ? held : [held]) visit(branch, name);
    }
  };
  visit(InventorySchema, 'inventory');
});

/** One or more files, then `file:line:column code` of everything that is said. */
const mistakes: readonly (readonly [name: string, texts: readonly string[], expected: readonly string[]])[] = [
  [
    'unknown fields',
    ['grups: {}\nhosts: [{name: x, adress: y}]\n'],
    ['a.yaml:1:1 schema/unknown-field', 'a.yaml:2:19 schema/unknown-field'],
  ],
  ['wrong types', ['defaults: {port: "22"}\nhosts: {a: b}\n'], ['a.yaml:1:18 schema/type', 'a.yaml:2:8 schema/type']],
  [
    'bad ports',
    ['hosts: [{name: a, port: 0}, {name: b, port: 65536}, {name: c, port: 2.5}]\n'],
    ['a.yaml:1:25 schema/value', 'a.yaml:1:45 schema/value', 'a.yaml:1:69 schema/type'],
  ],
  ['a mapping without a name', ['hosts: [{port: 1}]\n'], ['a.yaml:1:9 schema/missing-field']],
  [
    'bad names',
    ['hosts: ["-oProxy", "a b", "a\\nb", "2001:db8::g", ""]\n'],
    [
      'a.yaml:1:8 inventory/host-name',
      'a.yaml:1:20 inventory/host-name',
      'a.yaml:1:27 inventory/host-name',
      'a.yaml:1:35 inventory/host-name',
      'a.yaml:1:50 inventory/host-name',
    ].map((line) => line.replace('1:8', '1:9')),
  ],
  [
    'bad addresses',
    ['hosts:\n  - {name: a, address: "[::1]"}\n  - {name: b, address: -x}\n  - {name: c, address: "h:22"}\n'],
    ['a.yaml:2:24 inventory/address', 'a.yaml:3:24 inventory/address', 'a.yaml:4:24 inventory/address'],
  ],
  ['one address for many', ['hosts: [{name: "a[1:2]", address: 10.0.0.1}]\n'], ['a.yaml:1:35 inventory/address']],
  [
    'bad users',
    ['hosts: [{name: a, user: -l}, {name: b, user: "a b"}]\n'],
    ['a.yaml:1:25 schema/value', 'a.yaml:1:46 schema/value'],
  ],
  [
    'bad identity files',
    ['hosts: [{name: a, identityFile: []}, {name: b, identityFile: [1]}, {name: c, identityFile: -x}]\n'],
    ['a.yaml:1:33 schema/value', 'a.yaml:1:63 schema/type', 'a.yaml:1:92 schema/value'],
  ],
  [
    'bad labels',
    ['hosts: [{name: a, labels: {"1": x, b: 2, c: [d]}}]\n'],
    ['a.yaml:1:28 schema/value', 'a.yaml:1:39 schema/type', 'a.yaml:1:45 schema/type'],
  ],
  [
    'a way that is two',
    ['hosts: [{name: a, proxyJump: gate, proxyCommand: nc %h %p}]\n'],
    ['a.yaml:1:50 inventory/proxy'],
  ],
  [
    'jump hosts that are none',
    ['hosts: [{name: a, proxyJump: -oX}, {name: b, proxyJump: "a, b"}, {name: c, proxyJump: "a;b"}]\n'],
    ['a.yaml:1:30 schema/value', 'a.yaml:1:57 schema/value', 'a.yaml:1:87 schema/value'],
  ],
  [
    'what a shell would read in a proxy command',
    [
      'hosts: [{name: a, proxyCommand: "nc %h %p; id"}, {name: b, proxyCommand: "$(id)"}, {name: c, proxyCommand: -x}]\n',
    ],
    ['a.yaml:1:33 schema/value', 'a.yaml:1:74 schema/value', 'a.yaml:1:108 schema/value'],
  ],
  [
    'options of ssh that run or load something, once however many inherit them',
    ['defaults: {sshOptions: [PKCS11Provider=/tmp/x.so, "ProxyCommand id", Port=1]}\nhosts: [a, b]\n'],
    ['a.yaml:1:24 inventory/ssh-option', 'a.yaml:1:24 inventory/ssh-option'],
  ],
  [
    'bad ranges',
    ['hosts:\n  - web[5:1]\n  - "x[1:2]y[a"\n'],
    ['a.yaml:2:8 inventory/range', 'a.yaml:3:13 inventory/range'],
  ],
  ['bad transport', ['hosts: [{name: a, transport: shh2}]\n'], ['a.yaml:1:30 schema/value']],
  [
    'unknown profiles',
    ['defaults: {profile: stayup}\ngroups: {g: {profile: x, hosts: [{name: a, profile: y}]}}\n'],
    [
      'a.yaml:1:21 inventory/unknown-profile',
      'a.yaml:2:23 inventory/unknown-profile',
      'a.yaml:2:53 inventory/unknown-profile',
    ],
  ],
  [
    'reserved names',
    ['groups: {all: {}, ungrouped: {}}\nhosts: [all]\n'],
    [
      'a.yaml:1:10 inventory/reserved-name',
      'a.yaml:1:19 inventory/reserved-name',
      'a.yaml:2:9 inventory/reserved-name',
    ],
  ],
  ['a bad group name', ['groups: {"a b": {}, "-x": {}}\n'], ['a.yaml:1:10 schema/value', 'a.yaml:1:21 schema/value']],
  ['two definitions', ['hosts: [{name: a}, {name: a}]\n'], ['a.yaml:1:27 inventory/duplicate-host']],
  [
    'two definitions in two files',
    ['hosts: [{name: a}]\n', 'groups: {g: {hosts: [{name: a}]}}\n'],
    ['b.yaml:1:29 inventory/duplicate-host'],
  ],
  [
    'a range that defines what a mapping does',
    ['hosts: [{name: a2}, {name: "a[1:3]"}]\n'],
    ['a.yaml:1:28 inventory/duplicate-host'],
  ],
  [
    'listed twice is a warning',
    ['hosts: ["a[1:3]", a2, "a[3:4]"]\n'],
    ['a.yaml:1:19 inventory/listed-twice', 'a.yaml:1:23 inventory/listed-twice'],
  ],
  ['a group and a host of one name', ['groups: {web: {}}\nhosts: [web]\n'], ['a.yaml:1:10 inventory/name-clash']],
  [
    'a circle of two files',
    ['groups: {a: {groups: {b: {}}}}\n', 'groups: {b: {groups: {a: {}}}}\n'],
    ['b.yaml:1:23 inventory/group-cycle'],
  ],
  ['a group within itself', ['groups: {a: {groups: {a: {}}}}\n'], ['a.yaml:1:23 inventory/group-cycle']],
  [
    'two circles',
    ['groups: {a: {groups: {b: {groups: {a: {}}}}}, c: {groups: {c: {}}}, d: {groups: {}}}\n'],
    ['a.yaml:1:36 inventory/group-cycle', 'a.yaml:1:60 inventory/group-cycle'],
  ],
  [
    'defaults that differ',
    ['defaults: {port: 1, user: a}\n', 'defaults: {port: 2, user: a}\n'],
    ['b.yaml:1:18 inventory/conflict'],
  ],
  [
    'a limit of a group that differs',
    ['groups: {g: {forks: 1}}\n', 'groups: {g: {forks: 2}}\n'],
    ['b.yaml:1:21 inventory/conflict'],
  ],
  ['a limit that is none', ['groups: {g: {forks: 0}}\n'], ['a.yaml:1:21 schema/value']],
  ['a limit on a host', ['hosts: [{name: a, forks: 2}]\n'], ['a.yaml:1:19 schema/unknown-field']],
  [
    'a group that differs',
    ['groups: {g: {profile: stay-up, labels: {a: x}}}\n', 'groups: {g: {profile: fail-fast, labels: {a: y, b: z}}}\n'],
    ['b.yaml:1:23 inventory/conflict', 'b.yaml:1:46 inventory/conflict'],
  ],
  [
    'two groups, two profiles',
    ['groups: {g: {profile: stay-up, hosts: [a, b]}, h: {profile: fail-fast, hosts: [a, b]}}\n'],
    ['a.yaml:1:61 inventory/ambiguous'],
  ],
  [
    'two groups, two ports and two labels',
    ['groups: {g: {port: 1, labels: {a: x}, hosts: [a]}, h: {port: 2, labels: {a: y}, hosts: [a]}}\n'],
    ['a.yaml:1:62 inventory/ambiguous', 'a.yaml:1:77 inventory/ambiguous'],
  ],
  ['recorded without a recording', ['hosts: [{name: a, transport: recorded}]\n'], ['a.yaml:1:16 inventory/recording']],
  ['a recording without recorded', ['hosts: [{name: a, recording: x}]\n'], ['a.yaml:1:30 inventory/recording']],
  ['a range over the limit', ['hosts: ["a[1:100001]"]\n'], ['a.yaml:1:9 inventory/too-many-hosts']],
  [
    'ranges whose product is over the limit',
    ['hosts: ["a[1:999999999]b[1:999999999]c[1:999999999]"]\n'],
    ['a.yaml:1:9 inventory/too-many-hosts'],
  ],
  [
    'ranges whose sum is over the limit',
    ['hosts: ["a[1:60000]"]\n', 'hosts: ["b[1:60000]"]\n'],
    ['b.yaml:1:9 inventory/too-many-hosts'],
  ],
  [
    'both files are read',
    ['hosts: [{name: a b}]\n', 'hosts: [{nam: a}]\n', 'a: [\n'],
    [
      'a.yaml:1:16 inventory/host-name',
      'b.yaml:1:9 schema/missing-field',
      'b.yaml:1:10 schema/unknown-field',
      'c.yaml:2:1 yaml/syntax',
    ],
  ],
  [
    'schema and meaning at once',
    ['x: 1\nhosts: ["a[2:1]", {name: b, profile: no}]\n'],
    ['a.yaml:1:1 schema/unknown-field', 'a.yaml:2:11 inventory/range', 'a.yaml:2:38 inventory/unknown-profile'],
  ],
];
for (const [name, texts, expected] of mistakes) {
  void test(`mistakes: ${name}`, () => {
    const { value, diagnostics } = load(...texts);
    assert.deepEqual(
      diagnostics.map(({ at, code }) => `${at?.file}:${at?.line}:${at?.column} ${code}`).sort(),
      [...expected].sort(),
    );
    assert.equal(
      value === undefined,
      diagnostics.some(({ severity }) => severity === 'error'),
    );
    for (const { message, help } of diagnostics)
      assert.ok(message.length > 0 && (help === undefined || help.length > 0));
  });
}

void test('two definitions name both places', () => {
  const [diagnostic] = load('hosts: [{name: a}]\n', 'hosts:\n  - {name: a}\n').diagnostics;
  assert.equal(diagnostic?.message, 'the host a is already defined at a.yaml:1:16');
  assert.deepEqual(diagnostic?.at, { file: 'b.yaml', line: 2, column: 12 });
});

void test('two groups that disagree name hosts, groups and both places', () => {
  const [diagnostic] = load(
    'groups:\n  g: {profile: stay-up, hosts: ["a[1:9]"]}\n  h: {profile: fail-fast, hosts: ["a[1:5]"]}\n',
  ).diagnostics;
  assert.equal(
    diagnostic?.message,
    'a1 (and 4 more) is in g and in h, which give the profile different values; the other is at a.yaml:2:16',
  );
});

const NEAREST = `
defaults: {port: 1, user: d, profile: stay-up, identityFile: [k1, k2], labels: {a: d, b: d}}
groups:
  outer:
    port: 2
    labels: {b: outer, c: outer}
    groups:
      inner: {port: 3, user: i, hosts: [in, {name: own, port: 4, labels: {c: own}}]}
    hosts: [out, in]
hosts: [top]
`;
const resolved: readonly (readonly [string, number, string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['top', 1, 'd', { a: 'd', b: 'd' }, []],
  ['out', 2, 'd', { a: 'd', b: 'outer', c: 'outer' }, ['outer']],
  ['in', 3, 'i', { a: 'd', b: 'outer', c: 'outer' }, ['inner', 'outer']],
  ['own', 4, 'i', { a: 'd', b: 'outer', c: 'own' }, ['inner', 'outer']],
];
for (const [name, port, user, labels, groups] of resolved) {
  void test(`the nearest wins for ${name}`, () => {
    const host = hostNamed(name, NEAREST);
    assert.deepEqual(
      { port: host.port, user: host.user, labels: { ...host.labels }, groups: host.groups },
      { port, user, labels, groups },
    );
    assert.deepEqual(host.identityFiles, ['k1', 'k2']);
    assert.equal(host.profile, 'stay-up');
  });
}

void test('a host that says nothing', () =>
  assert.deepEqual(
    { ...hostNamed('a', 'hosts: [a]\n'), labels: {} },
    {
      name: 'a',
      address: 'a',
      identityFiles: [],
      groups: [],
      labels: {},
      transport: 'auto',
      at: { file: 'a.yaml', line: 1, column: 9 },
    },
  ));

void test('a host that says everything', () => {
  const host = hostNamed(
    'a',
    'hosts: [{name: a, address: "::1", port: 2222, user: u, identityFile: ~/.ssh/k, profile: fail-fast, transport: recorded, recording: r.probe, labels: {x: y}}]\n',
  );
  assert.deepEqual(
    { ...host, labels: { ...host.labels } },
    {
      name: 'a',
      address: '::1',
      port: 2222,
      user: 'u',
      identityFiles: ['~/.ssh/k'],
      profile: 'fail-fast',
      groups: [],
      labels: { x: 'y' },
      transport: 'recorded',
      recording: 'r.probe',
      at: { file: 'a.yaml', line: 1, column: 16 },
    },
  );
});

void test('a host that says how it is reached, of its own and by its groups', () => {
  const text =
    'groups: {g: {proxyJump: "gate,u@in:2222", become: sudo, sshOptions: [HostKeyAlias=x, "IdentitiesOnly yes"], hosts: [a, {name: b, proxyJump: none, proxyCommand: nc %h %p}]}}\n';
  const [a, b] = [hostNamed('a', text), hostNamed('b', text)];
  assert.deepEqual(
    [a.proxyJump, a.proxyCommand, a.become, a.sshOptions],
    ['gate,u@in:2222', undefined, 'sudo', ['HostKeyAlias=x', 'IdentitiesOnly yes']],
  );
  assert.deepEqual([b.proxyJump, b.proxyCommand, b.become], ['none', 'nc %h %p', 'sudo']);
});

void test('the host itself settles what its groups disagree on', () => {
  assert.equal(
    hostNamed(
      'a',
      'groups: {g: {profile: stay-up, hosts: [{name: a, profile: fail-fast}]}, h: {profile: fail-fast, hosts: [a]}}\n',
    ).profile,
    'fail-fast',
  );
  assert.equal(hostNamed('a', 'groups: {g: {port: 1, hosts: [a]}, h: {port: 1, hosts: [a]}}\n').port, 1);
});

void test('an inner group of two outer ones settles what they disagree on', () => {
  assert.equal(
    hostNamed('a', 'groups: {x: {port: 1, groups: {in: {port: 3, hosts: [a]}}}, y: {port: 2, groups: {in: {}}}}\n')
      .port,
    3,
  );
});

void test('a group goes on in another file, and a bare name is membership wherever the mapping stands', () => {
  const { hosts, groups, outline } = inventory(
    'groups: {g: {port: 7, hosts: [a, z]}}\n',
    'groups: {g: {labels: {x: y}, groups: {in: {hosts: [b]}}, hosts: [a]}}\nhosts: [{name: z, address: 10.0.0.1}]\n',
  );
  assert.deepEqual(
    hosts.map(({ name, port, address }) => `${name} ${port} ${address}`),
    ['a 7 a', 'b 7 b', 'z 7 10.0.0.1'],
  );
  assert.deepEqual(Object.fromEntries(groups), { g: ['a', 'z', 'b'], in: ['b'] });
  assert.deepEqual(Object.fromEntries(outline), {
    all: { groups: ['ungrouped', 'g'], hosts: [] },
    ungrouped: { groups: [], hosts: [] },
    g: { groups: ['in'], hosts: ['a', 'z'] },
    in: { groups: [], hosts: ['b'] },
  });
});

void test('a file that is given twice is one file', () => {
  const file = { file: 'a.yaml', text: 'hosts: [a, {name: b}]\n' };
  const { value, diagnostics } = loadInventory([file, file], { profiles });
  assert.deepEqual([value?.files, value?.hosts.length, diagnostics], [['a.yaml'], 2, []]);
});

void test('labels and names from a file reach no prototype', () => {
  const host = hostNamed(
    'constructor',
    'hosts: [{name: constructor, labels: {toString: x}}]\ngroups: {valueOf: {hosts: [constructor]}}\n',
  );
  assert.equal(Object.getPrototypeOf(host.labels), null);
  assert.deepEqual(host.groups, ['valueOf']);
  assert.deepEqual(
    load('hosts: [{name: a, labels: {__proto__: x}}]\n').diagnostics.map(({ code }) => code),
    ['schema/value'],
  );
});

void test('groups that stand deeper than can be, built by one flat file', () => {
  const chain = Array.from({ length: 5000 }, (_, index) => `  g${index}: {groups: {g${index + 1}: {}}}`).join('\n');
  assert.deepEqual(
    load(`groups:\n${chain}\n  g5000: {hosts: [a]}\n`).diagnostics.map(({ code }) => code),
    ['inventory/group-depth'],
  );
});

void test('10,000 hosts by ranges, and 20,000 mappings, load in seconds', () => {
  // The processor's time: what else the machine does is not counted.
  const before = process.cpuUsage();
  const since = (): number => (process.cpuUsage(before).user + process.cpuUsage(before).system) / 1000;
  assert.equal(
    inventory('defaults: {user: a}\ngroups: {w: {hosts: ["w[00001:10000].example.com"]}}\n').hosts.length,
    10_000,
  );
  const byRanges = since();
  const lines = Array.from(
    { length: 20_000 },
    (_, index) => `  - {name: h${index}, address: 10.0.${index >> 8}.${index & 255}, labels: {owner: t${index % 7}}}`,
  );
  assert.equal(inventory(`hosts:\n${lines.join('\n')}\n`).hosts.length, 20_000);
  const all = since();
  // Generous: what matters is that neither is quadratic.
  assertComputed(byRanges, 2000, 'by ranges');
  assertComputed(all, 20_000, 'all');
});

const inventoryish = fc
  .array(
    fc.constantFrom(
      'hosts:',
      'groups:',
      'defaults:',
      'a',
      'web[1:3]',
      'web[',
      ' ',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '{name: a}',
      '{',
      '}',
      '[',
      ']',
      ': ',
      ',',
      'port: 1',
      'password: x',
      'labels: {a: b}',
      '&x ',
      '*x',
      '-----BEGIN',
      'null',
      '5',
      'profile: stay-up',
    ),
  )
  .map((parts) => parts.join(''));
void test('any text gives an inventory or says why not', () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(inventoryish, fc.string({ unit: codePoint })), { minLength: 1, maxLength: 3 }),
      (texts) => {
        const { value, diagnostics } = load(...texts);
        assert.equal(
          value === undefined,
          diagnostics.some(({ severity }) => severity === 'error'),
        );
      },
    ),
    { numRuns: 500 },
  ));

function recordingIn(file: string, text: string, variableFiles: readonly VariableFile[] = []): string | undefined {
  const { value, diagnostics } = loadInventory([{ file, text }], { profiles: [], variableFiles });
  assert.deepEqual(diagnostics, []);
  return value?.hosts[0]?.recording;
}

test('a recording is meant from the folder of its inventory', () => {
  const native = 'hosts: [{ name: a, transport: recorded, recording: rec/a.probe }]\n';
  const absolute = 'hosts: [{ name: a, transport: recorded, recording: /rec/a.probe }]\n';
  assert.equal(recordingIn('a.yaml', native), 'rec/a.probe');
  assert.equal(recordingIn('fleet/a.yaml', native), 'fleet/rec/a.probe');
  assert.equal(recordingIn('/etc/fleet/a.yaml', native), '/etc/fleet/rec/a.probe');
  assert.equal(recordingIn('../a.yaml', native), '../rec/a.probe');
  assert.equal(recordingIn('<stdin>', native), 'rec/a.probe');
  assert.equal(recordingIn('fleet/a.yaml', absolute), '/rec/a.probe');
  assert.equal(recordingIn('fleet/a.yaml', native.replace('rec/', '~/rec/')), '~/rec/a.probe');
  const variables = 'kernward_transport: recorded\nkernward_recording: rec/a.probe\n';
  const of = (file: string): VariableFile => ({ file, text: variables, kind: 'host', name: 'a' });
  assert.equal(recordingIn('fleet/hosts', 'a\n', [of('fleet/host_vars/a.yml')]), 'fleet/rec/a.probe');
  assert.equal(recordingIn('hosts', 'a\n', [of('host_vars/a.yml')]), 'rec/a.probe');
});
