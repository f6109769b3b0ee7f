import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getGroupForks, type GroupForks } from '../../src/inventory/group-forks.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';

const TEXT = `groups:
  site:
    forks: 8
    groups:
      hypervisor-1: { forks: 2, hosts: [a, b] }
      hypervisor-2: { hosts: [c] }
  other: { forks: 5, hosts: [a] }
`;
const inventory =
  loadInventory([{ file: 'hosts.yaml', text: TEXT }], { profiles: [] }).value ?? assert.fail('the inventory');

const rows: readonly (readonly [
  what: string,
  given: readonly GroupForks[],
  limits: Readonly<Record<string, number>>,
])[] = [
  ['what the inventory says', [], { site: 8, 'hypervisor-1': 2, other: 5 }],
  ['what is given has the last word', [{ group: 'site', forks: 3 }], { site: 3, 'hypervisor-1': 2, other: 5 }],
  [
    'a glob holds for each group by itself',
    [{ group: 'hypervisor-*', forks: 4 }],
    { site: 8, 'hypervisor-1': 4, 'hypervisor-2': 4, other: 5 },
  ],
  [
    'the last that matches',
    [
      { group: 'hypervisor-*', forks: 4 },
      { group: 'hypervisor-2', forks: 1 },
    ],
    { site: 8, 'hypervisor-1': 4, 'hypervisor-2': 1, other: 5 },
  ],
  ['an expression', [{ group: '~hyper', forks: 1 }], { site: 8, 'hypervisor-1': 1, 'hypervisor-2': 1, other: 5 }],
];
for (const [what, given, limits] of rows)
  test(what, () => assert.deepEqual(Object.fromEntries(getGroupForks(inventory, given).value ?? []), limits));

test('two groups side by side may have different limits: no host inherits them', () => {
  assert.deepEqual(inventory.hosts.find(({ name }) => name === 'a')?.groups, ['hypervisor-1', 'other', 'site']);
});

test('a group that there is not, and an expression that is none, are mistakes', () => {
  const { value, diagnostics } = getGroupForks(inventory, [
    { group: 'hypervisr-1', forks: 1 },
    { group: '~(', forks: 1 },
    { group: 'a', forks: 1 },
  ]);
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['inventory/no-match', 'inventory/pattern', 'inventory/no-match'],
  );
  assert.equal(diagnostics[0]?.help, 'did you mean hypervisor-1?');
});
