import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { graph } from '../../../src/inventory/export/graph.js';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import { selectHosts } from '../../../src/inventory/patterns/select-hosts.js';
import { haveTool } from '../../support/debian-tool.js';
import { askAnsible, SYSTEM_PYTHON } from './ask-ansible.js';
import type { AnsibleAnswer } from './ask-ansible.js';

const HOSTS = [
  'web1',
  'web2',
  'web10',
  'db-1',
  'db_2.example.com',
  'a.b',
  'lone',
  'h1',
  '10.0.0.1',
  '2001:db8::1',
  'x9',
  'both',
];
/** One is called as a host, and some as parts of each other. (An ungrouped host called as a group puts that group into `ungrouped`, in Ansible: not here.) */
const GROUPS = ['web', 'db', 'we', 'site', 'both', 'g1', '42'];

interface Shape {
  /** By group; `ungrouped` are the hosts before the first section. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly children: Readonly<Record<string, readonly string[]>>;
  readonly format: 'ini' | 'ini, groups first' | 'yaml' | 'script';
}

/**
 * Ansible walks the groups level by level, and through a level in the order of Python's sets, which is that of addresses in
 * memory. Only where at most one group of a level has groups in it is there an order to compare.
 */
function isOrdered(children: Shape['children']): boolean {
  return [
    GROUPS.filter((name) => !Object.values(children).flat().includes(name)),
    ...GROUPS.map((name) => children[name] ?? []),
  ].every((start) => {
    const seen = new Set(start);
    for (let level: readonly string[] = start; level.length > 0;) {
      const wide = level.filter((name) => (children[name] ?? []).length > 0);
      if (wide.length > 1) return false;
      level = wide.flatMap((name) => children[name] ?? []).filter((name) => !seen.has(name));
      for (const name of level) seen.add(name);
    }
    return true;
  });
}

function some(names: readonly string[], most: number) {
  return fc.uniqueArray(fc.constantFrom(...names), { maxLength: most });
}
const shape: fc.Arbitrary<Shape> = fc
  .record({
    hosts: fc.record({
      ungrouped: some(
        HOSTS.filter((name) => !GROUPS.includes(name)),
        3,
      ),
      ...Object.fromEntries(GROUPS.map((name) => [name, some(HOSTS, 4)])),
    }),
    children: fc.record(
      Object.fromEntries(
        GROUPS.map((name, index) => [
          name,
          fc.oneof(
            { arbitrary: fc.constant([]), weight: 3 },
            some(GROUPS.slice(index + 1).length === 0 ? ['none'] : GROUPS.slice(index + 1), 2).map((inner) =>
              inner.filter((found) => found !== 'none'),
            ),
          ),
        ]),
      ),
    ),
    format: fc.constantFrom('ini', 'ini, groups first', 'yaml', 'script'),
  })
  .filter(({ children }) => isOrdered(children));

function iniOf({ hosts, children }: Shape, isGroupsFirst: boolean): string {
  const own = GROUPS.map((name) => `[${name}]\n${(hosts[name] ?? []).join('\n')}\n`).join('');
  const inner = GROUPS.map((name) =>
    (children[name] ?? []).length === 0 ? '' : `[${name}:children]\n${children[name]?.join('\n')}\n`,
  ).join('');
  return `${(hosts['ungrouped'] ?? []).join('\n')}\n${isGroupsFirst ? inner + own : own + inner}`;
}
function keys(names: readonly string[]): string {
  return `{${names.map((name) => `"${name}": `).join(', ')}}`;
}
function yamlOf({ hosts, children }: Shape): string {
  return `"all":\n  hosts: ${keys(hosts['ungrouped'] ?? [])}\n${GROUPS.map((name) => `"${name}":\n  hosts: ${keys(hosts[name] ?? [])}\n  children: ${keys(children[name] ?? [])}\n`).join('')}`;
}
function listOf({ hosts, children }: Shape): string {
  return JSON.stringify({
    ungrouped: hosts['ungrouped'],
    ...Object.fromEntries(GROUPS.map((name) => [name, { hosts: hosts[name], children: children[name] }])),
    _meta: { hostvars: {} },
  });
}

function textOf(given: Shape): string {
  if (given.format === 'yaml') return yamlOf(given);
  return given.format === 'script' ? listOf(given) : iniOf(given, given.format !== 'ini');
}

const NAMES = [...HOSTS, ...GROUPS, 'all', 'ungrouped'];
const term = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES), weight: 5 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...GROUPS, 'all', 'ungrouped', 'w*', '*', 'db*', 'web'),
        fc.constantFrom('[0]', '[1]', '[-1]', '[-2]', '[0:1]', '[1:]', '[1:2]', '[0:0]', '[2-3]', '[7]', '[1:9]'),
      )
      .map((parts) => parts.join('')),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom(
      '*',
      'w*',
      'web?',
      'web[12]*',
      '[a-d]*',
      '[!w]*',
      '*.example.com',
      '*b*',
      'we[a-c]',
      '[]w]*',
      '?',
      '4*',
      '*1',
      '10.*',
      '2001:*'.replace(':', '?'),
    ),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom(
      ...[
        'web',
        '.*',
        'w',
        '(web|db)$',
        'web\\d+$',
        '[a-d]',
        '^lone',
        'h\\d',
        '(?i)WEB1',
        '.*\\.',
        'db[-_]\\d',
        'web1$|lone',
        'x{1}9',
        '(?P<n>a)',
      ].map((text) => `~${text}`),
    ),
    weight: 2,
  },
  { arbitrary: fc.constantFrom('nope', 'web3', 'wbe*', 'all*'), weight: 1 },
);
const signed = fc.tuple(fc.constantFrom('', '', '', '!', '&'), term).map((parts) => parts.join(''));
/** Without a comma a colon separates; an IPv6 address, and a brace in an expression, are then taken apart by Ansible. */
function isSafe(terms: readonly string[]): boolean {
  return terms.every((text) => !/2001|\(|\[\]/.test(text));
}
const pattern = fc
  .tuple(fc.array(signed, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ',', ' , ', ':', ' '))
  .map(([terms, separator]) => (isSafe(terms) ? terms.join(separator) : `${terms.join(',')},`));

const RUNS = 150;
const PATTERNS = 40;

function select(files: readonly (readonly [string, string])[], patterns: readonly string[]) {
  const loaded = loadInventory(
    files.map(([file, text]) => ({ file, text, ...(text.startsWith('{') ? { as: 'script' } : {}) })),
    { profiles: [] },
  );
  assert.ok(loaded.value, JSON.stringify(loaded.diagnostics));
  const { value: inventory } = loaded;
  return { inventory, selected: patterns.map((written) => selectHosts(inventory, written)) };
}

const TEXT = 'lone\n[web]\nweb1\nweb2\nweb3\n[none]\n[v6]\n2001:db8::1\n';
/** A pattern, what Ansible makes of it (`error` is what it only warns of by default, too), and what is made of it here. */
const DIFFERENCES: readonly (readonly [string, string, string])[] = [
  ['none', '', 'inventory/no-match'],
  ['web,!all', '', 'inventory/no-match'],
  ['none[0]', '', 'inventory/no-match'],
  ['web[5:]', '', 'inventory/no-match'],
  ['web[2:1]', '', 'inventory/no-match'],
  ['web[2:0]', 'web3', 'inventory/no-match'],
  ['ungr*,lone', 'lone', 'lone'],
  ['localhost', '', 'inventory/no-match'],
  ['web[1,2]', 'error', 'web1 web2'],
  ['~web(1|2){1,2}', 'error', 'web1 web2'],
  ['~(?:web1)', 'error', 'web1'],
  ['!2001:db8::1', 'error', 'lone web1 web2 web3'],
  ['web1[', 'web1', 'inventory/no-match'],
  ['~web(?=1)', 'web1', 'inventory/pattern'],
  ['~(w)eb1(?<!x)', 'web1', 'inventory/pattern'],
  ['~web1\\Z', 'web1', 'inventory/pattern'],
  ['web1:22', 'error', 'inventory/no-match'],
  ['! web', 'error', 'lone 2001:db8::1'],
];

void suite(
  'host patterns as Ansible understands them',
  { skip: !haveTool([SYSTEM_PYTHON, '-c', 'import ansible.inventory.manager'], 'ansible-core') },
  () => {
    void test(`the same hosts in the same order, for ${RUNS} inventories and ${PATTERNS} patterns each`, () => {
      const samples = fc.sample(fc.tuple(shape, fc.array(pattern, { minLength: PATTERNS, maxLength: PATTERNS })), RUNS);
      const cases = samples.map(([given, patterns]) => ({ text: textOf(given), patterns }));
      const answers = askAnsible(
        cases.map(({ text, patterns }) => ({
          files: [['hosts', text.startsWith('{') ? `#!/bin/sh\ncat <<'END'\n${text}\nEND\n` : text]],
          patterns,
        })),
      );
      let some = 0;
      for (const [index, { text, patterns }] of cases.entries()) {
        const answer: AnsibleAnswer | undefined = answers[index];
        assert.ok(answer);
        const { inventory, selected } = select([['hosts', text]], patterns);
        assert.deepEqual(
          inventory.hosts.map(({ name }) => name),
          answer.hosts,
          text,
        );
        assert.deepEqual(
          [...inventory.outline].map(([name, { hosts, groups }]) => [name, hosts, groups]),
          answer.groups,
          text,
        );
        assert.equal([...graph(inventory, inventory.hosts, 'all', false)].join('\n'), answer.graph, text);
        for (const [at, written] of patterns.entries()) {
          const theirs: readonly string[] | string = answer.selected[at] ?? '';
          const ours = selected[at]?.value?.map(({ name }) => name) ?? [];
          // Stricter than there, where a slice beyond the end is nothing and no mistake.
          if (
            typeof theirs !== 'string' &&
            selected[at]?.diagnostics.some(({ message }) => message.includes(' is past the end: '))
          )
            continue;
          // What is an error there, or leaves nobody, is an error here.
          assert.deepEqual(
            ours,
            typeof theirs === 'string' ? [] : theirs,
            `${JSON.stringify(written)} of\n${text}\n${typeof theirs === 'string' ? theirs : ''}`,
          );
          some += ours.length > 0 ? 1 : 0;
        }
      }
      assert.ok(some > RUNS * PATTERNS * 0.4, `${some} of ${RUNS * PATTERNS} patterns choose somebody`);
    });

    void test('where they differ, they differ as docs/reference/patterns.md says', () => {
      const answer = askAnsible([{ files: [['hosts', TEXT]], patterns: DIFFERENCES.map(([written]) => written) }])[0];
      const { selected } = select(
        [['hosts', TEXT]],
        DIFFERENCES.map(([written]) => written),
      );
      const found = DIFFERENCES.map(([written], at) => {
        const theirs = answer?.selected[at] ?? '';
        const ours = selected[at];
        return [
          written,
          typeof theirs === 'string' ? 'error' : theirs.join(' '),
          ours?.value?.map(({ name }) => name).join(' ') ?? ours?.diagnostics[0]?.code,
        ];
      });
      assert.deepEqual(found, DIFFERENCES);
    });
  },
);
