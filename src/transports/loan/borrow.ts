import { defined } from '../../language/defined.js';
import { memoize } from '../../language/memoize.js';
import type { Host } from '../../model/host.js';
import { createAutoTransport } from '../auto.js';
import { createNeedForOpenssh, type NeedForOpenssh } from '../choose-transport.js';
import type { Resolver } from '../connect/resolve.js';
import type { HostKeyPolicy } from '../host-keys/policy.js';
import type { Agent } from '../keys/agent.js';
import { type Identities, reviveIdentity } from '../keys/identities.js';
import { getPassword } from '../keys/password.js';
import { createOnDemand } from '../over-ssh.js';
import { createSsh2Transport } from '../ssh2/transport.js';
import type { Route, SshSettings, Target } from '../targets/target.js';
import type { Transport } from '../transport.js';
import type { LentHost } from './lend.js';
import type { LentHostKeys, LentTarget, Lender } from './lender.js';

/** Transports over SSH whose keys, known hosts and look-ups another thread has. */
export interface Borrowed {
  readonly transports: readonly Transport[];
  /** To be told of a host before it is asked. */
  readonly learn: (host: Host, lent: LentHost) => void;
  readonly forget: (host: Host) => void;
  /** How many hosts the jump host of this one takes at the same time; undefined: it is behind none. */
  readonly roomBehind: (host: Host) => number | undefined;
}

function missing(what: string): never {
  throw new Error(`this thread was not told of ${what}`);
}

export function openBorrowed(
  lender: Lender,
  { authTimeoutMs, password }: { readonly authTimeoutMs: number; readonly password: string | undefined },
): Borrowed {
  const settings = new Map<number, SshSettings>();
  const hops = new Map<number, Target>();
  const targets = new Map<Host, Target>();
  const needs = new WeakMap<Target, string>();

  const agentOf = memoize((agent: number): Agent => ({
    keys: async () => [],
    sign: async (blob, data, hash) => Buffer.from(await lender.sign(agent, blob, data, hash)),
  }));
  const forKeys: Identities['forKeys'] = memoize(async (keys) => {
    const lent = await lender.keysFor(keys);
    return lent.ok ? { ...lent, identities: lent.identities.map((each) => reviveIdentity(each, agentOf)) } : lent;
  }, JSON.stringify);
  const identities: Identities = {
    forKeys,
    forFiles: (files) => forKeys({ files, isOnly: files.length > 0, agent: { agent: 'default' } }),
    heldForOpenssh: lender.heldForOpenssh,
  };

  const hostKeysOf = ({ policy, mode, files, likelyTypes, authority }: LentHostKeys): HostKeyPolicy => ({
    mode,
    files,
    likelyTypes: () => likelyTypes,
    authorityFor: () => authority,
    holds: (host) => lender.holds(policy, host),
    judge: (host, key) => lender.judge(policy, host, key),
    remember: (host, key) => lender.remember(policy, host, key),
  });
  const routeOf = (route: LentTarget['route']): Route =>
    route.by === 'jump' ? { by: 'jump', over: hops.get(route.over) ?? missing('a jump host') } : route;
  const toTarget = ({ need, ...lent }: LentTarget): Target => {
    const target: Target = {
      ...lent,
      hostKeys: hostKeysOf(lent.hostKeys),
      settings: settings.get(lent.settings) ?? missing('the settings of a host'),
      route: routeOf(lent.route),
    };
    if (need !== undefined) needs.set(target, need);
    return target;
  };

  const targetOf = (host: Host): Target => targets.get(host) ?? missing(`where ${host.name} leads`);
  const need: NeedForOpenssh = {
    before: (target) => needs.get(target),
    after: createNeedForOpenssh(identities).after,
  };
  const resolver: Resolver = { resolve: lender.resolve, close: () => undefined };
  const common = {
    authTimeoutMs,
    targetOf,
    ...defined({ password: password === undefined ? undefined : getPassword(password) }),
  };
  const { openssh, passJump, lazily, capacityOf } = createOnDemand(common, need);
  const ssh2 = createSsh2Transport({ ...common, identities, passJump, resolver });
  return {
    transports: [createAutoTransport({ targetOf, need, ssh2, openssh }), ssh2, lazily],
    learn: (host, { target, learned }) => {
      for (const [number, each] of learned.settings) settings.set(number, each);
      // In their order: one that is reached over another comes after it.
      for (const [number, each] of learned.hops) hops.set(number, toTarget(each));
      targets.set(host, toTarget(target));
    },
    forget: (host) => void targets.delete(host),
    roomBehind: (host) => {
      const route = targets.get(host)?.route;
      return route?.by === 'jump'
        ? Math.min(ssh2.capacityOf(route.over), capacityOf(route.over) ?? Number.POSITIVE_INFINITY)
        : undefined;
    },
  };
}
