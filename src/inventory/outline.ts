import type { HostId } from '../model/host.js';

/** What stands directly in a group, in the order in which it is mentioned. */
export interface GroupOutline {
  readonly groups: readonly string[];
  readonly hosts: readonly HostId[];
}

/** Every group, in the order of first mention, after `all` and `ungrouped`. */
export type Outline = ReadonlyMap<string, GroupOutline>;

export const ALL = 'all';
export const UNGROUPED = 'ungrouped';

/** What files of Ansible's say of the two groups that are always there. */
export interface AlwaysThere {
  /** Groups and hosts that stand expressly under `all`. */
  readonly all: GroupOutline;
  /** Hosts before the first section of an INI file. */
  readonly ungrouped: readonly HostId[];
}

const NOTHING: AlwaysThere = { all: { groups: [], hosts: [] }, ungrouped: [] };

interface Mention {
  readonly name: string;
  readonly parent: string | undefined;
}

interface Growing {
  readonly groups: Set<string>;
  readonly hosts: Set<HostId>;
}

/**
 * Puts the mentions of groups and hosts together, as Ansible does: under `all` stand `ungrouped`, the groups that are
 * put there, and those that stand in no other; in `ungrouped` the hosts of no group.
 *
 * @param members hosts by group, in the order of mention
 * @param hosts all of them
 */
export function toOutline(
  mentions: readonly Mention[],
  members: ReadonlyMap<string, readonly HostId[]>,
  hosts: readonly HostId[],
  alwaysThere = NOTHING,
): Outline {
  const outline = new Map<string, Growing>();
  const grow = (name: string): Growing => {
    const known = outline.get(name) ?? { groups: new Set(), hosts: new Set() };
    outline.set(name, known);
    return known;
  };
  const all = grow(ALL);
  const ungrouped = grow(UNGROUPED);
  const inner = new Set<string>();
  for (const { name, parent } of mentions) {
    grow(name);
    if (parent === undefined) continue;
    grow(parent).groups.add(name);
    inner.add(name);
  }
  const grouped = new Set<HostId>();
  for (const [group, names] of members) {
    for (const name of names) {
      grow(group).hosts.add(name);
      grouped.add(name);
    }
  }
  all.groups.add(UNGROUPED);
  for (const name of alwaysThere.all.groups) all.groups.add(name);
  for (const name of outline.keys()) if (name !== ALL && !inner.has(name)) all.groups.add(name);
  for (const name of alwaysThere.all.hosts) all.hosts.add(name);
  for (const name of [...alwaysThere.ungrouped, ...hosts]) if (!grouped.has(name)) ungrouped.hosts.add(name);
  return new Map(
    [...outline].map(([name, { groups, hosts: own }]) => [name, { groups: [...groups], hosts: [...own] }]),
  );
}

/**
 * The hosts of a group and of the groups in it, in Ansible's order: its own, then those of the groups in it, level by
 * level.
 */
export function hostsIn(outline: Outline, group: string): readonly HostId[] {
  const reached = new Set([group]);
  const hosts = new Set<HostId>();
  // A set that grows while it is walked; a circle ends by itself.
  for (const name of reached) {
    const { groups = [], hosts: own = [] } = outline.get(name) ?? {};
    for (const host of own) hosts.add(host);
    for (const inner of groups) reached.add(inner);
  }
  return [...hosts];
}
