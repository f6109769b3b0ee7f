import { createDiagnosticSink, type Diagnostic } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';
import { problemAt } from '../diagnostics.js';
import { RESERVED_NAMES } from '../inventory.js';
import type { AlwaysThere } from '../outline.js';
import type { NameRange } from '../name-range.js';
import { addressHelp, isAddress } from '../names.js';
import { readNames } from './read-names.js';
import { isMapping } from '../../language/is-mapping.js';
import { readSettings } from '../settings.js';
import type { Mapping } from '../../language/is-mapping.js';
import type { Setting, Settings, Where } from '../settings.js';

/** A line of a `hosts` list. */
export interface HostEntry {
  readonly names: NameRange;
  readonly group: string | undefined;
  /** A mapping defines its hosts; a bare name does only where no mapping does. */
  readonly isMapping: boolean;
  readonly address: string | undefined;
  readonly settings: Settings;
  readonly where: Where;
}

/** A group as one place describes it; the same group may go on in another place. */
export interface GroupEntry {
  readonly name: string;
  readonly parent: string | undefined;
  readonly settings: Settings;
  /** A limit of the group itself: nobody inherits it. */
  readonly forks?: Setting;
  readonly where: Where;
  /** Ansible's files may call a group as a host; a pattern then means the host. */
  readonly mayBeHost?: true;
}

/** What one file says, in its own order, nothing inherited yet. */
export interface Entries {
  readonly defaults: Settings;
  readonly groups: readonly GroupEntry[];
  readonly hosts: readonly HostEntry[];
  readonly diagnostics: readonly Diagnostic[];
  /** Only of Ansible's files. */
  readonly alwaysThere?: AlwaysThere;
}

/**
 * Reads a file's value without trusting its types: what has the wrong one is passed over, because the schema reports
 * it. So problems of both kinds are reported together.
 */
export function readEntries(source: YamlSource): Entries {
  const groups: GroupEntry[] = [];
  const hosts: HostEntry[] = [];
  const diagnostics = createDiagnosticSink();

  const readAddress = (address: unknown, names: NameRange, where: Where): string | undefined => {
    if (typeof address !== 'string' || address === '') return undefined;
    if (!isAddress(address)) {
      diagnostics.add(
        problemAt(where, 'value', 'inventory/address', `"${clean(address, 80)}" is no address`, addressHelp(address)),
      );
    } else if (names.count > 1) {
      diagnostics.add(
        problemAt(
          where,
          'value',
          'inventory/address',
          `one address for ${names.count} hosts`,
          'give each host a mapping of its own, or let the names be the addresses',
        ),
      );
    }
    return address;
  };

  const readHost = (entry: unknown, group: string | undefined, path: Path): void => {
    const where = { source, path };
    if (typeof entry === 'string') {
      const names = diagnostics.take(readNames(entry, where));
      if (names !== undefined)
        hosts.push({ names, group, isMapping: false, address: undefined, settings: new Map(), where });
      return;
    }
    if (!isMapping(entry) || typeof entry['name'] !== 'string' || entry['name'] === '') return;
    const nameWhere = { source, path: [...path, 'name'] };
    const names = diagnostics.take(readNames(entry['name'], nameWhere));
    if (names === undefined) return;
    const address = readAddress(entry['address'], names, { source, path: [...path, 'address'] });
    hosts.push({ names, group, isMapping: true, address, settings: readSettings(entry, where), where: nameWhere });
  };

  const readGroup = (name: string, fields: unknown, parent: string | undefined, path: Path): void => {
    const where = { source, path };
    if (RESERVED_NAMES.has(name)) {
      diagnostics.add(
        problemAt(
          where,
          'key',
          'inventory/reserved-name',
          `${name} has a meaning of its own in host patterns`,
          name === 'all'
            ? 'what holds for all hosts stands under defaults'
            : 'hosts of no group stand under hosts, at the top',
        ),
      );
    }
    const known = isMapping(fields) ? fields : {};
    const forks = known['forks'];
    groups.push({
      name,
      parent,
      settings: readSettings(known, where),
      ...(typeof forks === 'number' ? { forks: { value: forks, where: { source, path: [...path, 'forks'] } } } : {}),
      where,
    });
    readMembers(known, name, path);
  };

  /** In the order in which the file has them. */
  const readMembers = (fields: Mapping, group: string | undefined, path: Path): void => {
    for (const [field, held] of Object.entries(fields)) {
      if (field === 'hosts' && Array.isArray(held))
        for (const [index, entry] of held.entries()) readHost(entry, group, [...path, 'hosts', index]);
      if (field === 'groups' && isMapping(held))
        for (const [name, inner] of Object.entries(held)) readGroup(name, inner, group, [...path, 'groups', name]);
    }
  };

  const root = isMapping(source.value) ? source.value : {};
  const defaults = isMapping(root['defaults'])
    ? readSettings(root['defaults'], { source, path: ['defaults'] })
    : new Map<string, never>();
  readMembers(root, undefined, []);
  return { defaults, groups, hosts, diagnostics: diagnostics.all() };
}
