import type { Host } from '../model/host.js';
import { spellingOf } from '../text/names/spelling.js';

/** What makes hosts inseparable. */
export interface Ties {
  /** Groups of which only so many hosts may be asked at the same time. */
  readonly limited: ReadonlySet<string>;
}

/** Hosts that are asked by one process, by their places. */
export type Cluster = readonly number[];

/** The machine that a host is reached over first, in one spelling, whoever logs in there; a port that is not said is ssh's. */
function firstJumpHost({ proxyJump }: Host): string | undefined {
  const first = proxyJump?.split(',')[0]?.trim();
  if (first === undefined || first === '' || first.toLowerCase() === 'none') return undefined;
  const [, bracketed, name = bracketed ?? first, port = '22'] =
    /^(?:ssh:\/\/)?(?:.*@)?(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(first) ?? [];
  return `${spellingOf(name)} ${Number(port)}`;
}

const NO_TIES: readonly string[] = [];

/** What a host has in common with those that it cannot be parted from, as words. */
function tiesOf(host: Host, { limited }: Ties): readonly string[] {
  const jump = firstJumpHost(host);
  if (limited.size === 0 && jump === undefined) return NO_TIES;
  return [
    ...host.groups.filter((group) => limited.has(group)).map((group) => `group ${group}`),
    ...(jump === undefined ? [] : [`jump ${jump}`]),
  ];
}

/**
 * Hosts that must be asked by one process: those of a group that is asked a few at a time, or behind one jump host. Asked by
 * several processes, the limit would be multiplied.
 *
 * @returns each place once; clusters in the order of their first hosts, places in their order
 */
export function toClusters(hosts: readonly Host[], ties: Ties): readonly Cluster[] {
  const parent = hosts.map((_, place) => place);
  const rootOf = (place: number): number => {
    let root = place;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = place; at !== root;) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const firstWith = new Map<string, number>();
  for (const [place, host] of hosts.entries())
    for (const tie of tiesOf(host, ties)) {
      const first = firstWith.get(tie);
      if (first === undefined) firstWith.set(tie, place);
      else {
        const [a, b] = [rootOf(first), rootOf(place)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  const clusters = new Map<number, number[]>();
  for (const place of hosts.keys()) {
    const root = rootOf(place);
    const found = clusters.get(root) ?? [];
    found.push(place);
    clusters.set(root, found);
  }
  return [...clusters.values()];
}

/**
 * Cuts a fleet into a number of shards, as equal as the clusters allow: the largest first, each to the shard that has fewest
 * hosts. The same hosts give the same shards.
 *
 * @returns so many shards, each with its places in order; some may be empty
 */
export function splitInto(hosts: readonly Host[], ties: Ties, shards: number): readonly (readonly number[])[] {
  const clusters = toClusters(hosts, ties).toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
  const parts = Array.from({ length: shards }, (): number[] => []);
  // The parts by how many hosts they have: the next one is looked for among those with fewest only.
  const byLoad = new Map<number, number[]>([[0, [...parts.keys()].toReversed()]]);
  let least = 0;
  for (const cluster of clusters) {
    while ((byLoad.get(least) ?? []).length === 0) least += 1;
    const part = byLoad.get(least)?.pop() ?? 0;
    for (const place of cluster) parts[part]?.push(place);
    const load = least + cluster.length;
    const same = byLoad.get(load) ?? [];
    same.push(part);
    byLoad.set(
      load,
      same.toSorted((a, b) => b - a),
    );
  }
  return parts.map((places) => places.toSorted((a, b) => a - b));
}

/** Hosts of one zone that are asked by one process. */
export interface ZoneShard {
  readonly zone: string;
  readonly places: readonly number[];
}

/**
 * Cuts a fleet into shards of at most so many hosts, each of one zone, in the order of the fleet. A cluster that has more hosts is
 * a shard of its own, and one that reaches into several zones is in that of its first host.
 *
 * @param zoneOf where a host is asked from
 */
export function splitByZone(
  hosts: readonly Host[],
  ties: Ties,
  { most, zoneOf }: { readonly most: number; readonly zoneOf: (host: Host) => string },
): readonly ZoneShard[] {
  const byZone = new Map<string, number[][]>();
  for (const cluster of toClusters(hosts, ties)) {
    const first = hosts[cluster[0] ?? 0];
    const zone = first === undefined ? '' : zoneOf(first);
    const shards = byZone.get(zone) ?? [];
    byZone.set(zone, shards);
    const last = shards.at(-1);
    if (last === undefined || last.length + cluster.length > most) shards.push([...cluster]);
    else for (const place of cluster) last.push(place);
  }
  return [...byZone].flatMap(([zone, shards]) =>
    shards.map((places) => ({ zone, places: places.toSorted((a, b) => a - b) })),
  );
}
