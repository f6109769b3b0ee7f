import type { Entries, GroupEntry, HostEntry } from '../read-entries.js';
import type { Setting } from '../settings.js';
import { checkVariables } from './check-variables.js';
import type { SettingsOf } from './check-variables.js';
import { ALL, UNGROUPED } from './model.js';
import type { AnsibleHost, AnsibleModel, Variable } from './model.js';
import { variablesByPrecedence } from './precedence.js';
import { ADDRESS, HONOURED, withHostName } from './variables.js';

const settingsOf = (variables: ReadonlyMap<string, Variable>, known: SettingsOf): Map<string, Setting> => {
  const settings = new Map<string, Setting>();
  for (const { names } of HONOURED) {
    const variable = names.toReversed().flatMap((name) => variables.get(name) ?? []).find(({ value }) => value !== null);
    for (const [name, setting] of (variable === undefined ? undefined : known.get(variable)) ?? []) settings.set(name, setting);
  }
  return settings;
};

const hostEntries = (host: AnsibleHost, settings: Map<string, Setting>): readonly HostEntry[] => {
  const names = { parts: [host.name], count: 1 };
  const address = settings.get(ADDRESS)?.value;
  settings.delete(ADDRESS);
  const [first, ...others] = [...host.memberOf].filter(([group]) => group !== UNGROUPED);
  return [
    { names, group: first?.[0], isMapping: true, address: address === undefined ? undefined : withHostName(String(address), host.name), settings, where: host.where },
    ...others.map(([group, where]) => ({ names, group, isMapping: false, address: undefined, settings: new Map(), where })),
  ];
};

const groupEntries = (model: AnsibleModel): readonly GroupEntry[] =>
  [...model.groups.values()]
    .filter(({ name }) => name !== ALL && name !== UNGROUPED)
    .flatMap(({ name, where, parents }) => [
      { name, parent: undefined, settings: new Map(), where, mayBeHost: true as const },
      ...[...parents].map(([parent, place]) => ({ name, parent, settings: new Map(), where: place, mayBeHost: true as const })),
    ]);

/** Ansible's files as kernward's own would say it: each host with its groups, and with what holds for it by Ansible's order. */
export const ansibleEntries = (model: AnsibleModel): Entries => {
  const checked = checkVariables(model.set);
  const variablesOf = variablesByPrecedence(model);
  return {
    defaults: new Map(),
    groups: groupEntries(model),
    hosts: [...model.hosts.values()].flatMap((host) => hostEntries(host, settingsOf(variablesOf(host), checked.settings))),
    diagnostics: [...model.diagnostics, ...checked.diagnostics],
  };
};
