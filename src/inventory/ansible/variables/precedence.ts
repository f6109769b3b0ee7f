import { ALL, UNGROUPED } from '../../outline.js';
import type { AnsibleGroup, AnsibleHost, AnsibleModel, Variable } from '../model.js';
import { memoize } from '../../../language/memoize.js';

/** Far more than the levels that are allowed, far less than the stack. */
const MOST_OPEN = 500;

/** How far a group stands from `all` at most; a group within itself counts 0, which is reported elsewhere. */
function depthsOf(groups: ReadonlyMap<string, AnsibleGroup>): ReadonlyMap<string, number> {
  const depths = new Map<string, number>([[ALL, 0]]);
  const open = new Set<string>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined || open.has(name) || open.size > MOST_OPEN) return known ?? 0;
    open.add(name);
    let depth = 1;
    for (const parent of groups.get(name)?.parents.keys() ?? []) depth = Math.max(depth, depthOf(parent) + 1);
    open.delete(name);
    depths.set(name, depth);
    return depth;
  };
  for (const name of groups.keys()) depthOf(name);
  return depths;
}

function priorityOf(group: AnsibleGroup | undefined): number {
  const written = Number(group?.variables.get('ansible_group_priority')?.value ?? 1);
  return Number.isInteger(written) ? written : 1;
}

/**
 * What holds for a host, as Ansible decides it: outer groups first, then inner ones; of equally deep groups the one
 * with the higher ansible_group_priority, then the one whose name comes later, has the last word; the host's own
 * variables win. What files of
 * `group_vars` say goes over what the inventories say of groups, and `host_vars` over all.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#how-variables-are-merged
 */
export function variablesByPrecedence({
  groups,
  groupFileVariables,
  hostFileVariables,
}: AnsibleModel): (host: AnsibleHost) => ReadonlyMap<string, Variable> {
  const depths = depthsOf(groups);
  const depthOf = (name: string): number => depths.get(name) ?? 1;
  const inOrder = (names: Iterable<string>): readonly string[] =>
    [...names].sort(
      (a, b) => depthOf(a) - depthOf(b) || priorityOf(groups.get(a)) - priorityOf(groups.get(b)) || (a < b ? -1 : 1),
    );

  const inheritedBy = memoize(
    (memberOf: readonly string[]): ReadonlyMap<string, Variable> => {
      const reached = new Set([ALL, ...memberOf]);
      // A set that grows while it is walked; a circle ends by itself.
      for (const name of reached) for (const parent of groups.get(name)?.parents.keys() ?? []) reached.add(parent);
      const order = inOrder(reached);
      return new Map([
        ...order.flatMap((name) => [...(groups.get(name)?.variables ?? [])]),
        ...order.flatMap((name) => [...(groupFileVariables.get(name) ?? [])]),
      ]);
    },
    (memberOf) => (memberOf.length === 1 ? memberOf[0] : memberOf.toSorted().join('\n')),
  );

  return (host) => {
    const named = host.memberOf.filter((name) => name !== UNGROUPED);
    const inherited = inheritedBy(named.length === 0 ? [UNGROUPED] : named);
    const fileVariables = hostFileVariables.get(host.name);
    if (fileVariables === undefined) {
      if (inherited.size === 0) return host.variables;
      if (host.variables.size === 0) return inherited;
    }
    return new Map([...inherited, ...host.variables, ...(fileVariables ?? [])]);
  };
}
