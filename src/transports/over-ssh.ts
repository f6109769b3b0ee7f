import { defined } from '../language/defined.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { Host } from '../model/host.js';
import { createAutoTransport } from './auto.js';
import { agentSocket } from './control-machine.js';
import { createNeedForOpenssh, type NeedForOpenssh } from './choose-transport.js';
import { createResolver } from './connect/resolve.js';
import { gatewayId } from './connect/jump-hosts.js';
import { isOverSsh, type JumpHosts, type TransportHelp } from './create-transports.js';
import { memoize } from '../language/memoize.js';
import { createAgent } from './keys/agent.js';
import { createIdentities, type Identities } from './keys/identities.js';
import { opensshProblem } from './openssh/find-program.js';
import { createLoan, type Loan } from './loan/lend.js';
import { createOpensshTransport, type OpensshOptions, type OpensshTransport } from './openssh/transport.js';
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
  /** Has other threads reach hosts with the same keys, agent and known hosts. */
  readonly loan: Loan;
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

/** The system's ssh, made when the first host needs it, which may be in the middle of the run. */
interface OnDemand {
  readonly openssh: () => OpensshTransport | undefined;
  readonly passJump: PassJump;
  readonly lazily: Transport;
  /** As of the transport; undefined: nobody has needed it so far. */
  readonly capacityOf: (over: Target) => number | undefined;
}

/** @param isThere whether that was found out before */
export function createOnDemand(options: OpensshOptions, need: NeedForOpenssh, isThere = false): OnDemand {
  let made: OpensshTransport | undefined;
  const openssh = (): OpensshTransport | undefined =>
    (made ??= isThere || opensshProblem() === undefined ? createOpensshTransport(options) : undefined);
  return {
    openssh,
    passJump: (target, over, timeoutMs, signal) =>
      need.before(over) === undefined ? undefined : openssh()?.passJump(target, over, timeoutMs, signal),
    lazily: {
      name: 'openssh',
      open: (host, signal) => openssh()?.open(host, signal) ?? Promise.reject(new Error('there is no ssh')),
      close: async () => made?.close(),
    },
    capacityOf: (over) => made?.capacityOf(over),
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
  const { openssh, passJump, lazily, capacityOf } = createOnDemand(common, need, usesOpenssh);
  const resolver = createResolver();
  const ssh2 = createSsh2Transport({ ...common, identities, passJump, resolver });
  const loan = createLoan({
    targetOf,
    identities,
    need,
    resolve: resolver.resolve,
    authTimeoutMs,
    password: help.password?.reveal(),
  });
  return {
    transports: [createAutoTransport({ targetOf, need, ssh2, openssh }), ssh2, lazily],
    usesOpenssh,
    loan,
    // Each keeps connections of its own, and one has none where the other passes the jump host.
    jumpHosts: jumpHostsOf(targetOf, (over) =>
      Math.min(ssh2.capacityOf(over), capacityOf(over) ?? Number.POSITIVE_INFINITY),
    ),
  };
}
