import { stringify } from 'yaml';
import { toAnsibleList, nested } from '../../inventory/export/ansible-list.js';
import type { Host } from '../../model/host.js';
import { painter } from '../../render/colour.js';
import { grid } from '../../render/table.js';
import { sortedJson } from '../../text/sorted-json.js';
import type { InventoryFormatName } from '../options/inventory-format.js';
import type { Targets } from '../setup/load-targets.js';
import { terminalColumns } from './present.js';
import { safeJson } from '../../text/safe-json.js';

const DASH = '-';

const COLUMNS: readonly {
  readonly title: string;
  readonly widest: number | 'rest';
  readonly of: (host: Host) => string;
}[] = [
  { title: 'host', widest: 40, of: ({ name }) => name },
  { title: 'address', widest: 30, of: ({ name, address }) => (address === name ? DASH : address) },
  { title: 'port', widest: 5, of: ({ port }) => String(port ?? DASH) },
  { title: 'user', widest: 16, of: ({ user = DASH }) => user },
  { title: 'by', widest: 9, of: ({ transport }) => transport },
  { title: 'through', widest: 24, of: ({ proxyJump, proxyCommand }) => proxyJump ?? proxyCommand ?? DASH },
  { title: 'profile', widest: 20, of: ({ profile = DASH }) => profile },
  { title: 'groups', widest: 'rest', of: ({ groups }) => (groups.length === 0 ? DASH : groups.join(', ')) },
];

function table({ hosts }: Targets): string {
  return grid(
    COLUMNS.map(({ title, widest }) => ({ title, widest })),
    hosts.map((host) => COLUMNS.map(({ of }) => ({ text: of(host) }))),
    terminalColumns(),
    painter(false),
  );
}

function line({ at, ...host }: Host): string {
  return `${safeJson({ ...host, definedAt: `${at.file}:${at.line}` })}\n`;
}

/** How `kernward inventory list` shows the hosts; undefined where there is no end to it. */
export const INVENTORY_FORMATS: Readonly<Record<InventoryFormatName, (targets: Targets) => string | undefined>> = {
  table,
  json: ({ inventory, hosts }) => `${sortedJson(toAnsibleList(inventory, hosts))}\n`,
  yaml: ({ inventory, hosts }) => {
    const tree = nested(inventory, hosts);
    return tree === undefined
      ? undefined
      : stringify(tree, { compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false });
  },
  jsonl: ({ hosts }) => hosts.map(line).join(''),
  names: ({ hosts }) => hosts.map(({ name }) => `${name}\n`).join(''),
};
