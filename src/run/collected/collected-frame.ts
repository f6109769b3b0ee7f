import { defined } from '../../language/defined.js';
import type { Host } from '../../model/host.js';
import { safeJson } from '../../text/safe-json.js';
import type { CollectedEnd, CollectedHeader, ExpectedHost } from '../collected-schema.js';
import type { CollectPlan } from '../scan-plan.js';
import { sha256 } from '../sha256.js';

const SSH_PORT = 22;
export function toExpected(host: Host, place: number): ExpectedHost {
  const { name, address, port, profile, groups, labels, transport } = host;
  return {
    place,
    name,
    address,
    port: port ?? SSH_PORT,
    ...defined({ profile }),
    groups: [...groups],
    labels,
    transport,
  };
}

/** Two runs that ask the same hosts, cut into as many shards, have the same digest. */
export function digestOfFleet(hosts: readonly ExpectedHost[], shards: number): string {
  return sha256(JSON.stringify([shards, hosts.map(({ name, address, port }) => [name, address, port])]));
}

/** What the header of a collection says of its plan. */
export function toCollectedHeader(
  plan: CollectPlan,
  said: Pick<CollectedHeader, 'kernward' | 'runId' | 'probe'>,
): CollectedHeader {
  const { shard, startedAt, inventory, limit } = plan;
  const hosts = plan.hosts.map((host, index) => toExpected(host, shard?.places[index] ?? index));
  return {
    kind: 'collected',
    schema: 1,
    ...said,
    runId: shard?.runId ?? said.runId,
    startedAt,
    inventory: [...inventory],
    ...defined({ limit }),
    plan: shard?.plan ?? digestOfFleet(hosts, 1),
    shard: shard?.shard ?? 1,
    shards: shard?.shards ?? 1,
    fleet: shard?.fleet ?? hosts.length,
    hosts,
    ...plan.earlier,
    ...(shard?.others === undefined ? {} : { others: shard.others.map((other) => ({ ...other })) }),
  };
}

/** One line of JSON, with its line end. */
export function frameLine(frame: CollectedHeader | CollectedEnd): string {
  return `${safeJson(frame)}\n`;
}
