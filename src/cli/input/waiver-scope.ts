import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import type { Host } from '../../model/host.js';
import type { Report } from '../../model/report.js';
import type { WaiverScope } from './waivers.js';

/**
 * The hosts of a saved report as an inventory of their own: enough for a host pattern, and for nobody to connect by.
 */
export function waiverScope({ header, hosts }: Report, now: string): WaiverScope {
  const named: Host[] = [];
  for (const { host, address, groups, labels } of hosts)
    named.push({
      name: host,
      address,
      identityFiles: [],
      groups,
      labels,
      transport: 'recorded',
      at: { file: '', line: 1, column: 1 },
    });
  return { rules: header.rules, inventory: inventoryOfHosts(named), selected: named, now };
}
