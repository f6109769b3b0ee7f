import { expandNames } from '../name-range.js';
import { readNames } from '../native/read-names.js';
import type { Where } from '../settings.js';
import { namesAndPort } from './host-pattern.js';
import { addHost, keptVariables, setVariables } from './model.js';
import type { AnsibleModel, Variable } from './model.js';

export interface TargetEntry {
  readonly pattern: string;
  readonly group: string;
  readonly variables: readonly Variable[];
  readonly where: Where;
}

/**
 * The hosts of a pattern with ranges and a port; as in Ansible, the port only holds where the host is first mentioned.
 */
export function addHosts(model: AnsibleModel, { pattern, group, variables, where }: TargetEntry): void {
  const { names, port } = namesAndPort(pattern);
  const range = model.diagnostics.take(readNames(names, where));
  if (range === undefined) return;
  const kept = keptVariables(model, variables);
  const given = port === undefined ? [] : keptVariables(model, [{ name: 'ansible_port', value: port, where }]);
  for (const name of expandNames(range)) {
    const added = addHost(model, name, group, where);
    if (added === undefined) return;
    if (added.isNew) setVariables(added.host, given);
    setVariables(added.host, kept);
  }
}
