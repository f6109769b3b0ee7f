import type { Client, ClientChannel } from 'ssh2';
import { readProperty } from '../error-detail.js';

// The three places where kernward knows more of ssh2 than its documentation says. package.json pins the exact version,
// and a test holds that what is used here is still there.

function requestFailure(protocol: unknown): void {
  const decline = readProperty(protocol, 'requestFailure');
  if (typeof decline === 'function') Reflect.apply(decline, protocol, []);
}

/**
 * Declines every global request of the server. ssh2 1.17.0 answers OpenSSH's `hostkeys-00@openssh.com` by asking the
 * server to prove each of its keys (lib/client.js, hostKeysProve): a round trip, a signature on every host, a fifth of
 * our CPU time, and an error when the server holds a kind of key that ssh2 cannot parse. It has no option for that.
 *
 * @returns false where this ssh2 has no such table of handlers; then it behaves as it does by itself
 */
export function declineGlobalRequests(client: Client): boolean {
  const handlers = readProperty(readProperty(client, '_protocol'), '_handlers');
  if (
    typeof handlers !== 'object' ||
    handlers === null ||
    typeof readProperty(handlers, 'GLOBAL_REQUEST') !== 'function'
  )
    return false;
  return Reflect.set(handlers, 'GLOBAL_REQUEST', (protocol: unknown, _name: string, wantsReply: boolean): void => {
    if (wantsReply) requestFailure(protocol);
  });
}

/**
 * Makes ssh2 write nothing more for a channel (lib/Channel.js looks at `outgoing.state` before each write). After the
 * socket has ended each of its writes throws, and some are made from ticks of the stream, where nobody can catch.
 *
 * @returns false where this ssh2 keeps no such state
 */
export function muteChannel(channel: ClientChannel): boolean {
  const outgoing = readProperty(channel, 'outgoing');
  return (
    typeof outgoing === 'object' && outgoing !== null && 'state' in outgoing && Reflect.set(outgoing, 'state', 'closed')
  );
}

/**
 * The largest packet that the host said it takes on a channel, in bytes; undefined where this ssh2 keeps no such
 * number.
 */
export function getPacketSize(channel: ClientChannel): number | undefined {
  const size = readProperty(readProperty(channel, 'outgoing'), 'packetSize');
  return typeof size === 'number' ? size : undefined;
}
