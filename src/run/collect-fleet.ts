import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import { toBatches, type BatchSize } from './schedule/batches.js';
import { forEachBounded } from './schedule/pool.js';
import { scanHost, type ScanHostContext } from './scan-host.js';

export interface CollectOptions extends ScanHostContext {
  readonly forks: number;
  /** How many hosts of a group are asked at the same time, where that is limited. */
  readonly groupForks: ReadonlyMap<string, number>;
  /** A batch begins when the one before it is done; none: all hosts are one batch. */
  readonly serial: readonly BatchSize[];
  /** Called once for each host that was asked, as it ends, with its place in the report. */
  readonly onOutcome: (host: Host, index: number, outcome: HostOutcome) => void;
}

/** A host and its place in the report. */
export type Placed = readonly [index: number, host: Host];

/** Asks every host; ends when all have answered or failed, or, after the run was ended early, when what was under way has. */
export async function collectFleet(hosts: Iterable<Placed>, options: CollectOptions): Promise<void> {
  const { forks, groupForks, serial, signal, onOutcome } = options;
  const limits = { most: groupForks, namesOf: ([, host]: Placed) => host.groups };
  for (const batch of toBatches([...hosts], serial)) {
    const ask = async ([index, host]: Placed): Promise<void> => onOutcome(host, index, await scanHost(host, options));
    await forEachBounded(batch, Math.min(forks, batch.length), ask, signal, limits);
    if (signal.aborted) return;
  }
}
