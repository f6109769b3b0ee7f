import { clean } from '../../../text/clean.js';
import type { Path, YamlSource } from '../../../text/yaml/load.js';
import { readNames } from '../../native/read-names.js';
import { isMapping } from '../../../language/is-mapping.js';
import type { Mapping } from '../../../language/is-mapping.js';
import { getKeys } from '../mapping.js';
import { addChild, addGroup, addHost, complain, isKept, keptVariables, setVariables } from '../model.js';
import type { AnsibleModel, Variable } from '../model.js';
import { keySource, whereBelow, whereIn } from '../text-source.js';

const META = '_meta';
/** How `ansible-inventory` prints a text that is tagged `!unsafe`. */
const UNSAFE = '__ansible_unsafe';
const SECTIONS = ['hosts', 'vars', 'children'];

function hostVariablesOf(root: Mapping): Mapping {
  const meta = root[META];
  const found = isMapping(meta) ? meta['hostvars'] : undefined;
  return isMapping(found) ? found : {};
}

/**
 * Reads what `ansible-inventory --list` and inventory scripts print: groups by name, each with lists of hosts and of
 * child groups, or only a list of hosts; the variables of hosts together under `_meta`.
 *
 * @param hostSources what a script printed for each host alone
 * @see https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-scripts
 */
export function readList(
  model: AnsibleModel,
  yaml: YamlSource,
  hostSources: ReadonlyMap<string, YamlSource> = new Map(),
): void {
  const source = keySource(yaml);
  const root = isMapping(yaml.value) ? yaml.value : {};
  const hostVariables = hostVariablesOf(root);
  const read = new Set<string>();

  const wrong = (path: Path, message: string, help: string, whose = source): void =>
    complain(model, whereIn(whose, ...path), 'inventory/ansible-syntax', message, help);

  const variablesIn = (value: unknown, path: Path, whose = source): readonly Variable[] => {
    if (value === undefined || value === null) return [];
    if (!isMapping(value)) return (wrong(path, 'variables are a mapping', 'write {"name": value}', whose), []);
    return keptVariables(
      model,
      Object.keys(value)
        .filter(isKept)
        .map((name) => {
          const held = value[name];
          return {
            name,
            value: isMapping(held) && UNSAFE in held ? held[UNSAFE] : held,
            where: whereBelow(whose, path, name),
          };
        }),
    );
  };

  const variablesOfHost = (name: string): readonly Variable[] => {
    const own = hostSources.get(name);
    return own === undefined
      ? variablesIn(hostVariables[name], [META, 'hostvars', name])
      : variablesIn(own.value, [], keySource(own));
  };

  const namesIn = (value: unknown, what: string, path: Path): readonly string[] => {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
    return (wrong(path, `${what} are a list of names`, 'write ["name", "name"]'), []);
  };

  const readHost = (name: string, group: string, path: Path): void => {
    const where = { source, path };
    // A range means nothing here: its brackets are characters that a name cannot have.
    if (name.includes('['))
      return wrong(
        path,
        `${clean(name, 80)} cannot be the name of a host`,
        'in the output of a script each host has a name of its own, without ranges',
      );
    if (model.diagnostics.take(readNames(name, where)) === undefined) return;
    const added = addHost(model, name, group, where);
    if (added === undefined || read.has(name)) return;
    read.add(name);
    setVariables(added.host, variablesOfHost(name));
  };

  const readGroup = (name: string, value: unknown): void => {
    const group = addGroup(model, name, whereIn(source, name));
    if (Array.isArray(value)) {
      for (const [index, host] of namesIn(value, 'hosts', [name]).entries()) readHost(host, name, [name, index]);
      return;
    }
    if (!isMapping(value))
      return wrong(
        [name],
        `${clean(name, 80)} is a group, and neither a list of hosts nor a mapping`,
        'a group has hosts, vars and children',
      );
    if (!SECTIONS.some((section) => section in value)) {
      readHost(name, name, [name]);
      setVariables(group, variablesIn(value, [name]));
      return;
    }
    for (const [index, host] of namesIn(value['hosts'], 'hosts', [name, 'hosts']).entries())
      readHost(host, name, [name, 'hosts', index]);
    setVariables(group, variablesIn(value['vars'], [name, 'vars']));
    for (const [index, child] of namesIn(value['children'], 'children', [name, 'children']).entries()) {
      const where = whereIn(source, name, 'children', index);
      addChild(model, name, child, where);
      addGroup(model, child, where);
    }
  };

  for (const name of getKeys(root, [], yaml)) if (name !== META) readGroup(name, root[name]);
}
