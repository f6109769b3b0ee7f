import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Host } from '../../src/model/host.js';
import { splitByZone, splitInto, toClusters } from '../../src/plan/split-hosts.js';
import { hostAt } from '../support/hosts.js';

const TIES = { limited: new Set(['few', 'rack']) };

const fleet: fc.Arbitrary<readonly Host[]> = fc
  .array(
    fc.record({
      groups: fc.subarray(['few', 'rack', 'many']),
      proxyJump: fc.constantFrom(undefined, 'none', 'bastion', 'bastion,inner', 'other'),
      zone: fc.constantFrom('eu', 'us'),
    }),
    { maxLength: 40 },
  )
  .map((list) =>
    list.map(({ groups, proxyJump, zone }, index) => ({
      ...hostAt(22, { name: `h${index}`, groups, labels: { zone } }),
      ...(proxyJump === undefined ? {} : { proxyJump }),
    })),
  );

function placesOnce(parts: readonly (readonly number[])[], hosts: readonly Host[]): void {
  assert.deepEqual(
    parts.flat().toSorted((a, b) => a - b),
    [...hosts.keys()],
  );
}

/** Groups with a limit, and jump hosts, each with the parts that have hosts of it. */
function spread(
  parts: readonly (readonly number[])[],
  hosts: readonly Host[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  for (const [part, places] of parts.entries())
    for (const place of places) {
      const host = hosts[place];
      const jump = host?.proxyJump?.split(',')[0];
      const ties = [...(host?.groups.filter((group) => TIES.limited.has(group)) ?? []), jump ?? 'none'];
      for (const tie of ties.filter((each) => each !== 'none')) found.set(tie, (found.get(tie) ?? new Set()).add(part));
    }
  return found;
}

/** How many clusters hosts make that are behind these, one each. */
function clustersOf(...jumps: readonly string[]): number {
  const hosts = jumps.map((proxyJump, index) => ({ ...hostAt(22, { name: `h${index}` }), proxyJump }));
  return toClusters(hosts, TIES).length;
}

test('hosts behind one jump host are not parted, however it is written', () => {
  assert.equal(clustersOf('bastion', 'Bastion', 'ops@bastion', 'bastion:22', 'ssh://root@BASTION:22,inner'), 1);
  assert.equal(clustersOf('[2001:db8::1]', '[2001:DB8:0::1]:22', 'u@[2001:db8:0:0::0001]'), 1);
  assert.equal(clustersOf('bastion', 'bastion:2222', 'bastion.', 'other', 'inner,bastion'), 5);
});

test('every host is in one shard, and no limit is multiplied', () => {
  fc.assert(
    fc.property(fleet, fc.integer({ min: 1, max: 9 }), (hosts, shards) => {
      const parts = splitInto(hosts, TIES, shards);
      assert.equal(parts.length, shards);
      placesOnce(parts, hosts);
      for (const [tie, found] of spread(parts, hosts)) assert.equal(found.size, 1, tie);
      assert.deepEqual(splitInto(hosts, TIES, shards), parts);
      const sizes = parts.map(({ length }) => length);
      const largest = Math.max(0, ...toClusters(hosts, TIES).map(({ length }) => length));
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= Math.max(1, largest));
    }),
  );
});

test('by zone: no shard has two zones but for hosts that cannot be parted, and none has too many', () => {
  fc.assert(
    fc.property(fleet, fc.integer({ min: 1, max: 9 }), (hosts, most) => {
      const shards = splitByZone(hosts, TIES, { most, zoneOf: ({ labels }) => labels['zone'] ?? '' });
      placesOnce(
        shards.map(({ places }) => places),
        hosts,
      );
      for (const [tie, found] of spread(
        shards.map(({ places }) => places),
        hosts,
      ))
        assert.equal(found.size, 1, tie);
      const clusterOf = new Map(toClusters(hosts, TIES).flatMap((cluster) => cluster.map((place) => [place, cluster])));
      for (const { zone, places } of shards) {
        const clusters = new Set(places.map((place) => clusterOf.get(place)));
        assert.ok(places.length <= most || clusters.size === 1);
        for (const cluster of clusters) assert.equal(hosts[cluster?.[0] ?? -1]?.labels['zone'], zone);
      }
    }),
  );
});

test('a fleet of 100,000 that has nothing in common is cut evenly, in bounded work', () => {
  const hosts = Array.from({ length: 100_000 }, (_, index) => hostAt(22, { name: `h${index}` }));
  const sizes = splitInto(hosts, TIES, 7).map(({ length }) => length);
  assert.equal(Math.max(...sizes) - Math.min(...sizes), 1);
});
