import type { Host } from '../model/host.js';
import type { Inventory } from './inventory.js';
import { toOutline } from './outline.js';

/**
 * The inventory of hosts that come without one (saved readings, a saved report, this machine): their groups stand side
 * by side.
 */
export function inventoryOfHosts(hosts: readonly Host[]): Inventory {
  const groups = new Map<string, string[]>();
  for (const { name, groups: names } of hosts) {
    for (const group of names) {
      const members = groups.get(group) ?? [];
      members.push(name);
      groups.set(group, members);
    }
  }
  const mentioned = hosts.map(({ name }) => name);
  const mentions = [...groups.keys()].map((name) => ({ name, parent: undefined }));
  return {
    files: [],
    hosts,
    groups,
    groupForks: new Map(),
    outline: toOutline(mentions, groups, mentioned),
    mentioned,
  };
}
