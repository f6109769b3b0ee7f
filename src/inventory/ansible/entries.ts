import type { Entries, GroupEntry, HostEntry } from '../native/read-entries.js';
import type { Setting, Settings, Where } from '../settings.js';
import { checkVariables } from './variables/check-variables.js';
import type { SettingsOf } from './variables/check-variables.js';
import { oneName } from '../name-range.js';
import { ALL, UNGROUPED } from '../outline.js';
import type { AnsibleHost, AnsibleModel, Variable } from './model.js';
import { variablesByPrecedence } from './variables/precedence.js';
import { ADDRESS, HONOURED, isOff, isSudo, isTemplate, SSH_ARGS, withHostName } from './variables/variables.js';

type Layer = readonly (readonly [string, Setting])[];

const NOTHING: Layer = [];
const NO_SETTINGS: Settings = new Map();

/** What several layers give together; every other setting is that of the first layer. */
const ADDED_UP = ['identityFile', 'sshOptions'];
function listOf({ value }: Setting): readonly string[] {
  return Array.isArray(value) ? value : [];
}

/** Puts layers on top of each other, the first on top. Only the topmost way through another host holds. */
function stacked(layers: readonly Layer[]): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const layer of layers) {
    if (layer.length === 0) continue;
    const hasWay = settings.has('proxyJump') || settings.has('proxyCommand');
    for (const [name, setting] of layer) {
      const above = settings.get(name);
      if (above !== undefined && ADDED_UP.includes(name))
        settings.set(name, { value: [...listOf(above), ...listOf(setting)], where: above.where });
      else if (above === undefined && !(hasWay && name.startsWith('proxy'))) settings.set(name, setting);
    }
  }
  return settings;
}

/** `become: sudo` where the variables together say so. */
function becomeOf(variables: ReadonlyMap<string, Variable>): Layer {
  const become = variables.get('ansible_become');
  const method = variables.get('ansible_become_method')?.value;
  const user = variables.get('ansible_become_user')?.value;
  if (become === undefined || isOff(become.value) || isTemplate(become.value)) return NOTHING;
  if (
    !(isSudo(method) || method === undefined || isOff(method)) ||
    !(user === 'root' || user === undefined || isOff(user))
  )
    return NOTHING;
  return [['become', { value: 'sudo', where: become.where }]];
}

/** Of variables that set the same, the last holds, and of the names of one as well. */
const NAMES_LAST_FIRST = HONOURED.map(({ names }) => names.toReversed()).toReversed();

const [FIRST_ARGS, ...LATER_ARGS] = SSH_ARGS;

function settingsOf(variables: ReadonlyMap<string, Variable>, known: SettingsOf): Map<string, Setting> {
  const layerOf = (variable: Variable | undefined): Layer =>
    (variable === undefined ? undefined : known.get(variable)) ?? NOTHING;
  const layers: Layer[] = [layerOf(variables.get(FIRST_ARGS))];
  for (const names of NAMES_LAST_FIRST) {
    for (const name of names) {
      const variable = variables.get(name);
      if (variable === undefined || (variable.value ?? null) === null) continue;
      layers.push(layerOf(variable));
      break;
    }
  }
  for (const name of LATER_ARGS) layers.push(layerOf(variables.get(name)));
  layers.push(becomeOf(variables));
  return stacked(layers);
}

function define(host: AnsibleHost, settings: Map<string, Setting>): HostEntry {
  const address = settings.get(ADDRESS)?.value;
  settings.delete(ADDRESS);
  return {
    names: oneName(host.name),
    group: undefined,
    isMapping: true,
    address: address === undefined ? undefined : withHostName(String(address), host.name),
    settings,
    where: host.where,
  };
}

function isReal(group: string): boolean {
  return group !== ALL && group !== UNGROUPED;
}

/** Who is in which group, group by group, each in the order of mention. */
function memberships({ groups, members }: AnsibleModel): readonly HostEntry[] {
  const entries: HostEntry[] = [];
  for (const group of groups.keys())
    if (isReal(group))
      for (const [name, where] of members.get(group) ?? [])
        entries.push({
          names: oneName(name),
          group,
          isMapping: false,
          address: undefined,
          settings: NO_SETTINGS,
          where,
        });
  return entries;
}

function groupEntry(name: string, parent: string | undefined, where: Where): GroupEntry {
  return {
    name,
    parent,
    settings: new Map(),
    where,
    mayBeHost: true,
  };
}

function groupEntries({ groups, children }: AnsibleModel): readonly GroupEntry[] {
  return [
    ...[...groups.values()].flatMap(({ name, where }) => (isReal(name) ? [groupEntry(name, undefined, where)] : [])),
    ...[...children].flatMap(([parent, inner]) =>
      isReal(parent) ? [...inner].map(([name, where]) => groupEntry(name, parent, where)) : [],
    ),
  ];
}

function namesIn(noted: ReadonlyMap<string, unknown> | undefined): readonly string[] {
  return [...(noted?.keys() ?? [])];
}

/**
 * Ansible's files as kernward's own would say it: each host with its groups, and with what holds for it by Ansible's
 * order.
 */
export function ansibleEntries(model: AnsibleModel): Entries {
  const checked = checkVariables(model.set);
  const variablesOf = variablesByPrecedence(model);
  return {
    defaults: new Map(),
    groups: groupEntries(model),
    hosts: [
      ...[...model.hosts.values()].map((host) => define(host, settingsOf(variablesOf(host), checked.settings))),
      ...memberships(model),
    ],
    diagnostics: [...model.diagnostics.all(), ...checked.diagnostics],
    alwaysThere: {
      all: { groups: namesIn(model.children.get(ALL)), hosts: namesIn(model.members.get(ALL)) },
      ungrouped: namesIn(model.members.get(UNGROUPED)),
    },
  };
}
