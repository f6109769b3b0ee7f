import { readYaml } from '../../../text/yaml/load.js';
import { problemAt } from '../../diagnostics.js';
import { isMapping } from '../../../language/is-mapping.js';
import { toEntries } from '../mapping.js';
import { complain, keptVariables } from '../model.js';
import { ALL, UNGROUPED } from '../../outline.js';
import type { AnsibleModel, Variables } from '../model.js';
import { shownAnsible } from '../shown.js';
import { keySource, textSource, whereBelow, whereIn } from '../text-source.js';

/** A file of a folder `group_vars` or `host_vars` that stands beside an inventory. */
export interface VariableFile {
  readonly file: string;
  readonly text: string;
  readonly kind: 'group' | 'host';
  /** The name of the group or the host. */
  readonly name: string;
}

function ownedBy(model: AnsibleModel, { kind, name }: VariableFile): Variables | undefined {
  const isThere =
    kind === 'host' ? model.hosts.has(name) : name === ALL || name === UNGROUPED || model.groups.has(name);
  if (!isThere) return undefined;
  const all = kind === 'host' ? model.hostFileVariables : model.groupFileVariables;
  const known = all.get(name) ?? new Map();
  all.set(name, known);
  return known;
}

/**
 * Adds what a variable file says; one for a group or a host that there is not is passed over, as Ansible does.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#organizing-host-and-group-variables
 */
export function readVariableFile(model: AnsibleModel, given: VariableFile): void {
  const { file } = given;
  const text = given.text.startsWith('\ufeff') ? given.text.slice(1) : given.text;
  const owner = ownedBy(model, given);
  if (owner === undefined) return;
  const show = (): string => shownAnsible(text);
  if (text.startsWith('$ANSIBLE_VAULT')) {
    const problem = problemAt(
      whereIn(textSource(text, file, show), 0, 1),
      'value',
      'inventory/vault',
      'the whole file is encrypted and is not read',
      'where to connect to and as whom is no secret: keep it in a file that is not encrypted',
    );
    model.diagnostics.add({ ...problem, severity: 'warning' });
    return;
  }
  const read = readYaml(text, file, { show, withTags: true });
  model.diagnostics.addAll(read.diagnostics);
  if (read.value === undefined || read.value.value === null) return;
  const source = keySource(read.value);
  if (!isMapping(read.value.value))
    return complain(
      model,
      whereIn(source),
      'inventory/ansible-syntax',
      'a file of variables is a mapping',
      'write name: value',
    );
  const variables = toEntries(read.value.value, [], read.value).map(({ key, value, outer }) => ({
    name: key,
    value,
    where: whereBelow(source, outer, key),
  }));
  for (const variable of keptVariables(model, variables)) owner.set(variable.name, variable);
}
