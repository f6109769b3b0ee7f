import type { Host, HostId } from '../../model/host.js';
import { hostVariables } from '../ansible/variables/host-variables.js';
import type { HostVariables } from '../ansible/variables/host-variables.js';
import type { Inventory } from '../inventory.js';
import { ALL } from '../outline.js';
import type { GroupOutline } from '../outline.js';

type Ordered<T> = ReadonlyMap<string, T>;

function outlineWithout({ outline }: Inventory, hosts: readonly Host[]): (name: string) => GroupOutline {
  const chosen = new Set(hosts.map(({ name }) => name));
  return (name) => {
    const { groups = [], hosts: own = [] } = outline.get(name) ?? {};
    return { groups, hosts: own.filter((host) => chosen.has(host)) };
  };
}

/** Names of groups, or of hosts, by what they are; what is empty is left out. */
function filled(parts: Readonly<Record<string, ReadonlyMap<string, unknown> | readonly string[]>>): Ordered<unknown> {
  return new Map(
    Object.entries(parts).filter(([, part]) => (part instanceof Map ? part.size : [...part.values()].length) > 0),
  );
}

/**
 * The inventory in the shape of `ansible-inventory --list`: groups by name, each with the hosts and groups that stand
 * directly in it, and the variables of hosts under `_meta`, in Ansible's words.
 *
 * @param hosts those that are listed; groups without one of them have no `hosts`
 */
export function toAnsibleList(inventory: Inventory, hosts: readonly Host[]): Ordered<unknown> {
  const groupOf = outlineWithout(inventory, hosts);
  const list = new Map<string, unknown>();
  const seen = new Set([ALL]);
  // A set that grows while it is walked.
  for (const name of seen) {
    const { groups, hosts: own } = groupOf(name);
    const group = filled({ children: groups, hosts: name === ALL ? [] : own });
    if (group.size > 0) list.set(name, group);
    for (const inner of groups) seen.add(inner);
  }
  const variables = new Map(
    hosts.flatMap((host): readonly (readonly [HostId, HostVariables])[] => {
      const own = hostVariables(host);
      return Object.keys(own).length === 0 ? [] : [[host.name, own]];
    }),
  );
  return list.set('_meta', new Map([['hostvars', variables]]));
}

/** Groups within several groups stand in each; a few dozen of them could fill any memory. */
const MOST_GROUPS = 100_000;

/**
 * The same as Ansible's YAML, in the shape of `ansible-inventory --list --yaml`: groups within groups, each host's
 * variables once.
 *
 * @returns `undefined` where that would be more than 100,000 groups
 */
export function nested(inventory: Inventory, hosts: readonly Host[]): Ordered<unknown> | undefined {
  const groupOf = outlineWithout(inventory, hosts);
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const reported = new Set<HostId>();
  const variablesOf = (name: HostId): HostVariables => {
    const host = reported.has(name) ? undefined : byName.get(name);
    reported.add(name);
    return host === undefined ? {} : hostVariables(host);
  };
  let left = MOST_GROUPS;
  const group = (name: string): Ordered<unknown> => {
    if (left-- <= 0) return new Map();
    const { groups, hosts: own } = groupOf(name);
    const children = new Map(groups.map((inner) => [inner, group(inner)]));
    return filled({
      children,
      hosts: name === ALL ? new Map() : new Map(own.map((host) => [host, variablesOf(host)])),
    });
  };
  const tree = new Map([[ALL, group(ALL)]]);
  return left < 0 ? undefined : tree;
}
