import { defined } from '../language/defined.js';
import type { Host } from '../model/host.js';
import type { PlannedHost, Shard } from './plan-schema.js';

/** How a host is asked, which no plan says. */
type How = Pick<Host, 'identityFiles' | 'transport' | 'at' | 'proxyJump' | 'proxyCommand' | 'sshOptions' | 'recording'>;

function toHost(planned: PlannedHost, file: string, own: Host | undefined): Host {
  const { name, address, port, user, profile, groups, labels, become } = planned;
  const how: How = own ?? { identityFiles: [], transport: 'auto', at: { file, line: 1, column: 1 } };
  const { identityFiles, transport, at, proxyJump, proxyCommand, sshOptions, recording } = how;
  return {
    name,
    address,
    identityFiles,
    groups,
    labels,
    transport,
    at,
    ...defined({ port, user, profile, become, proxyJump, proxyCommand, sshOptions, recording }),
  };
}

/**
 * The hosts of a shard as they are asked: whom the plan says, in the way that the inventory here says, if it has them.
 *
 * @param own the inventory here, by name
 */
export function hostsOfShard(shard: Shard, file: string, own: ReadonlyMap<string, Host> = new Map()): readonly Host[] {
  return shard.hosts.map((planned) => toHost(planned, file, own.get(planned.name)));
}
