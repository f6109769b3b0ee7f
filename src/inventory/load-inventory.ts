import { hasErrors, wrong, type Diagnostic, type Loaded } from '../model/diagnostic.js';
import type { Host, HostId } from '../model/host.js';
import { append } from '../text/append.js';
import { clean } from '../text/clean.js';
import { suggest } from '../text/suggest.js';
import type { VariableFile } from './ansible/variables/variable-files.js';
import { defineHosts } from './define-hosts.js';
import { problemAt } from './diagnostics.js';
import { growGroups, mergeSettings } from './group-tree.js';
import type { GroupTree } from './group-tree.js';
import type { Inventory } from './inventory.js';
import type { InventoryFile } from './inventory-file.js';
import { ALL, hostsIn, toOutline } from './outline.js';
import type { Outline } from './outline.js';
import type { Entries, HostEntry } from './native/read-entries.js';
import { readInventoryFiles } from './read-files.js';
import { resolveHosts } from './resolve-hosts.js';
import type { Setting, Settings } from './settings.js';
import { mergeSpellings } from './spellings.js';

export interface InventoryOptions {
  /** The profiles that there are; another name is an error. */
  readonly profiles: readonly string[];
  /**
   * The files of `group_vars` and `host_vars` beside the inventories, in the order in which they hold; only Ansible's
   * use them.
   */
  readonly variableFiles?: readonly VariableFile[];
}

function unknownProfiles(settings: Iterable<Settings>, profiles: readonly string[]): readonly Diagnostic[] {
  const named = new Set<Setting>();
  for (const given of settings) {
    const profile = given.get('profile');
    if (profile !== undefined) named.add(profile);
  }
  return [...named].flatMap((profile) => {
    if (profiles.includes(String(profile.value))) return [];
    const name = String(profile.value);
    const near = suggest(name, profiles);
    const help = near === undefined ? `the profiles are ${profiles.join(', ')}` : `did you mean ${near}?`;
    return [
      problemAt(
        profile.where,
        'value',
        'inventory/unknown-profile',
        `there is no profile called ${clean(name, 80)}`,
        help,
      ),
    ];
  });
}

/** As in Ansible's group `all`, where one of the files is Ansible's. */
function inOrder(hosts: readonly Host[], outline: Outline, isAnsible: boolean): readonly Host[] {
  if (!isAnsible) return hosts;
  const byName = new Map<string, Host>();
  for (const host of hosts) byName.set(host.name, host);
  const ordered: Host[] = [];
  for (const name of hostsIn(outline, ALL)) {
    const host = byName.get(name);
    if (host !== undefined) ordered.push(host);
  }
  return ordered;
}

function groupForksOf(tree: GroupTree): ReadonlyMap<string, number> {
  return new Map(
    [...tree.groups.values()].flatMap(({ name, limits }) =>
      limits.has('forks') ? [[name, Number(limits.get('forks')?.value)] as const] : [],
    ),
  );
}

function* givenSettings(read: readonly Entries[]): Generator<Settings> {
  for (const { defaults, groups, hosts } of read) {
    yield defaults;
    for (const { settings } of groups) yield settings;
    for (const { settings } of hosts) yield settings;
  }
}

function hostsOf(read: readonly Entries[]): readonly HostEntry[] {
  const hosts: HostEntry[] = [];
  for (const entries of read) append(hosts, entries.hosts);
  return hosts;
}

/**
 * Reads inventory files, of whichever format, and puts them together. Files of kernward's own format are equals: a
 * group may go on in another file, the defaults of all files hold for all hosts, and nothing overrides by coming later.
 * A file that is given twice is still one file.
 *
 * @returns the inventory, only where nothing is wrong (warnings aside); else everything that is wrong with every file
 */
export function loadInventory(files: readonly InventoryFile[], options: InventoryOptions): Loaded<Inventory> {
  const once = [...new Map(files.map((given) => [given.as === 'targets' ? given : given.file, given])).values()];
  const read = readInventoryFiles(once, options.variableFiles ?? []);
  const tree = growGroups(read.flatMap(({ groups }) => groups));
  const defaults = new Map<string, Setting>();
  const conflicts = read.flatMap((entries) => mergeSettings(defaults, entries.defaults, 'the defaults'));
  const defined = defineHosts(
    hostsOf(read),
    tree.groups,
    // Ansible's were put together name by name.
    hostsOf(read.filter(({ alwaysThere }) => alwaysThere === undefined)),
  );
  const before = [
    ...read.flatMap((entries) => entries.diagnostics),
    ...tree.diagnostics,
    ...conflicts,
    ...unknownProfiles(givenSettings(read), options.profiles),
    ...defined.diagnostics,
  ];
  const resolved = resolveHosts(tree.isSound ? defined.hosts : [], tree, defaults, !hasErrors(before));

  const merged = mergeSpellings(resolved.hosts, defined.hosts);
  const diagnostics = [...before, ...resolved.diagnostics, ...merged.diagnostics];
  if (hasErrors(diagnostics)) return wrong(diagnostics);
  const { spellings } = merged;
  const spelt = (names: readonly HostId[]): readonly HostId[] =>
    spellings.size === 0 ? names : names.map((name) => spellings.get(name) ?? name);
  const always = read.flatMap(({ alwaysThere }) => alwaysThere ?? []).at(0);
  const ansible = always && {
    all: { ...always.all, hosts: spelt(always.all.hosts) },
    ungrouped: spelt(always.ungrouped),
  };
  const mentioned = defined.hosts.flatMap(({ name }) => (spellings.has(name) ? [] : [name]));
  const outline = toOutline(
    read.flatMap(({ groups }) => groups),
    new Map([...defined.members].map(([group, names]) => [group, spelt(names)])),
    mentioned,
    ansible,
  );
  const groups = new Map([...tree.groups.keys()].map((name) => [name, hostsIn(outline, name)]));
  return {
    value: {
      files: once.map(({ file }) => file),
      hosts: inOrder(merged.hosts, outline, ansible !== undefined),
      groups,
      groupForks: groupForksOf(tree),
      outline,
      mentioned,
      ...(spellings.size === 0 ? {} : { spellings }),
    },
    diagnostics,
  };
}
