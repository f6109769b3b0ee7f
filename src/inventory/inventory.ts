import type { Host, HostId } from '../model/host.js';

/** All inventory files together, with everything that is inherited already resolved. */
export interface Inventory {
  readonly files: readonly string[];
  /** In the order in which the files define them. */
  readonly hosts: readonly Host[];
  /** Every group, in the order of first mention, with its hosts and those of the groups within it, in inventory order. */
  readonly groups: ReadonlyMap<string, readonly HostId[]>;
  /** How many hosts of a group may be asked at the same time, where the files say so of the group. */
  readonly groupForks: ReadonlyMap<string, number>;
  /** The groups that stand directly in a group, in the order of first mention; a key for every group. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** Names that mean something in a host pattern, so that no host or group can have them. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['all', 'ungrouped']);

export const MAX_HOSTS = 100_000;
