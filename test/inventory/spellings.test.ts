import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { selectHosts } from '../../src/inventory/patterns/select-hosts.js';
import { byEverySpelling, hostNamed } from '../../src/inventory/spellings.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { spellingOf } from '../../src/text/names/spelling.js';

const OPTIONS = { profiles: ['stay-up', 'fail-fast'] };

function hostsOf(text: string, file = 'a.yaml') {
  const { value, diagnostics } = loadInventory([{ file, text }], OPTIONS);
  return { names: value?.hosts.map(({ name }) => name), said: diagnostics.map(({ code }) => code), value, diagnostics };
}

const ONE: readonly (readonly [text: string, first: string])[] = [
  ['hosts: [H1, h1]\n', 'H1'],
  ['hosts: [h1.Example.com, H1.example.COM]\n', 'h1.Example.com'],
  ['hosts: ["::1", "0:0:0:0:0:0:0:1"]\n', '::1'],
  ['hosts: ["2001:DB8::1", "2001:db8:0:0::0001"]\n', '2001:DB8::1'],
  ['hosts: ["fe80::1%eth0", "FE80:0::1%eth0"]\n', 'fe80::1%eth0'],
  ['groups: {a: {hosts: [DB]}, b: {hosts: [db]}}\n', 'DB'],
  ['hosts: [{name: A, address: X}, {name: a, address: x}]\n', 'A'],
  ['hosts: [{name: A, user: root}, {name: a, user: ops}]\n', 'A'],
  ['hosts: [{name: A, profile: stay-up}, {name: a, profile: fail-fast}]\n', 'A'],
];
for (const [text, first] of ONE)
  void test(`one machine in two spellings is one host: ${text.trim()}`, () => {
    const { names, said } = hostsOf(text);
    assert.deepEqual([names, said], [[first], ['inventory/two-spellings']]);
  });

/** What a spelling does not say: another port, another way there, another address, a search domain, a machine that is not ssh's. */
const TWO = [
  'hosts: [{name: A, port: 22}, {name: a, port: 2222}]\n',
  'hosts: [{name: A, port: 22}, a]\n',
  'hosts: [{name: A, proxyJump: x}, {name: a, proxyJump: y}]\n',
  'hosts: [{name: A, proxyCommand: "nc %h %p"}, a]\n',
  'hosts: [{name: A, sshOptions: [HostName=b]}, a]\n',
  'hosts: [{name: A, address: 10.0.0.1}, {name: a, address: 10.0.0.2}]\n',
  'hosts: [{name: A, address: h}, {name: B, address: h}]\n',
  'hosts: [{name: A, address: h.}, {name: a, address: h}]\n',
  'hosts: [{name: A, transport: local}, a]\n',
  'hosts: [{name: A, transport: recorded, recording: x}, {name: a, transport: recorded, recording: y}]\n',
  'hosts: ["fe80::1%eth0", "fe80::1%ETH0"]\n',
  'hosts: ["10.0.0.1", "10.0.0.01"]\n',
];
for (const text of TWO)
  void test(`what may be two machines is two hosts: ${text.trim()}`, () => {
    const { names, said } = hostsOf(text);
    assert.deepEqual([names?.length, said], [2, []]);
  });

void test('the host that stays is in the groups of both, and each spelling chooses it', () => {
  const { value } = hostsOf('groups: {a: {hosts: [x, DB]}, b: {groups: {c: {hosts: [db, y]}}}}\n');
  assert.ok(value !== undefined);
  assert.deepEqual(
    value.hosts.map(({ name, groups }) => [name, groups]),
    [
      ['x', ['a']],
      ['DB', ['a', 'b', 'c']],
      ['y', ['b', 'c']],
    ],
  );
  const chosen = (pattern: string) => selectHosts(value, pattern).value?.map(({ name }) => name);
  assert.deepEqual(chosen('db'), ['DB']);
  assert.deepEqual(chosen('DB'), ['DB']);
  assert.deepEqual(chosen('c'), ['DB', 'y']);
  assert.deepEqual(chosen('all:!db'), ['x', 'y']);
  assert.deepEqual(chosen('a:&c'), ['DB']);
  assert.deepEqual(chosen('c[0]'), ['DB']);
});

void test('it says which host stays, where it stands, and what of the other does not hold', () => {
  const { diagnostics } = hostsOf(
    'hosts:\n  - A\n  - {name: a, user: u, profile: stay-up, labels: {o: p}, become: sudo}\n',
  );
  assert.equal(diagnostics[0]?.severity, 'warning');
  assert.deepEqual(diagnostics[0]?.at, { file: 'a.yaml', line: 3, column: 12 });
  assert.equal(
    diagnostics[0]?.message,
    'a is A at a.yaml:2:5 in another spelling: it is asked and counted once, as A; user, profile, labels and become are those of A',
  );
});

void test('a host that is spelt in as many ways as it has places is still one', () => {
  const { names, said } = hostsOf('hosts: [Ab, aB, AB, ab, c]\n');
  assert.deepEqual(
    [names, said],
    [
      ['Ab', 'c'],
      ['inventory/two-spellings', 'inventory/two-spellings', 'inventory/two-spellings'],
    ],
  );
});

for (const [file, text] of [
  ['l.ini', 'H1\nh1\n[g]\nh1\n'],
  ['l.yaml', 'all: {hosts: {H1: {}}, children: {g: {hosts: {h1: {}}}}}\n'],
  ['l', '{"all": {"hosts": ["H1"]}, "g": {"hosts": ["h1"]}, "_meta": {"hostvars": {}}}'],
] as const)
  void test(`an inventory of Ansible, ${file}`, () => {
    const { names, said, value } = hostsOf(text, file);
    assert.deepEqual([names, said], [['H1'], ['inventory/two-spellings']]);
    assert.deepEqual(value?.groups.get('g'), ['H1']);
  });

void test('hosts that are named on the command line', () => {
  const { value } = loadInventory([{ file: '-w', text: 'H1,h1,::1,0::1', as: 'targets' }], OPTIONS);
  assert.deepEqual(
    value?.hosts.map(({ name }) => name),
    ['H1', '::1'],
  );
});

void test('a spelling is that of names, and of addresses as RFC 5952 writes them', () => {
  assert.equal(spellingOf('2001:DB8:0:0::1'), '2001:db8::1');
  assert.equal(spellingOf('::FFFF:1.2.3.4'), spellingOf('0::ffff:102:304'));
  assert.equal(spellingOf('Db1.Example'), 'db1.example');
  assert.equal(spellingOf('h.'), 'h.');
  assert.equal(spellingOf('A::B::C'), 'a::b::c');
});

void test('a name finds its host in any spelling, and none where several have it', () => {
  const { value } = hostsOf('hosts: [{name: A, port: 22}, {name: a, port: 23}, DB, "::1"]\n');
  const found = (name: string) => hostNamed(value?.hosts ?? [], name)?.name;
  assert.deepEqual(['A', 'a', 'db', '0::1', 'x'].map(found), ['A', 'a', 'DB', '::1', undefined]);
  const two = hostsOf('hosts: [{name: AA, port: 22}, {name: aA, port: 23}]\n').value;
  assert.equal(hostNamed(two?.hosts ?? [], 'aa'), undefined);
});

void test('a host that is looked up by a name of another inventory is found by each of its spellings', () => {
  const { value } = hostsOf('hosts: [DB1, x, db1]\n');
  assert.ok(value !== undefined);
  const found = byEverySpelling(new Map(value.hosts.map((host) => [host.name, host])), value);
  assert.deepEqual(
    [...found].map(([spelling, { name }]) => [spelling, name]),
    [
      ['DB1', 'DB1'],
      ['x', 'x'],
      ['db1', 'DB1'],
    ],
  );
});

/** One of the 16,384 spellings of a word of fourteen letters. */
function spelling(at: number): string {
  return 'abcdefghijklmn'.replaceAll(/./g, (letter, bit: number) => ((at >> bit) & 1 ? letter.toUpperCase() : letter));
}

void test('thousands of spellings, each reached in a way of its own, are looked through once', () => {
  const hosts = Array.from({ length: 10_000 }, (_, at) => `{name: ${spelling(at)}, port: ${at + 1}}`);
  const ms = cpuMsOf(() => assert.equal(hostsOf(`hosts: [${hosts.join(', ')}]\n`).names?.length, 10_000));
  assertComputed(ms, 5000);
});
