import { createConnection, isIP, type Socket } from 'node:net';
import { defined } from '../../language/defined.js';
import type { ConnectFailure } from '../../model/outcome.js';
import { coalesceWrites } from './coalesce-writes.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { readToMeasure } from './read-to-measure.js';

export type ConnectedSocket =
  | { readonly ok: true; readonly socket: Socket }
  | { readonly ok: false; readonly failure: ConnectFailure };

function place(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** One address. The socket keeps an error listener for ever: an error without one would end the process. */
function dialOne(
  address: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
  localAddress?: string,
): Promise<ConnectedSocket> {
  return new Promise((resolve) => {
    const socket: Socket = createConnection({
      host: address,
      port,
      noDelay: true,
      onread: readToMeasure(() => socket),
      ...defined({ localAddress }),
    });
    coalesceWrites(socket);
    const where = place(address, port);
    const settle = (connected: ConnectedSocket): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      if (!connected.ok) socket.destroy();
      resolve(connected);
    };
    const timer = setTimeout(
      () =>
        settle({ ok: false, failure: failure('connect-timed-out', `${where} did not answer within ${timeoutMs} ms`) }),
      timeoutMs,
    );
    const aborted = (): void => settle({ ok: false, failure: failureOfAbort(signal, `while connecting to ${where}`) });
    signal.addEventListener('abort', aborted, { once: true });
    socket.on('error', (error) => settle({ ok: false, failure: toFailure(error, 'network-unreachable', where) }));
    socket.once('connect', () => settle({ ok: true, socket }));
  });
}

/**
 * Connects to the first address that answers, one after another, each with its share of the time that is left. (Node's
 * own way with several addresses gives each 250 ms, which is less than a round trip to a far site.)
 */
export async function dial(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
  localAddress?: string,
): Promise<ConnectedSocket> {
  const deadline = performance.now() + timeoutMs;
  let last: ConnectedSocket = { ok: false, failure: failure('name-not-resolved', 'the name has no address') };
  for (const [index, address] of addresses.entries()) {
    if (signal.aborted)
      return { ok: false, failure: failureOfAbort(signal, `before connecting to ${place(address, port)}`) };
    const share = Math.max(1, Math.ceil((deadline - performance.now()) / (addresses.length - index)));
    last = await dialOne(address, port, share, signal, localAddress);
    if (last.ok || signal.aborted) return last;
  }
  return last;
}
