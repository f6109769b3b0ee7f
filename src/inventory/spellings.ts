import { defined } from '../language/defined.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { Host, HostId } from '../model/host.js';
import { spellingOf } from '../text/names/spelling.js';
import type { DefinedHost } from './define-hosts.js';
import { problemAt } from './diagnostics.js';
import type { Inventory } from './inventory.js';
import { placeWords } from './settings.js';

/** Whatever leads to another machine where it differs. A port that is not said is what ssh_config says of that very spelling. */
function wayTo({ address, port, transport, proxyJump, proxyCommand, sshOptions, recording }: Host): string {
  return JSON.stringify([
    spellingOf(address),
    defined({ port, proxyJump, proxyCommand, sshOptions, recording }),
    transport,
  ]);
}

const SETTINGS = ['user', 'identityFiles', 'profile', 'labels', 'become'] as const;

/** Labels come in the order of the places that say them. */
function valueOf(value: Host[(typeof SETTINGS)[number]]): string {
  const isLabels = typeof value === 'object' && !Array.isArray(value);
  return JSON.stringify(isLabels ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value);
}

/** What is not taken over of the one that goes. */
function differing(stays: Host, goes: Host): string {
  const names = SETTINGS.filter((name) => valueOf(stays[name]) !== valueOf(goes[name]));
  const last = names.at(-1)?.replace('identityFiles', 'identityFile');
  if (last === undefined) return '';
  const words =
    names.length === 1
      ? `${last} is that`
      : `${names.slice(0, -1).join(', ').replace('identityFiles', 'identityFile')} and ${last} are those`;
  return `; ${words} of ${stays.name}`;
}

/** The host that is called so, or the only one whose name is another spelling of it; undefined: there is none, or there are several. */
export function hostNamed(hosts: readonly Host[], name: string): Host | undefined {
  const named = hosts.find((host) => host.name === name);
  if (named !== undefined) return named;
  const spelling = spellingOf(name);
  const [only, another] = hosts.filter((host) => spellingOf(host.name) === spelling);
  return another === undefined ? only : undefined;
}

/** What is known by the names of hosts, by every other spelling of these that the files have as well. */
export function byEverySpelling<T>(
  byName: ReadonlyMap<HostId, T>,
  { spellings }: Pick<Inventory, 'spellings'>,
): ReadonlyMap<HostId, T> {
  const found = new Map(byName);
  for (const [spelling, name] of spellings ?? []) {
    const value = byName.get(name);
    if (value !== undefined) found.set(spelling, value);
  }
  return found;
}

export interface Merged {
  readonly hosts: readonly Host[];
  /** The name that stays, by each that went. */
  readonly spellings: ReadonlyMap<HostId, HostId>;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes one host of those whose names are spellings of one name and that are reached in one way: they are one machine,
 * which would be asked and counted as often as it is spelt. The first stays as it is described, in the groups of all.
 *
 * @param definedHosts as they were before they inherited, in the same order
 */
export function mergeSpellings(hosts: readonly Host[], definedHosts: readonly DefinedHost[]): Merged {
  const firsts = new Map<string, number>();
  /** Of names that are spelt more than once, by spelling and way. */
  const ways = new Map<string, number>();
  const spellings = new Map<HostId, HostId>();
  const groups = new Map<HostId, Set<string>>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, host] of hosts.entries()) {
    const spelling = spellingOf(host.name);
    const before = firsts.get(spelling);
    if (before === undefined) {
      firsts.set(spelling, index);
      continue;
    }
    const keyOf = (one: Host): string => `${spelling}\n${wayTo(one)}`;
    const earliest = hosts[before];
    if (earliest !== undefined) ways.set(keyOf(earliest), before);
    const key = keyOf(host);
    const first = ways.get(key);
    const stays = first === undefined ? undefined : hosts[first];
    const at = first === undefined ? undefined : definedHosts[first];
    const goes = definedHosts[index];
    if (stays === undefined || at === undefined || goes === undefined) {
      ways.set(key, index);
      continue;
    }
    spellings.set(host.name, stays.name);
    const all = groups.get(stays.name) ?? new Set(stays.groups);
    for (const group of host.groups) all.add(group);
    groups.set(stays.name, all);
    const problem = problemAt(
      goes.entry.where,
      'value',
      'inventory/two-spellings',
      `${host.name} is ${stays.name} at ${placeWords(at.entry.where)} in another spelling: it is asked and counted once, as ${stays.name}${differing(stays, host)}`,
      'write the name in one way; machines that are two have each an address, a port or a way of their own',
    );
    diagnostics.push({ ...problem, severity: 'warning' });
  }
  if (spellings.size === 0) return { hosts, spellings, diagnostics };
  return {
    hosts: hosts.flatMap((host) => {
      if (spellings.has(host.name)) return [];
      const all = groups.get(host.name);
      return all === undefined ? [host] : [{ ...host, groups: [...all].sort() }];
    }),
    spellings,
    diagnostics,
  };
}
