import type { Host } from '../../model/host.js';
import { hostVariables } from '../ansible/variables/host-variables.js';
import type { Inventory } from '../inventory.js';
import { ALL } from '../outline.js';

/** As Python shows a value in `{name = value}`: texts as they are at the top, in quotes within a mapping. */
function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, held]) => `'${name}': '${String(held)}'`)
    .join(', ')}}`;
}

function line(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`;
}

interface Drawing {
  readonly inventory: Inventory;
  readonly byName: ReadonlyMap<string, Host>;
  readonly withVariables: boolean;
}

const draw = function* (drawing: Drawing, group: string, depth: number): Generator<string> {
  const { inventory, byName, withVariables } = drawing;
  const { groups = [], hosts = [] } = inventory.outline.get(group) ?? {};
  yield line(`@${group}:`, depth);
  for (const inner of groups) yield* draw(drawing, inner, depth + 1);
  if (group === ALL) return;
  for (const name of hosts) {
    const host = byName.get(name);
    if (host === undefined) continue;
    yield line(name, depth + 1);
    if (withVariables)
      for (const [variable, value] of Object.entries(hostVariables(host)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        yield line(`{${variable} = ${shown(value)}}`, depth + 2);
  }
};

/** The tree of a group as `ansible-inventory --graph` draws it, line by line, with the hosts that are given. */
export function graph(
  inventory: Inventory,
  hosts: readonly Host[],
  group: string,
  withVariables: boolean,
): Generator<string> {
  return draw({ inventory, byName: new Map(hosts.map((host) => [host.name, host])), withVariables }, group, 0);
}
