import { isIP } from 'node:net';
import type { ConnectFailure } from '../../model/outcome.js';
import { dial } from './dial.js';
import { failure, failureOf, failureOfAbort } from '../failure.js';
import { programInWords, startProxyProgram } from './proxy-program.js';
import type { Resolve } from './resolve.js';
import { whereOf, type Target } from '../targets/target.js';
import { unlessAborted } from './race-abort.js';
import type { Wire } from './stream.js';

/** A way to a host that is open, before a word of SSH was said. */
export type Dialled =
  | {
      readonly ok: true;
      readonly wire: Wire;
      /** What of the way is broken, where something is: then the host itself is not to blame. */
      readonly lost: () => Promise<ConnectFailure | undefined>;
    }
  | { readonly ok: false; readonly failure: ConnectFailure };

export type DialTarget = (target: Target, timeoutMs: number, signal: AbortSignal) => Promise<Dialled>;

const FAMILY = { any: undefined, inet: 4, inet6: 6 } as const;

/** By its own name or address, from here. */
async function dialDirectly(
  target: Target,
  resolve: Resolve,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Dialled> {
  const { address, port, settings } = target;
  const resolved = await unlessAborted(resolve(address), signal);
  if (resolved === undefined)
    return { ok: false, failure: failureOfAbort(signal, `${whereOf(target)}, while its name was looked up`) };
  if (!resolved.ok) return resolved;
  const family = FAMILY[settings.addressFamily];
  const addresses = resolved.addresses.filter((one) => family === undefined || isIP(one) === family);
  if (addresses.length === 0)
    return {
      ok: false,
      failure: failure(
        'name-not-resolved',
        `${address} has no address of the family ${settings.addressFamily} (AddressFamily)`,
      ),
    };
  const dialled = await dial(addresses, port, timeoutMs, signal, settings.bindAddress);
  return dialled.ok ? { ok: true, wire: dialled.socket, lost: () => Promise.resolve(undefined) } : dialled;
}

/** Opens the way to a host, whatever it is. @param overJump by way of a jump host */
export function createDialTarget(
  resolve: Resolve,
  overJump: (target: Target, over: Target, timeoutMs: number, signal: AbortSignal) => Promise<Dialled>,
): DialTarget {
  return (target, timeoutMs, signal) => {
    const { way } = target;
    switch (way.by) {
      case 'direct':
        return dialDirectly(target, resolve, timeoutMs, signal);
      case 'jump':
        return overJump(target, way.over, timeoutMs, signal);
      case 'program':
      case 'command':
        try {
          const { wire, ended } = startProxyProgram(way, target);
          const lost = async (): Promise<ConnectFailure | undefined> => {
            const how = await ended();
            return how === undefined
              ? undefined
              : failure('jump-host-failed', `${whereOf(target)}: ${programInWords(way)}: ${how}`);
          };
          return Promise.resolve({ ok: true, wire, lost });
        } catch (thrown) {
          return Promise.resolve({
            ok: false,
            failure: failure(
              'jump-host-failed',
              failureOf(thrown, 'internal', `${whereOf(target)}: ${programInWords(way)}`).detail,
            ),
          });
        }
    }
  };
}
