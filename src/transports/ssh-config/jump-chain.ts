import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { JumpHop } from './jump.js';
import type { ResolvedSshConfig } from './resolved.js';

/** Gives the configuration of one host: our own resolver, with `ssh -G` behind it where that is needed. */
export type ResolveHop = (hop: JumpHop, jump: readonly JumpHop[] | undefined) => Promise<Loaded<ResolvedSshConfig>>;

/** Hosts on the way to one host, more than any network has; a configuration that goes round in a circle has no end. */
const MOST_HOPS = 16;

function tooLong(target: ResolvedSshConfig): Diagnostic {
  return {
    code: 'ssh-config/jump-loop',
    severity: 'error',
    message: `${target.host} is reached over more than ${MOST_HOPS} jump hosts: one of them is reached over itself`,
  };
}

/**
 * The hosts over which a host is reached, each with its own configuration, the first of them connected to from here. As
 * ssh does: the last of a chain is given the ones before it as its own jump hosts; a chain of one leaves that host its
 * own ProxyJump or ProxyCommand.
 *
 * @param resolve called once a hop; `jump` is what takes the place of the hop's own ProxyJump, where it is given
 */
export async function jumpChain(
  target: ResolvedSshConfig,
  resolve: ResolveHop,
): Promise<Loaded<readonly ResolvedSshConfig[]>> {
  const chain: ResolvedSshConfig[] = [];
  let current = target;
  while (current.route.by === 'jump') {
    if (chain.length >= MOST_HOPS) return wrong([tooLong(target)]);
    const last = current.route.hops.at(-1);
    if (last === undefined) break;
    const before = current.route.hops.slice(0, -1);
    const { value, diagnostics } = await resolve(last, before.length > 0 ? before : undefined);
    if (value === undefined) return wrong(diagnostics);
    chain.unshift(value);
    current = value;
  }
  return right(chain);
}
