import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import { TRANSPORT_NAMES } from '../model/host.js';
import type { Host, HostId } from '../model/host.js';
import { clean } from '../text/clean.js';
import { suggest } from '../text/suggest.js';
import { defineHosts } from './define-hosts.js';
import type { DefinedHost } from './define-hosts.js';
import { mistakeAt } from './diagnostics.js';
import { growGroups, mergeSettings } from './group-tree.js';
import type { GroupTree } from './group-tree.js';
import { inherit, labelsOf } from './inherit.js';
import type { Disagreement, Inherited } from './inherit.js';
import type { Inventory } from './inventory.js';
import { readInventoryFile } from './read-file.js';
import { placeWords, settingWords } from './settings.js';
import type { Setting, Settings } from './settings.js';

export interface InventoryFile {
  readonly file: string;
  readonly text: string;
}

export interface InventoryOptions {
  /** The profiles that there are; another name is a mistake. */
  readonly profiles: readonly string[];
}

const unknownProfiles = (settings: Iterable<Settings>, profiles: readonly string[]): readonly Diagnostic[] =>
  [...settings].flatMap((given) => {
    const profile = given.get('profile');
    if (profile === undefined || profiles.includes(String(profile.value))) return [];
    const name = String(profile.value);
    const near = suggest(name, profiles);
    const help = near === undefined ? `the profiles are ${profiles.join(', ')}` : `did you mean ${near}?`;
    return [mistakeAt(profile.where, 'value', 'inventory/unknown-profile', `there is no profile called ${clean(name, 80)}`, help)];
  });

const textOf = (setting: Setting | undefined): string | undefined => (typeof setting?.value === 'string' ? setting.value : undefined);
const listOf = (setting: Setting | undefined): readonly string[] => (Array.isArray(setting?.value) ? setting.value : []);

const hostOf = ({ name, entry }: DefinedHost, settings: Settings, groups: readonly string[]): Host => {
  const transport = TRANSPORT_NAMES.find((known) => known === settings.get('transport')?.value) ?? 'ssh2';
  const user = textOf(settings.get('user'));
  const profile = textOf(settings.get('profile'));
  const recording = textOf(settings.get('recording'));
  return {
    name,
    address: entry.address ?? name,
    port: Number(settings.get('port')?.value ?? 22),
    ...(user === undefined ? {} : { user }),
    identityFiles: listOf(settings.get('identityFile')),
    ...(profile === undefined ? {} : { profile }),
    groups,
    labels: labelsOf(settings),
    transport,
    ...(recording === undefined ? {} : { recording }),
    at: entry.where.source.positionOf(entry.where.path),
  };
};

/** `recorded` without a recording has nothing to read; a recording without a transport would be passed over in silence. */
const recordingMistake = (host: DefinedHost, settings: Settings): Diagnostic | undefined => {
  const recording = settings.get('recording');
  const transport = settings.get('transport');
  if (transport?.value === 'recorded' && recording === undefined) {
    return mistakeAt(host.entry.where, 'value', 'inventory/recording', `${host.name} has the transport recorded and no recording`, 'name the file with the saved probe output: recording');
  }
  if (transport === undefined && recording !== undefined) {
    return mistakeAt(recording.where, 'value', 'inventory/recording', `${host.name} has a recording and no transport that reads it`, 'add transport: recorded');
  }
  return undefined;
};

interface Complaint extends Disagreement {
  readonly host: HostId;
  hosts: number;
}

/** One for each pair of groups and setting, however many hosts they share. */
const ambiguous = ({ setting, first, second, groups, host, hosts }: Complaint): Diagnostic => {
  const others = hosts > 1 ? ` (and ${hosts - 1} more)` : '';
  const message = `${host}${others} is in ${groups[0]} and in ${groups[1]}, which give ${settingWords(setting)} different values; the other is at ${placeWords(first.where)}`;
  return mistakeAt(second.where, 'value', 'inventory/ambiguous', message, 'neither group is within the other: say it at the host, or put one group into the other');
};

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(({ severity }) => severity === 'error');

const membersOf = (hosts: readonly Host[], tree: GroupTree): ReadonlyMap<string, readonly HostId[]> => {
  const members = new Map<string, HostId[]>([...tree.groups.keys()].map((name) => [name, []]));
  for (const host of hosts) for (const group of host.groups) members.get(group)?.push(host.name);
  return members;
};

const childrenOf = (tree: GroupTree): ReadonlyMap<string, readonly string[]> => {
  const children = new Map<string, string[]>([...tree.groups.keys()].map((name) => [name, []]));
  for (const { name, parents } of tree.groups.values()) for (const parent of parents) children.get(parent)?.push(name);
  return children;
};

/**
 * Reads inventory files and puts them together. Files are equals: a group may go on in another file, the defaults of all
 * files hold for all hosts, and nothing overrides by coming later.
 *
 * @returns the inventory, only where nothing is wrong (warnings aside); else every mistake of every file
 */
export const loadInventory = (files: readonly InventoryFile[], options: InventoryOptions): Loaded<Inventory> => {
  const read = files.map(({ file, text }) => readInventoryFile(text, file));
  const diagnostics: Diagnostic[] = read.flatMap((entries) => [...entries.diagnostics]);
  const tree = growGroups(read.flatMap(({ groups }) => groups));
  diagnostics.push(...tree.diagnostics);
  const defaults = new Map<string, Setting>();
  for (const entries of read) mergeSettings(defaults, entries.defaults, 'the defaults', diagnostics);
  const entries = read.flatMap(({ hosts }) => hosts);
  const given = [...read.map((file) => file.defaults), ...read.flatMap(({ groups }) => groups.map(({ settings }) => settings)), ...entries.map(({ settings }) => settings)];
  diagnostics.push(...unknownProfiles(given, options.profiles));
  const defined = defineHosts(entries, tree.groups);
  diagnostics.push(...defined.diagnostics);

  const inheritances = new Map<string, Inherited>();
  const complaints = new Map<string, Complaint>();
  const hosts: Host[] = [];
  const hasMistakes = hasErrors(diagnostics);
  for (const host of tree.isSound ? defined.hosts.values() : []) {
    const key = [...host.memberOf].sort().join(' ');
    const inherited = inheritances.get(key) ?? inherit(host.memberOf, tree, defaults);
    inheritances.set(key, inherited);
    for (const disagreement of inherited.disagreements) {
      if (host.entry.settings.has(disagreement.setting)) continue;
      const id = [disagreement.setting, ...disagreement.groups].join(' ');
      const complaint = complaints.get(id) ?? { ...disagreement, host: host.name, hosts: 0 };
      complaints.set(id, complaint);
      complaint.hosts++;
    }
    const settings = host.entry.settings.size === 0 ? inherited.settings : new Map([...inherited.settings, ...host.entry.settings]);
    // Where something else is wrong, the transport may only be missing because of it.
    const mistake = hasMistakes ? undefined : recordingMistake(host, settings);
    if (mistake !== undefined) diagnostics.push(mistake);
    hosts.push(hostOf(host, settings, inherited.groups));
  }
  for (const complaint of complaints.values()) diagnostics.push(ambiguous(complaint));

  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return { value: { files: files.map(({ file }) => file), hosts, groups: membersOf(hosts, tree), children: childrenOf(tree) }, diagnostics };
};
