import { getGroupForks } from '../../inventory/group-forks.js';
import type { Inventory } from '../../inventory/inventory.js';
import { DEFAULTS } from '../../run/defaults.js';
import type { Pacing } from '../../run/scan-plan.js';
import type { ConnectOptions } from '../options/connection.js';
import type { FleetOptionValues } from '../options/fleet.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** How the fleet is gone through; stops where a group is named that there is not. */
export function toPacing(
  {
    serial = [],
    groupForks: given = [],
    deadline,
    workers = DEFAULTS.pacing.workers,
    forks,
  }: FleetOptionValues & Pick<ConnectOptions, 'forks'>,
  inventory: Inventory,
): Pacing {
  const groupForks = getGroupForks(inventory, given);
  stopOnErrors(groupForks.diagnostics);
  return { forks, groupForks: groupForks.value ?? inventory.groupForks, workers, serial, deadlineMs: deadline };
}
