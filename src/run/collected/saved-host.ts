import { defined } from '../../language/defined.js';
import type { FactId } from '../../model/reading.js';
import type { Host } from '../../model/host.js';
import type { HostOutcome } from '../../model/outcome.js';
import type { SavedHostJson } from '../saved-host-schema.js';

const SSH_PORT = 22;

/** What was used; where nobody came so far, what the inventory says. */
function connectionFields(
  host: Host,
  { reach }: HostOutcome,
): Pick<SavedHostJson, 'address' | 'port' | 'transport' | 'transportReason' | 'via'> {
  if (reach === undefined) return { address: host.address, port: host.port ?? SSH_PORT, transport: host.transport };
  const { via, ...plain } = reach;
  return { ...plain, ...(via === undefined ? {} : { via: [...via] }) };
}

/** @param declared fact → edition, of facts that policies declare */
export function hostToSaved(
  host: Host,
  outcome: HostOutcome,
  declared: ReadonlyMap<FactId, string> = new Map(),
): SavedHostJson {
  return {
    schema: 1,
    name: host.name,
    ...defined({ profile: host.profile }),
    groups: [...host.groups],
    labels: host.labels,
    ...connectionFields(host, outcome),
    tookMs: outcome.tookMs,
    ...defined({ attempts: outcome.attempts }),
    ...(outcome.reached && outcome.collector !== undefined ? { collector: { ...outcome.collector } } : {}),
    ...(outcome.reached && declared.size > 0 ? { declared: Object.fromEntries(declared) } : {}),
    ...(outcome.reached
      ? { readings: Object.fromEntries([...outcome.readings].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
      : { failure: outcome.failure }),
  };
}
