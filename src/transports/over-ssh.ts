import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { Host } from '../model/host.js';
import { createAutoTransport } from './auto.js';
import { agentSocket } from './control-machine.js';
import { createNeedForOpenssh } from './choose-transport.js';
import { gatewayId } from './connect/jump-hosts.js';
import { isOverSsh, type JumpHosts, type TransportHelp } from './create-transports.js';
import { createAgent } from './keys/agent.js';
import { createIdentities, type Identities } from './keys/identities.js';
import { opensshProblem } from './openssh/find-program.js';
import { createOpensshTransport, type OpensshTransport } from './openssh/transport.js';
import { createSsh2Transport, type PassJump } from './ssh2/transport.js';
import { jumpHosts, type Target, type TargetOf } from './targets/target.js';
import type { Transport } from './transport.js';

/** Agent, keys and passphrases, which are asked for before the clocks of the hosts start. */
async function identitiesFor(
  targets: readonly Target[],
  { askPassphrase, signal }: TransportHelp,
): Promise<Identities> {
  const socket = agentSocket();
  const identities = createIdentities({
    ...(socket === undefined ? {} : { agent: createAgent(socket) }),
    ...(askPassphrase === undefined
      ? {}
      : { askPassphrase: async (file) => (signal?.aborted === true ? undefined : askPassphrase(file)) }),
  });
  const ends = targets.flatMap((target) => [...jumpHosts(target), target]);
  for (const keys of new Set(ends.map(({ settings }) => settings.keys))) {
    await identities.forKeys(keys);
    signal?.throwIfAborted();
  }
  return identities;
}

/** What hosts are reached by over SSH. */
export interface OverSsh {
  readonly transports: readonly Transport[];
  /** Some hosts, or jump hosts, are reached by processes of the system's ssh. */
  readonly usesOpenssh: boolean;
  readonly jumpHosts: JumpHosts;
}

function jumpHostsOf(targetOf: TargetOf, capacityOf: (over: Target) => number): JumpHosts {
  const byId = new Map<string, Target>();
  const idOf = memoize(gatewayId);
  return {
    of: (host) => {
      if (!isOverSsh(host)) return undefined;
      const { route } = targetOf(host);
      if (route.by !== 'jump') return undefined;
      const id = idOf(route.over);
      if (!byId.has(id)) byId.set(id, route.over);
      return id;
    },
    mostBehind: (id) => {
      const over = byId.get(id);
      return over === undefined ? undefined : capacityOf(over);
    },
  };
}

/** The transports over SSH share what was planned, and the jump hosts that need the system's ssh. */
export async function overSsh(
  hosts: readonly Host[],
  authTimeoutMs: number,
  targetOf: TargetOf,
  help: TransportHelp,
): Promise<OverSsh | Diagnostic> {
  const bySsh2 = hosts.filter(({ transport }) => transport !== 'openssh').map(targetOf);
  const identities = await identitiesFor(bySsh2, help);
  const need = createNeedForOpenssh(identities);
  const isForOpenssh = (host: Host): boolean =>
    host.transport === 'openssh' || (host.transport === 'auto' && need.before(targetOf(host)) !== undefined);
  const usesOpenssh =
    hosts.some(isForOpenssh) ||
    bySsh2.some((target) => jumpHosts(target).some((over) => need.before(over) !== undefined));
  const problem = usesOpenssh ? opensshProblem() : undefined;
  if (problem !== undefined) return problem;

  const common = { authTimeoutMs, targetOf, ...defined({ password: help.password }) };
  let made: OpensshTransport | undefined;
  /** Made when the first host needs it, which may be in the middle of the run. */
  const openssh = (): OpensshTransport | undefined =>
    (made ??= usesOpenssh || opensshProblem() === undefined ? createOpensshTransport(common) : undefined);
  const passJump: PassJump = (target, over, timeoutMs, signal) =>
    need.before(over) === undefined ? undefined : openssh()?.passJump(target, over, timeoutMs, signal);
  const ssh2 = createSsh2Transport({ ...common, identities, passJump });
  const lazily: Transport = {
    name: 'openssh',
    open: (host, signal) => openssh()?.open(host, signal) ?? Promise.reject(new Error('there is no ssh')),
    close: async () => made?.close(),
  };
  return {
    transports: [createAutoTransport({ targetOf, need, ssh2, openssh }), ssh2, lazily],
    usesOpenssh,
    // Each keeps connections of its own, and one has none where the other passes the jump host.
    jumpHosts: jumpHostsOf(targetOf, (over) =>
      Math.min(ssh2.capacityOf(over), made?.capacityOf(over) ?? Number.POSITIVE_INFINITY),
    ),
  };
}
