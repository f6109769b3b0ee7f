import { defined } from '../language/defined.js';
import type { FactDescription, FactType } from '../model/fact.js';
import type { Host } from '../model/host.js';
import type { HostOutcome, Connection } from '../model/outcome.js';
import type { Reading, Value } from '../model/reading.js';
import { type SavedHostJson } from './saved-host-schema.js';
import { hostToSaved } from './saved-host.js';
import { safeJson } from '../text/safe-json.js';

/** One host of a collection: who it is, and what it said or why it did not. */
export interface SavedHost {
  readonly host: Host;
  readonly outcome: HostOutcome;
}

/** One line of JSON, with its line end. */
export function savedLine(host: Host, outcome: HostOutcome): string {
  return `${safeJson(hostToSaved(host, outcome))}\n`;
}

const IS_OF: Readonly<Record<FactType['kind'], (value: Value) => boolean>> = {
  int: (value) => typeof value === 'number' && Number.isSafeInteger(value),
  bool: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  enum: (value) => typeof value === 'string',
  list: (value) => Array.isArray(value),
  map: (value) => typeof value === 'object' && !Array.isArray(value),
};

/** Which reading has a value that its fact cannot have, in words. */
export function wrongValue(
  readings: Iterable<readonly [string, Reading]>,
  facts: ReadonlyMap<string, FactDescription>,
): string | undefined {
  for (const [id, reading] of readings) {
    const type = facts.get(id)?.type;
    if (type === undefined || reading.state !== 'known') continue;
    const fits =
      IS_OF[type.kind](reading.value) && (type.kind !== 'enum' || type.values.some((value) => value === reading.value));
    if (!fits) return `${id} is ${JSON.stringify(reading.value).slice(0, 60)}, which is not of its type (${type.kind})`;
  }
  return undefined;
}

/** Of a host that was not asked nothing is known of the way. */
function savedConnection({ address, port, transport, transportReason, via }: SavedHostJson): {
  readonly reach?: Connection;
} {
  return transport === 'auto'
    ? {}
    : {
        reach: {
          address,
          port,
          transport,
          ...defined({ transportReason, via }),
        },
      };
}

export function outcomeOf(json: SavedHostJson): HostOutcome {
  const { name, tookMs, attempts, collector, failure, readings } = json;
  const asked = { host: name, tookMs, ...defined({ attempts }), ...savedConnection(json) };
  if (failure !== undefined) return { ...asked, reached: false, failure };
  return {
    ...asked,
    reached: true,
    readings: new Map<string, Reading>(Object.entries(readings ?? {})),
    ...defined({ collector }),
  };
}

export function savedHost(json: SavedHostJson, file: string, line: number): SavedHost {
  return {
    host: {
      name: json.name,
      address: json.address,
      port: json.port,
      identityFiles: [],
      ...defined({ profile: json.profile }),
      groups: json.groups,
      labels: json.labels,
      transport: json.transport,
      at: { file, line, column: 1 },
    },
    outcome: outcomeOf(json),
  };
}
