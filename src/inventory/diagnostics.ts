import type { Diagnostic } from '../model/diagnostic.js';
import type { Where } from './settings.js';

/**
 * Every problem that an inventory or a host pattern can have beyond its syntax; docs/reference/diagnostics.md explains
 * each.
 */
const INVENTORY_CODES = [
  'inventory/address',
  'inventory/ambiguous',
  'inventory/ansible-ignored',
  'inventory/ansible-plugin',
  'inventory/ansible-syntax',
  'inventory/ansible-value',
  'inventory/conflict',
  'inventory/duplicate-host',
  'inventory/executable',
  'inventory/group-cycle',
  'inventory/group-depth',
  'inventory/group-name',
  'inventory/limit-file',
  'inventory/listed-twice',
  'inventory/name-clash',
  'inventory/host-name',
  'inventory/no-match',
  'inventory/other-format',
  'inventory/passed-over',
  'inventory/pattern',
  'inventory/proxy',
  'inventory/range',
  'inventory/recording',
  'inventory/reserved-name',
  'inventory/script',
  'inventory/secret',
  'inventory/ssh-option',
  'inventory/too-many-hosts',
  'inventory/two-spellings',
  'inventory/unknown-profile',
  'inventory/vault',
] as const;
export type InventoryCode = (typeof INVENTORY_CODES)[number];

export function problemAt(
  { source, path }: Where,
  part: 'key' | 'value',
  code: InventoryCode,
  message: string,
  help: string,
): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    ...source.placeOf(path, part),
    help,
  };
}
