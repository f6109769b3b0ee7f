import { createPrivateKey } from 'node:crypto';
import { defined } from '../../language/defined.js';
import { memoize } from '../../language/memoize.js';
import type { Host } from '../../model/host.js';
import type { NeedForOpenssh } from '../choose-transport.js';
import type { Resolve } from '../connect/resolve.js';
import { gatewayId } from '../connect/jump-hosts.js';
import type { HostKeyPolicy } from '../host-keys/policy.js';
import type { Agent } from '../keys/agent.js';
import type { Identities, Identity } from '../keys/identities.js';
import { jumpHosts, type SshSettings, type Target, type TargetOf } from '../targets/target.js';
import type { Learned, LentIdentity, LentTarget, Lender } from './lender.js';

/** What a host is asked with in another thread. */
export interface LentHost {
  readonly target: LentTarget;
  readonly learned: Learned;
}

export interface Loan {
  readonly lender: Lender;
  readonly authTimeoutMs: number;
  /** Of `--ask-pass`. */
  readonly password: string | undefined;
  /** What all hosts have in common that must be asked by one thread: the jump host that is connected to from here. */
  readonly tieOf: (host: Host) => string | undefined;
  /**
   * Where a host leads, for a thread.
   *
   * @param known the numbers that the thread was told before; those that it is told now are added
   */
  readonly lend: (host: Host, known: Set<number>) => LentHost;
}

export interface Lending {
  readonly targetOf: TargetOf;
  readonly identities: Identities;
  readonly need: NeedForOpenssh;
  readonly resolve: Resolve;
  readonly authTimeoutMs: number;
  readonly password: string | undefined;
}

/** Things that have numbers, from 0 on. */
function numbered<T extends object>(): { readonly of: (thing: T) => number; readonly at: (number: number) => T } {
  const things: T[] = [];
  const numberOf = memoize((thing: T): number => things.push(thing) - 1);
  return {
    of: numberOf,
    at: (number) => {
      const thing = things[number];
      if (thing === undefined) throw new Error(`nothing was lent under the number ${number}`);
      return thing;
    },
  };
}

function buffer({ buffer: bytes, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(bytes, byteOffset, byteLength);
}

/** Has what is there once serve other threads as well. */
export function createLoan({ targetOf, identities, need, resolve, authTimeoutMs, password }: Lending): Loan {
  const policies = numbered<HostKeyPolicy>();
  const agents = numbered<Agent>();
  // Both kinds are told to threads, and have their numbers from one count.
  const told = numbered<SshSettings | Target>();
  const privateKey = memoize((pem: string) => createPrivateKey(pem));

  const toLent = ({ label, source }: Identity): LentIdentity =>
    'agent' in source
      ? { by: 'agent', label, blob: source.blob, agent: agents.of(source.agent) }
      : { by: 'file', label, blob: source.key.getPublicSSH(), key: privateKey(source.key.getPrivatePEM()) };

  const lender: Lender = {
    judge: async (policy, host, key) => policies.at(policy).judge(host, buffer(key)),
    remember: async (policy, host, key) => policies.at(policy).remember(host, buffer(key)),
    holds: (policy, host) => policies.at(policy).holds(host),
    keysFor: async (keys) => {
      const found = await identities.forKeys(keys);
      return found.ok ? { ...found, identities: found.identities.map(toLent) } : found;
    },
    heldForOpenssh: (keys) => identities.heldForOpenssh(keys),
    sign: (agent, blob, data, hash) => agents.at(agent).sign(buffer(blob), buffer(data), hash),
    resolve,
  };

  const targetFor = (target: Target): LentTarget => {
    const { hostKeys, settings, route, knownAs, ...rest } = target;
    return {
      ...rest,
      knownAs,
      hostKeys: {
        policy: policies.of(hostKeys),
        mode: hostKeys.mode,
        files: hostKeys.files,
        likelyTypes: hostKeys.likelyTypes(knownAs),
        ...defined({ authority: hostKeys.authorityFor(knownAs) }),
      },
      settings: told.of(settings),
      route: route.by === 'jump' ? { by: 'jump', over: told.of(route.over) } : route,
      ...defined({ need: need.before(target) }),
    };
  };

  return {
    lender,
    authTimeoutMs,
    password,
    tieOf: (host) => {
      const [first] = jumpHosts(targetOf(host));
      return first && gatewayId(first);
    },
    lend: (host, known) => {
      const target = targetOf(host);
      const isNew = (thing: SshSettings | Target): boolean => {
        const number = told.of(thing);
        if (known.has(number)) return false;
        known.add(number);
        return true;
      };
      const hops = jumpHosts(target).filter(isNew);
      const settings = [...hops, target].map((end) => end.settings).filter(isNew);
      return {
        target: targetFor(target),
        learned: {
          settings: settings.map((each) => [told.of(each), each]),
          hops: hops.map((each) => [told.of(each), targetFor(each)]),
        },
      };
    },
  };
}
