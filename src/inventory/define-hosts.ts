import type { Diagnostic } from '../model/diagnostic.js';
import type { HostId } from '../model/host.js';
import { problemAt } from './diagnostics.js';
import type { Group } from './group-tree.js';
import { MAX_HOSTS } from './inventory.js';
import { memoize } from '../language/memoize.js';
import { expandNames } from './name-range.js';
import type { HostEntry } from './native/read-entries.js';
import { placeWords } from './settings.js';

/** A host and the groups that list it, nothing inherited yet. */
export interface DefinedHost {
  readonly name: HostId;
  readonly entry: HostEntry;
  /** Hosts of the same one group share it. */
  readonly memberOf: ReadonlySet<string>;
}

type Growing = { -readonly [Key in keyof DefinedHost]: DefinedHost[Key] } & { isListed: boolean };

const NO_GROUP: ReadonlySet<string> = new Set();

export interface DefinedHosts {
  /** In the order of definition. */
  readonly hosts: readonly DefinedHost[];
  /** Who is listed in each group, in the order of mention. */
  readonly members: ReadonlyMap<string, readonly HostId[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A name may stand in several groups; more mentions than this are an error, found before any range is expanded. */
const MAX_MENTIONS = 10 * MAX_HOSTS;

function tooMany(entry: HostEntry): Diagnostic {
  return problemAt(
    entry.where,
    'value',
    'inventory/too-many-hosts',
    `with this the inventory has more than ${MAX_HOSTS} hosts`,
    'look for a range with a digit too many, or check the fleet in parts',
  );
}

/** The entry at which the sum of all ranges goes over the limit, found by counting. */
function overflowing(entries: readonly HostEntry[]): HostEntry | undefined {
  let mentions = 0;
  return entries.find((entry) => (mentions += entry.names.count) > MAX_MENTIONS);
}

/** Ranges that overlap and names that repeat in one group of one file: harmless, and hardly ever meant. */
function listedTwice(entries: readonly HostEntry[]): readonly Diagnostic[] {
  const lists = new Map<string, Map<HostId, HostEntry>>();
  const diagnostics: Diagnostic[] = [];
  for (const entry of entries) {
    const list = `${entry.group ?? ''} ${entry.where.source.file}`;
    const listed = lists.get(list) ?? new Map<HostId, HostEntry>();
    lists.set(list, listed);
    let twice: HostId | undefined;
    for (const name of expandNames(entry.names)) {
      if (!listed.has(name)) listed.set(name, entry);
      else twice ??= name;
    }
    const first = twice === undefined ? undefined : listed.get(twice);
    if (first === undefined || (first.isMapping && entry.isMapping)) continue;
    const problem = problemAt(
      entry.where,
      'value',
      'inventory/listed-twice',
      `${twice} already stands in this list, at ${placeWords(first.where)}`,
      'remove one of them, or look whether two ranges overlap',
    );
    diagnostics.push({ ...problem, severity: 'warning' });
  }
  return diagnostics;
}

/**
 * Which hosts there are: every mapping defines its names, every other name defines itself where it stands first, and
 * each further mention of a name is membership in the group that it stands in.
 *
 * @param mayRepeat those of them whose lists may have a name twice
 */
export function defineHosts(
  entries: readonly HostEntry[],
  groups: ReadonlyMap<string, Group>,
  mayRepeat: readonly HostEntry[] = entries,
): DefinedHosts {
  const overflow = overflowing(entries);
  if (overflow !== undefined) return { hosts: [], members: new Map(), diagnostics: [tooMany(overflow)] };

  const diagnostics: Diagnostic[] = [];
  const known = new Map<HostId, Growing>();
  const know = (name: HostId, entry: HostEntry): Growing => {
    const host = { name, entry, memberOf: NO_GROUP, isListed: false };
    known.set(name, host);
    return host;
  };
  for (const entry of entries) {
    if (!entry.isMapping) continue;
    for (const name of expandNames(entry.names)) {
      const first = known.get(name)?.entry;
      if (first === undefined) know(name, entry);
      else {
        diagnostics.push(
          problemAt(
            entry.where,
            'value',
            'inventory/duplicate-host',
            `the host ${name} is already defined at ${placeWords(first.where)}`,
            'keep one mapping; in a further group the bare name is enough',
          ),
        );
        break;
      }
    }
  }

  const hosts: Growing[] = [];
  const alone = memoize((group: string): ReadonlySet<string> => new Set([group]));
  const members = new Map<string, HostId[]>([...groups.keys()].map((name) => [name, []]));
  for (const entry of entries) {
    for (const name of expandNames(entry.names)) {
      const host = known.get(name) ?? know(name, entry);
      if (entry.group !== undefined) {
        host.memberOf = host.memberOf === NO_GROUP ? alone(entry.group) : new Set([...host.memberOf, entry.group]);
        members.get(entry.group)?.push(name);
      }
      if (host.isListed || host.entry !== entry) continue;
      if (hosts.length === MAX_HOSTS)
        return {
          hosts: hosts.map((host) => ({ ...host, memberOf: NO_GROUP })),
          members,
          diagnostics: [...diagnostics, tooMany(entry)],
        };
      host.isListed = true;
      hosts.push(host);
    }
  }

  for (const { name, where, mayBeHost } of groups.values()) {
    const host = known.get(name);
    // What a script prints in short, `"lone": {"ansible_port": 22}`, is a host in a group of its own.
    if (host === undefined || (mayBeHost && host.memberOf.has(name))) continue;
    const problem = problemAt(
      where,
      'key',
      'inventory/name-clash',
      `${name} is a group here and a host at ${placeWords(host.entry.where)}`,
      mayBeHost
        ? 'a host pattern means the host: give one of them another name'
        : 'a host pattern could not tell them apart: give one of them another name',
    );
    diagnostics.push(mayBeHost ? { ...problem, severity: 'warning' } : problem);
  }
  return { hosts, members, diagnostics: [...diagnostics, ...listedTwice(mayRepeat)] };
}
