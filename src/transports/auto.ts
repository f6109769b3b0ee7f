import type { Host } from '../model/host.js';
import type { NeedForOpenssh } from './choose-transport.js';
import type { TargetOf } from './targets/target.js';
import type { Opened, Transport } from './transport.js';

export interface AutoOptions {
  readonly targetOf: TargetOf;
  readonly need: NeedForOpenssh;
  readonly ssh2: Transport;
  /** Undefined: this machine has no ssh. Asked for only where a host needs it. */
  readonly openssh: () => Transport | undefined;
}

function because(opened: Opened, transportReason: string): Opened {
  return opened.reach === undefined ? opened : { ...opened, reach: { ...opened.reach, transportReason } };
}

/**
 * Reaches a host by ssh2, or by the system's ssh where something shows that it needs what ssh2 lacks: beforehand, or,
 * once, by the way in which ssh2 failed. The reason goes with the outcome.
 */
export function createAutoTransport({ targetOf, need, ssh2, openssh }: AutoOptions): Transport {
  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const target = targetOf(host);
    const before = need.before(target);
    const first = before === undefined ? undefined : openssh();
    if (before !== undefined && first !== undefined) return because(await first.open(host, signal), before);
    const opened = await ssh2.open(host, signal);
    if (opened.ok || signal.aborted) return opened;
    const after = await need.after(target, opened.failure);
    const second = after === undefined ? undefined : openssh();
    return after === undefined || second === undefined ? opened : because(await second.open(host, signal), after);
  };
  return { name: 'auto', open, close: () => Promise.resolve() };
}
