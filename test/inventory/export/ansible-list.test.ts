import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { graph } from '../../../src/inventory/export/graph.js';
import { toAnsibleList, nested } from '../../../src/inventory/export/ansible-list.js';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { sortedJson } from '../../../src/text/sorted-json.js';

function load(text: string): Inventory {
  const { value, diagnostics } = loadInventory([{ file: 'f', text }], { profiles: ['stay-up'] });
  assert.ok(value, JSON.stringify(diagnostics));
  return value;
}

/** Without the places, which are others in another text. */
function withoutPlaces({ hosts, groups, outline }: Inventory): unknown {
  return {
    hosts: hosts
      .map((host) => ({ ...host, at: undefined, labels: { ...host.labels } }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    groups: Object.fromEntries([...groups].filter(([, members]) => members.length > 0)),
    own: Object.fromEntries(
      [...outline]
        .filter(([, { hosts: own }]) => own.length > 0)
        .map(([name, { hosts: own }]) => [name, own.toSorted()]),
    ),
  };
}

const word = fc.constantFrom('a', 'x y', "it's", '"q"', 'yes', '1', '#c', 'ü', 'a=b', '\\', '$(x)', '-o');
const settings = fc.record(
  {
    port: fc.integer({ min: 1, max: 65_535 }),
    user: fc.constantFrom('root', 'a.b', 'dom\\u'),
    identityFile: fc.uniqueArray(fc.constantFrom('~/.ssh/k', '/k 1', "/k'2", 'k#3'), { minLength: 1, maxLength: 3 }),
    profile: fc.constant('stay-up'),
    transport: fc.constantFrom('ssh2', 'openssh', 'local', 'auto'),
    proxyJump: fc.constantFrom('b', 'u@b:2222,[2001:db8::1]:22', 'none'),
    sshOptions: fc.uniqueArray(
      fc
        .tuple(fc.constantFrom('BindInterface', 'ConnectTimeout', 'BindAddress', 'IdentityAgent'), word)
        .map((parts) => parts.join('=')),
      { minLength: 1, maxLength: 3, selector: (option) => option.split('=')[0] },
    ),
    become: fc.constant('sudo'),
    labels: fc.dictionary(fc.constantFrom('owner', 'tier', 'on'), word, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const hosts = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('h1', 'web2', '10.0.0.1', '2001:db8::1', 'h-3'),
    given: settings,
    address: fc.option(fc.constantFrom('10.1.1.1', 'x.example.com'), { nil: undefined }),
    group: fc.constantFrom('web', 'db', 'inner', ''),
  }),
  { selector: ({ name }) => name, minLength: 1 },
);

const inventoryText = fc.tuple(hosts, fc.boolean()).map(([list, isNested]) => {
  const membersOf = (wanted: string) =>
    list
      .filter(({ group }) => group === wanted)
      .map(({ name, address, given }) => ({ name, ...(address === undefined ? {} : { address }), ...given }));
  const inner = { inner: { hosts: membersOf('inner') } };
  return JSON.stringify({
    groups: {
      web: { hosts: membersOf('web'), ...(isNested ? { groups: inner } : {}) },
      db: { hosts: membersOf('db') },
      ...(isNested ? {} : inner),
    },
    hosts: membersOf(''),
  });
});

void test('what is listed says the same when it is read again', () =>
  fc.assert(
    fc.property(inventoryText, (text) => {
      const inventory = load(text);
      const list = sortedJson(toAnsibleList(inventory, inventory.hosts));
      assert.deepEqual(withoutPlaces(load(list)), withoutPlaces(inventory), list);
    }),
    { numRuns: 500 },
  ));

void test('JSON as any reader understands it, whatever the keys', () =>
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(sortedJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  ));
void test('keys that are numbers are sorted like all others', () =>
  assert.equal(
    sortedJson(
      new Map<string, unknown>([
        ['9', []],
        ['10', {}],
        ['a', new Map([['b', 1]])],
      ]),
    ),
    '{\n    "10": {},\n    "9": [],\n    "a": {\n        "b": 1\n    }\n}',
  ));

/** Each group stands in both groups before it: 2^45 ways to the last. */
function ladder(): Inventory {
  const rungs = Array.from({ length: 46 }, (_, index) => [`a${index}`, `b${index}`] as const);
  const inner = rungs.map(([a, b], index) => {
    const next = rungs[index + 1];
    return next === undefined ? '' : [a, b].map((name) => `[${name}:children]\n${next.join('\n')}\n`).join('');
  });
  return load(
    `${rungs
      .flat()
      .map((name) => `[${name}]\n`)
      .join('')}[a45]\nh\n${inner.join('')}`,
  );
}
void test('groups in groups without end are drawn line by line, and not nested', () => {
  const inventory = ladder();
  assert.equal(nested(inventory, inventory.hosts), undefined);
  const lines = graph(inventory, inventory.hosts, 'all', false);
  assert.equal(lines.next().value, '@all:');
  assert.equal(toAnsibleList(inventory, inventory.hosts).size, 93);
});

void test('the example can be listed and read again', () => {
  const inventory = load(
    readFileSync('inventory.example.yaml', 'utf8').replaceAll(/profile: [\w-]+/g, 'profile: stay-up'),
  );
  assert.ok(load(sortedJson(toAnsibleList(inventory, inventory.hosts))).hosts.length === inventory.hosts.length);
});
