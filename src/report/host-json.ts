import { defined } from '../language/defined.js';
import type { ConnectFailure } from '../model/outcome.js';
import type { Reading } from '../model/reading.js';
import type { HostReport } from '../model/report.js';
import { wayOut } from './failure-help.js';

/** A host as it stands in JSON: the readings are an object there, by fact id. */
export type HostJson = Omit<HostReport, 'readings' | 'failure'> & {
  readonly readings: Readonly<Record<string, Reading>>;
  /** With the way out, for whoever reads the JSON; older reports lack it, and nobody reads it back. */
  readonly failure?: ConnectFailure & { readonly toDo?: string };
};

/**
 * A host as JSON has it: fields in a fixed order, readings sorted by fact id, so that the same host gives the same
 * bytes however it was put together. `Object.fromEntries` defines own properties, so a fact that is called `__proto__`
 * is a name like any other.
 */
export function hostToJson(host: HostReport): HostJson {
  return {
    host: host.host,
    address: host.address,
    port: host.port,
    groups: host.groups,
    labels: host.labels,
    profile: host.profile,
    transport: host.transport,
    ...defined({ transportReason: host.transportReason, via: host.via, definedAt: host.definedAt }),
    status: host.status,
    tookMs: host.tookMs,
    ...defined({
      attempts: host.attempts,
      collector: host.collector,
      fromRun: host.fromRun,
      failure: host.failure && { ...host.failure, toDo: wayOut(host.failure).toDo },
      isNew: host.isNew,
    }),
    readings: Object.fromEntries([...host.readings].sort(([a], [b]) => (a < b ? -1 : Number(a > b)))),
    verdicts: host.verdicts,
  };
}

export function hostFromJson({ failure, ...json }: HostJson): HostReport {
  return {
    ...json,
    ...defined({ failure: failure && { code: failure.code, detail: failure.detail } }),
    readings: new Map(Object.entries(json.readings)),
  };
}
