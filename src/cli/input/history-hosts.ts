import type { HostId } from '../../model/host.js';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

const HISTORY = {
  called: 'the history',
  seeNames: '`kernward history host -o csv` shows hosts and their groups',
} as const;

/** What a history knows of a host that a pattern may name. */
interface HistoryHost {
  readonly name: HostId;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The names that a pattern chooses of the hosts of a history. Stops on a bad pattern. */
export function namesOf(known: readonly HistoryHost[], pattern: string): ReadonlySet<HostId> {
  const hosts = known.map((host) => ({
    ...host,
    address: host.name,
    port: 22,
    identityFiles: [],
    transport: 'recorded' as const,
    at: { file: '', line: 1, column: 1 },
  }));
  const { value, diagnostics } = selectHosts(inventoryOfHosts(hosts), pattern, { source: HISTORY });
  stopOnErrors(diagnostics);
  return new Set(value?.map(({ name }) => name));
}
