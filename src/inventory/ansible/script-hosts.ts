import type { HostId } from '../../model/host.js';
import { isAddress } from '../names.js';
import { isMapping } from '../../language/is-mapping.js';

const META = '_meta';
const SECTIONS = ['hosts', 'vars', 'children'];

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told when the text is read as an inventory.
    return undefined;
  }
}

function namesIn(name: string, group: unknown): readonly unknown[] {
  if (Array.isArray(group)) return group;
  if (!isMapping(group)) return [];
  if (!SECTIONS.some((section) => section in group)) return [name];
  return Array.isArray(group['hosts']) ? group['hosts'] : [];
}

/**
 * The hosts that a script has to be asked about one by one (`--host NAME`), in order: all of them where what it printed
 * for
 * `--list` has no `_meta.hostvars`, and none where it has.
 * @see https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#tuning-the-external-inventory-script
 */
export function hostsToAsk(text: string): readonly HostId[] {
  const root = valueOf(text);
  if (!isMapping(root)) return [];
  const meta = root[META];
  if (isMapping(meta) && 'hostvars' in meta) return [];
  const names = Object.entries(root).flatMap(([name, group]) => (name === META ? [] : namesIn(name, group)));
  return [...new Set(names.flatMap((name) => (typeof name === 'string' && isAddress(name) ? [name] : [])))];
}
