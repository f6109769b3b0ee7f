import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import { selectHosts } from '../../../src/inventory/patterns/select-hosts.js';

const TEXT = `
groups:
  web: {labels: {owner: payments, url: 'https://a:1'}, hosts: ["web[1:2]"]}
  db: {labels: {owner: platform team}, hosts: [db1, {name: db2, labels: {owner: payments-eu, cluster: orders}}]}
  label: {hosts: [odd]}
hosts: [lone]
`;
const { value: inventory } = loadInventory([{ file: 'a.yaml', text: TEXT }], { profiles: [] });
assert.ok(inventory);

const CHOSEN: readonly (readonly [pattern: string, hosts: string])[] = [
  ['label:owner=payments', 'web1 web2'],
  [' label:owner=payments ', 'web1 web2'],
  ['label:owner=payments*', 'web1 web2 db2'],
  ['label:owner=~pay.*(?:eu|us)', 'db2'],
  ['label:owner=', 'odd lone'],
  ['label:owner=*', 'web1 web2 db1 db2 odd lone'],
  ['label:owner=?*', 'web1 web2 db1 db2'],
  ['!label:owner=payments', 'db1 db2 odd lone'],
  ['web,db,!label:owner=payments', 'db1 db2'],
  ['db,&label:owner=payments-eu', 'db2'],
  ['db:&label:cluster=orders', 'db2'],
  ['label:owner=payments:!web1', 'web2'],
  ['label:owner=payments,lone', 'web1 web2 lone'],
  ['label:owner=platform team,lone', 'db1 lone'],
  ['label:owner=platform?team', 'db1'],
  ['label:url=https?//a?1', 'web1 web2'],
  ['label:owner=payments[0]', 'web1'],
  // Without an equals sign it is what it was: two groups, in the old way of writing them.
  ['label:web', 'web1 web2 odd'],
  ['label', 'odd'],
];
for (const [pattern, hosts] of CHOSEN)
  test(`${pattern} chooses ${hosts}`, () => {
    const { value, diagnostics } = selectHosts(inventory, pattern);
    assert.deepEqual(diagnostics, []);
    assert.equal(value?.map(({ name }) => name).join(' '), hosts);
  });

const MISTAKES: readonly (readonly [pattern: string, says: RegExp])[] = [
  [
    'label:owner=paymnets',
    /no host of the inventory has the label owner with the value paymnets; did you mean label:owner=payments\?/,
  ],
  ['label:ownr=payments', /no host of the inventory has the label ownr; did you mean owner\?/],
  ['label:zone=eu', /has the label zone; labels are owner, url, cluster/],
  ['!label:owner=nobody', /has the label owner with the value nobody; owner is payments, platform team, payments-eu/],
  ['label:owner=~(', /cannot be read/],
];
for (const [pattern, says] of MISTAKES)
  test(`${pattern} is a mistake`, () => {
    const { value, diagnostics } = selectHosts(inventory, pattern);
    assert.equal(value, undefined);
    assert.match(diagnostics.map(({ message, help }) => `${message}; ${help}`).join(), says);
  });
