import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import { forEachBounded } from './pool.js';
import { scanHost, type ScanHostContext } from './scan-host.js';

export interface CollectOptions extends ScanHostContext {
  readonly forks: number;
  /** Called once for each host that was asked, as it ends, with its place in the inventory. */
  readonly onOutcome: (host: Host, index: number, outcome: HostOutcome) => void;
}

/** Asks every host; ends when all have answered or failed, or, after an interrupt, when what was under way has. */
export const collectFleet = (hosts: readonly Host[], options: CollectOptions): Promise<void> =>
  forEachBounded(
    hosts,
    Math.min(options.forks, Math.max(1, hosts.length)),
    async (host, index) => options.onOutcome(host, index, await scanHost(host, options)),
    options.signal,
  );
