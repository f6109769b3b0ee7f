import { clean } from '../../../text/clean.js';
import type { Path, YamlSource } from '../../../text/yaml/load.js';
import { problemAt } from '../../diagnostics.js';
import { isMapping } from '../../../language/is-mapping.js';
import { addHosts } from '../add-hosts.js';
import { pathOfEntry, toEntries } from '../mapping.js';
import type { Entry } from '../mapping.js';
import { addChild, addGroup, complain, isKept, keptVariables, setVariables } from '../model.js';
import type { AnsibleModel, Variable } from '../model.js';
import { keySource, whereBelow, whereIn } from '../text-source.js';

const SECTIONS = ['hosts', 'vars', 'children'];

/**
 * Reads Ansible's YAML: groups by name, each with hosts, vars and children by name, any of which may be empty.
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/yaml_inventory.html
 */
export function readYamlInventory(model: AnsibleModel, yaml: YamlSource): void {
  const source = keySource(yaml);

  const wrong = (path: Path, message: string, help: string): void =>
    complain(model, whereIn(source, ...path), 'inventory/ansible-syntax', message, help);

  const variablesOf = (held: unknown, path: Path): readonly Variable[] =>
    isMapping(held)
      ? toEntries(held, path, yaml, isKept).map(({ key, value, outer }) => ({
          name: key,
          value,
          where: whereBelow(source, outer, key),
        }))
      : [];

  const readHost = (group: string, entry: Entry): void => {
    const path = pathOfEntry(entry);
    if (entry.value !== null && !isMapping(entry.value))
      wrong(
        path,
        `${clean(entry.key, 80)} is a host, and its value is no mapping of variables`,
        'put variables below it, or nothing',
      );
    addHosts(model, {
      pattern: entry.key,
      group,
      variables: variablesOf(entry.value, path),
      where: { source, path },
    });
  };

  const readSection = (group: string, section: Entry): void => {
    const { key, value } = section;
    const path = pathOfEntry(section);
    const held = typeof value === 'string' && SECTIONS.includes(key) ? { [value]: null } : value;
    if (held === null) return;
    if (!SECTIONS.includes(key)) {
      const problem = problemAt(
        whereIn(source, ...path),
        'value',
        'inventory/ansible-ignored',
        `${clean(key, 80)} means nothing in a group, and Ansible passes over it too`,
        'a group has hosts, vars and children; a group within it stands under children',
      );
      model.diagnostics.add({ ...problem, severity: 'warning' });
      return;
    }
    if (!isMapping(held))
      return wrong(
        path,
        `${key} of the group ${clean(group, 80)} is no mapping`,
        key === 'vars' ? 'write name: value' : 'write the names as keys, each with a colon behind it',
      );
    for (const entry of toEntries(held, path, yaml)) {
      if (key === 'hosts') readHost(group, entry);
      if (key === 'children') {
        addChild(model, group, entry.key, { source, path: pathOfEntry(entry) });
        readGroup(entry);
      }
    }
    if (key === 'vars')
      setVariables(addGroup(model, group, whereIn(source, ...path)), keptVariables(model, variablesOf(held, path)));
  };

  const readGroup = (entry: Entry): void => {
    const path = pathOfEntry(entry);
    addGroup(model, entry.key, { source, path });
    if (entry.value === null) return;
    if (!isMapping(entry.value))
      return wrong(
        path,
        `${clean(entry.key, 80)} is a group, and its value is no mapping`,
        'a group has hosts, vars and children',
      );
    for (const section of toEntries(entry.value, path, yaml)) readSection(entry.key, section);
  };

  if (isMapping(yaml.value)) for (const entry of toEntries(yaml.value, [], yaml)) readGroup(entry);
}
