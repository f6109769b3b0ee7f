import type { Host, HostId } from '../model/host.js';
import { ALL, UNGROUPED } from './outline.js';
import type { Outline } from './outline.js';

/** All inventory files together, with everything that is inherited already resolved. */
export interface Inventory {
  readonly files: readonly string[];
  /** In the order in which the files define them; where one of them is Ansible's, in that of Ansible's group `all`. */
  readonly hosts: readonly Host[];
  /**
   * Every group, in the order of first mention, with its own hosts and then those of the groups within it, level by
   * level.
   */
  readonly groups: ReadonlyMap<string, readonly HostId[]>;
  /** What stands directly in each group, `all` and `ungrouped` among them. */
  readonly outline: Outline;
  /** All hosts, in the order of first mention. */
  readonly mentioned: readonly HostId[];
  /** Other spellings of the names of hosts, where the files have any: a host pattern may say them, too. */
  readonly spellings?: ReadonlyMap<HostId, HostId>;
  /** How many hosts of a group may be asked at the same time, where the files say so of the group. */
  readonly groupForks: ReadonlyMap<string, number>;
}

/** Names that mean something in a host pattern, so that no host or group can have them. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([ALL, UNGROUPED]);

export const MAX_HOSTS = 100_000;
