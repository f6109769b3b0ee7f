import { isIP } from 'node:net';
import type { ConnectFailure } from '../../model/outcome.js';
import { dial } from './dial.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { formatProgram, startProxyProgram } from './proxy-program.js';
import type { Resolve } from './resolve.js';
import { formatTarget, type Target } from '../targets/target.js';
import { raceAbort } from './race-abort.js';
import type { Stream } from './stream.js';

/** A way to a host that is open, before a word of SSH was said. */
export type ConnectedStream =
  | {
      readonly ok: true;
      readonly stream: Stream;
      /** What of the way is broken, where something is: then the host itself is not to blame. */
      readonly lost: () => Promise<ConnectFailure | undefined>;
    }
  | { readonly ok: false; readonly failure: ConnectFailure };

export type DialTarget = (target: Target, timeoutMs: number, signal: AbortSignal) => Promise<ConnectedStream>;

const FAMILY = { any: undefined, inet: 4, inet6: 6 } as const;

/** By its own name or address, from here. */
async function dialDirectly(
  target: Target,
  resolve: Resolve,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ConnectedStream> {
  const { address, port, settings } = target;
  const resolved = await raceAbort(resolve(address), signal);
  if (resolved === undefined)
    return { ok: false, failure: failureOfAbort(signal, `${formatTarget(target)}, while its name was looked up`) };
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
  const connected = await dial(addresses, port, timeoutMs, signal, settings.bindAddress);
  return connected.ok ? { ok: true, stream: connected.socket, lost: () => Promise.resolve(undefined) } : connected;
}

/** Opens the way to a host, whatever it is. @param overJump by way of a jump host */
export function createDialTarget(
  resolve: Resolve,
  overJump: (target: Target, over: Target, timeoutMs: number, signal: AbortSignal) => Promise<ConnectedStream>,
): DialTarget {
  return (target, timeoutMs, signal) => {
    const { route } = target;
    switch (route.by) {
      case 'direct':
        return dialDirectly(target, resolve, timeoutMs, signal);
      case 'jump':
        return overJump(target, route.over, timeoutMs, signal);
      case 'program':
      case 'command':
        try {
          const { stream, ended } = startProxyProgram(route, target);
          const lost = async (): Promise<ConnectFailure | undefined> => {
            const how = await ended();
            return how === undefined
              ? undefined
              : failure('jump-host-failed', `${formatTarget(target)}: ${formatProgram(route)}: ${how}`);
          };
          return Promise.resolve({ ok: true, stream, lost });
        } catch (thrown) {
          return Promise.resolve({
            ok: false,
            failure: failure(
              'jump-host-failed',
              toFailure(thrown, 'internal', `${formatTarget(target)}: ${formatProgram(route)}`).detail,
            ),
          });
        }
    }
  };
}
