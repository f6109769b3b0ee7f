import { defined } from '../../language/defined.js';
import type { FactDescription, FactType } from '../../model/fact.js';
import type { Host } from '../../model/host.js';
import type { HostOutcome, Connection } from '../../model/outcome.js';
import { internSaved } from '../../facts/intern.js';
import { declaredEditions } from '../../probe/declared-editions.js';
import type { FactDefinition } from '../../facts/definition.js';
import { unreadable, type FactId, type Reading, type Readings, type Value } from '../../model/reading.js';
import type { SavedHostJson } from '../saved-host-schema.js';
import { hostToSaved } from './saved-host.js';
import { safeJson } from '../../text/safe-json.js';

/** One host of a collection: who it is, and what it said or why it did not. */
export interface SavedHost {
  readonly host: Host;
  readonly outcome: HostOutcome;
}

/** One line of JSON, with its line end. */
/** @param declared the facts that the host was asked for beside the catalogue */
export function savedLine(host: Host, outcome: HostOutcome, declared: readonly FactDefinition[] = []): string {
  return `${safeJson(hostToSaved(host, outcome, declared.length === 0 ? undefined : declaredEditions(declared)))}\n`;
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

/** What the host was not asked for in the way in which it is declared now. */
const DECLARED_SINCE = unreadable(
  'not-collected',
  'the readings were saved before it was declared, or when it was declared differently: collect them again with these policies (-p)',
);

/** The readings that mean what the policies of this run mean, and for each other fact that they declare why there is none. */
export function withDeclared(
  readings: Readings,
  declared: readonly FactDefinition[],
  saved: ReadonlyMap<FactId, string>,
): Readings {
  if (declared.length === 0) return readings;
  const editions = declaredEditions(declared);
  const all = new Map(readings);
  for (const { id } of declared) if (saved.get(id) !== editions.get(id) || !all.has(id)) all.set(id, DECLARED_SINCE);
  return all;
}

export function readingsOf(
  { readings, declared: saved }: SavedHostJson,
  declared: readonly FactDefinition[],
): Readings {
  const interned = Object.entries(readings ?? {}).map(([id, reading]) => [id, internSaved(id, reading)] as const);
  return withDeclared(new Map(interned), declared, new Map(Object.entries(saved ?? {})));
}

/** @param declared what the policies of this run declare */
export function outcomeOf(json: SavedHostJson, declared: readonly FactDefinition[] = []): HostOutcome {
  const { name, tookMs, attempts, collector, failure } = json;
  const asked = { host: name, tookMs, ...defined({ attempts }), ...savedConnection(json) };
  if (failure !== undefined) return { ...asked, reached: false, failure };
  return {
    ...asked,
    reached: true,
    readings: readingsOf(json, declared),
    ...defined({ collector }),
  };
}

/** Who stands in a line, without what was needed to log in. */
export function hostOf(json: SavedHostJson, file: string, line: number): Host {
  return {
    name: json.name,
    address: json.address,
    port: json.port,
    identityFiles: [],
    ...defined({ profile: json.profile }),
    groups: json.groups,
    labels: json.labels,
    transport: json.transport,
    at: { file, line, column: 1 },
  };
}
