import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import { selectHosts } from '../../../src/inventory/patterns/select-hosts.js';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';
import { codePoint } from '../../support/code-point.js';

const TEXT = `
groups:
  web: {hosts: ["web[1:5]"], groups: {canary: {hosts: [web2, c1]}}}
  db: {hosts: ["db[01:03].example.com", web3]}
  empty: {}
hosts: [lone, {name: six, address: "2001:db8::6"}]
`;
const inventory = loadInventory([{ file: 'a.yaml', text: TEXT }], { profiles: [] }).value;
assert.ok(inventory);
const everything = inventory;
const FILES: Readonly<Record<string, string>> = {
  hosts: '# comment\n\n  lone  \nweb1,web2\r\n',
  minus: 'web\n!web1\n&canary\n',
  wrong: 'web1\n  wbe2\n',
  nested: '@hosts\n',
  blank: '# nothing\n',
};
function readFile(path: string): string | undefined {
  return FILES[path];
}
function select(pattern: string): string {
  const { value, diagnostics } = selectHosts(everything, pattern, { readFile });
  assert.equal(value === undefined, diagnostics.length > 0);
  return value === undefined
    ? diagnostics.map(({ code, help }) => `${code}: ${help}`).join('\n')
    : value.map(({ name }) => name).join(' ');
}
const ALL = 'web1 web2 web3 web4 web5 c1 db01.example.com db02.example.com db03.example.com lone six';

const chosen: readonly (readonly [string, string])[] = [
  ['all', ALL],
  ['*', ALL],
  [' all ', ALL],
  ['web1', 'web1'],
  ['web', 'web1 web2 web3 web4 web5 c1'],
  ['canary', 'web2 c1'],
  ['db,lone', 'web3 db01.example.com db02.example.com db03.example.com lone'],
  ['lone,db', 'web3 db01.example.com db02.example.com db03.example.com lone'],
  ['db:lone', 'web3 db01.example.com db02.example.com db03.example.com lone'],
  ['lone,,six,', 'lone six'],
  ['web,&db', 'web3'],
  ['&db,web', 'web3'],
  ['web:&db', 'web3'],
  ['web,!canary', 'web1 web3 web4 web5'],
  ['!canary,web', 'web1 web3 web4 web5'],
  ['web:!canary:!db', 'web1 web4 web5'],
  ['!canary,&db,web', 'web3'],
  ['&web,&db', 'web3'],
  ['!web', 'db01.example.com db02.example.com db03.example.com lone six'],
  ['& web , ! canary', 'web1 web3 web4 web5'],
  ['ungrouped', 'lone six'],
  ['!ungrouped,web[0:1]', 'web1 web2'],
  ['web*', 'web1 web2 web3 web4 web5 c1'],
  ['web?', 'web1 web2 web3 web4 web5'],
  ['web[12]*', 'web1 web2'],
  ['web[!12]*', 'web3 web4 web5'],
  ['w*[45]*', 'web4 web5'],
  ['db??.example.com', 'db01.example.com db02.example.com db03.example.com'],
  ['*.example.com', 'db01.example.com db02.example.com db03.example.com'],
  ['web[0]', 'web1'],
  ['web[-1]', 'c1'],
  ['web[-6]', 'web1'],
  ['web[0:2]', 'web1 web2 web3'],
  ['web[0-2]', 'web1 web2 web3'],
  ['web[4:]', 'web5 c1'],
  ['web[4:99]', 'web5 c1'],
  ['web,!web[1:3]', 'web1 web5 c1'],
  ['web[0:1]:db[0]', 'web1 web2 db01.example.com'],
  ['~web[1-2]', 'web1 web2'],
  ['~eb1', 'inventory/no-match: `kernward inventory list` shows the names of hosts and groups'],
  ['~.*1$', 'web1 c1'],
  ['~(web1|lone)', 'web1 lone'],
  ['~web\\d{1,2},lone', 'web1 web2 web3 web4 web5 lone'],
  ['~(?:web1|lone)', 'web1 lone'],
  ['web,!~web[1-4]', 'web5 c1'],
  ['empty,lone', 'lone'],
  ['lone,!empty', 'lone'],
  ['@hosts', 'web1 web2 lone'],
  ['@hosts,!web1', 'web2 lone'],
  ['@minus', 'web2 c1'],
];
for (const [pattern, expected] of chosen)
  void test(`pattern ${pattern}`, () => assert.equal(select(pattern), expected));

const LIST = '`kernward inventory list` shows the names of hosts and groups';
const refused: readonly (readonly [string, string])[] = [
  ['', 'inventory/pattern: for every host write all'],
  [' , ', 'inventory/pattern: for every host write all'],
  ['wbe', 'inventory/no-match: did you mean web?'],
  ['web,!canari', 'inventory/no-match: did you mean canary?'],
  ['web,&bd', 'inventory/no-match: did you mean db?'],
  ['nope,zilch', `inventory/no-match: ${LIST}\ninventory/no-match: ${LIST}`],
  ['x*', `inventory/no-match: ${LIST}`],
  ['!', `inventory/no-match: ${LIST}`],
  ['2001:db8::6', 'inventory/no-match: patterns match names, not addresses: the host of this address is six'],
  ['web[6]', 'inventory/no-match: a number in brackets at the end is a position, and the first host is [0]'],
  ['w*[45]', 'inventory/no-match: a number in brackets at the end is a position, and the first host is [0]'],
  ['web[-7]', 'inventory/no-match: a number in brackets at the end is a position, and the first host is [0]'],
  ['web[3:1]', 'inventory/no-match: a number in brackets at the end is a position, and the first host is [0]'],
  ['empty', 'inventory/no-match: look at its & and ! terms, and at groups without hosts'],
  ['web,!all', 'inventory/no-match: look at its & and ! terms, and at groups without hosts'],
  ['canary,&db', 'inventory/no-match: look at its & and ! terms, and at groups without hosts'],
  ['~(', 'inventory/pattern: after ~ stands a regular expression in the syntax of RE2'],
  ['~(a)\\1', 'inventory/pattern: after ~ stands a regular expression in the syntax of RE2'],
  [`~${'a'.repeat(2000)}`, 'inventory/pattern: after ~ stands a regular expression in the syntax of RE2'],
  ['@nowhere', 'inventory/limit-file: after @ stands the name of a file with one pattern a line'],
  ['@', 'inventory/limit-file: after @ stands the name of a file with one pattern a line'],
  ['@nested', 'inventory/limit-file: put its lines here'],
  ['@blank', 'inventory/limit-file: one pattern a line'],
];
for (const [pattern, expected] of refused)
  void test(`refused pattern ${pattern.slice(0, 40)}`, () => assert.equal(select(pattern), expected));

void test('a mistake in a file of hosts has its place', () => {
  const [diagnostic] = selectHosts(everything, '@wrong', { readFile }).diagnostics;
  assert.deepEqual(
    { at: diagnostic?.at, excerpt: diagnostic?.excerpt, help: diagnostic?.help },
    { at: { file: 'wrong', line: 2, column: 3 }, excerpt: '  wbe2', help: 'did you mean web2?' },
  );
});
void test('without a reader no file can be named', () =>
  assert.equal(selectHosts(everything, '@hosts').value, undefined));

void test('all of an inventory without hosts is nothing, and no mistake: whether that is one, the run decides', () => {
  const empty = loadInventory([{ file: 'a.yaml', text: 'groups: {web: {}}\n' }], { profiles: [] }).value;
  assert.ok(empty);
  assert.deepEqual(selectHosts(empty, 'all'), { value: [], diagnostics: [] });
});

const term = fc.constantFrom(
  'all',
  'web',
  'db',
  'canary',
  'web1',
  'lone',
  'web*',
  '~w',
  'web[0]',
  'ungrouped',
  'nope',
  '[',
  '~(',
  '',
  '*',
);
const pattern = fc.array(fc.tuple(fc.constantFrom('', '!', '&'), term), { maxLength: 6 });
function write(terms: readonly (readonly [string, string])[]): string {
  return terms.map((parts) => parts.join('')).join(',');
}

void test('hosts come in inventory order, each once, and the order of the terms does not matter', () =>
  fc.assert(
    fc.property(pattern, (terms) => {
      const { value } = selectHosts(everything, write(terms));
      assert.deepEqual(selectHosts(everything, write(terms.toReversed())).value, value);
      if (value === undefined) return;
      const positions = value.map((host) => everything.hosts.indexOf(host));
      assert.deepEqual(
        positions,
        [...new Set(positions)].sort((a, b) => a - b),
      );
    }),
  ));
void test('no pattern throws', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: codePoint }),
        fc
          .array(
            fc.constantFrom(
              '~',
              '[',
              ']',
              '(',
              ')',
              '*',
              '!',
              '&',
              ',',
              ':',
              'web',
              '\\',
              '@',
              '{',
              '}',
              '0',
              '-',
              '^',
              '|',
            ),
          )
          .map((parts) => parts.join('')),
      ),
      (text) => {
        const { value, diagnostics } = selectHosts(everything, text);
        assert.equal(value === undefined, diagnostics.length > 0);
      },
    ),
    { numRuns: 1000 },
  ));

void test('a regular expression that would stall a backtracking engine answers at once', () => {
  const long = loadInventory([{ file: 'a.yaml', text: `hosts: [${'a'.repeat(200)}, b]\n` }], { profiles: [] }).value;
  assert.ok(long);
  const tookMs = cpuMsOf(() => assert.equal(selectHosts(long, '~(a+)+$|(a|a)*b|(.*.*.*)*x').value?.length, 2));
  assertComputed(tookMs, 2000);
});

void test('a file of 10,000 names is looked up, not searched', () => {
  const big = loadInventory([{ file: 'a.yaml', text: 'hosts: ["w[00001:10000]"]\n' }], { profiles: [] }).value;
  assert.ok(big);
  const names = big.hosts.map(({ name }) => name).join('\n');
  const tookMs = cpuMsOf(() => {
    assert.equal(selectHosts(big, '@names', { readFile: () => names }).value?.length, 10_000);
    assert.equal(selectHosts(big, '@names', { readFile: () => names.replaceAll('w', 'v') }).diagnostics.length, 10_000);
  });
  assertComputed(tookMs, 10_000);
});
