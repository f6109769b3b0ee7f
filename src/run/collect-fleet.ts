import type { Host } from '../model/host.js';
import { forEachBounded } from './pool.js';
import { scanHost, type ScanHostContext } from './scan-host.js';
import type { Spool } from './spool.js';

export interface CollectOptions extends ScanHostContext {
  readonly forks: number;
  readonly onOutcome: (reached: boolean) => void;
}

/** Asks every host and keeps each outcome in the spool at the host's index. Ends when all have answered or failed. */
export const collectFleet = async (hosts: readonly Host[], spool: Spool, options: CollectOptions): Promise<void> => {
  await forEachBounded(
    hosts,
    Math.min(options.forks, Math.max(1, hosts.length)),
    async (host, index) => {
      const outcome = await scanHost(host, options);
      // A host whose turn was cut short by the interrupt was not asked to the end: it has no outcome of its own.
      spool.keep(index, outcome);
      options.onOutcome(outcome.reached);
    },
    options.signal,
  );
};
