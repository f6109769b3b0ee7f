import type { Client, ClientChannel } from 'ssh2';
import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import { failure, failureOfAbort } from '../failure.js';
import { jumpFailure, type JumpConnection, type Passed } from '../connect/jump-hosts.js';
import { muteChannel } from './internals.js';
import { formatAddress, formatTarget, type Target } from '../targets/target.js';
import { readProperty, errorText } from '../error-detail.js';
import { createStream, type Stream } from '../connect/stream.js';

/** A connection to a jump host by ssh2. */
export interface Ssh2Link extends JumpConnection {
  readonly open: (to: Target, timeoutMs: number, signal: AbortSignal) => Promise<Passed<Opening>>;
}

type Opening =
  | { readonly ok: true; readonly stream: Stream }
  | { readonly ok: false; readonly failure: ConnectFailure };

/** RFC 4254, section 5.1. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** What sshd says of a connection that it could not make: the words of its C library. */
const BY_WORDS: readonly (readonly [ConnectFailureCode, RegExp])[] = [
  ['refused', /refused/iu],
  ['connect-timed-out', /timed out/iu],
  ['name-not-resolved', /name or service|not known|temporary failure|no address|unknown host/iu],
];

function refusalOf(error: Error, to: Target, over: Target): Passed<Opening> {
  const reason = readProperty(error, 'reason');
  const words = errorText(error).replace('(SSH) Channel open failure: ', '');
  const detail = `${formatAddress(to)}, from the jump host ${over.name} (${formatTarget(over)}): ${words}`;
  if (reason === CONNECT_FAILED)
    return {
      passed: {
        ok: false,
        failure: failure(BY_WORDS.find(([, sign]) => sign.test(words))?.[0] ?? 'network-unreachable', detail),
      },
    };
  if (reason === PROHIBITED)
    return {
      passed: {
        ok: false,
        failure: jumpFailure(
          over,
          failure(
            'refused',
            `it does not let a connection to ${formatAddress(to)} through: ${words} (AllowTcpForwarding, PermitOpen)`,
          ),
        ),
      },
    };
  return { full: words };
}

/** What a jump host is kept by. @param stream what its own connection runs over */
export function createSsh2Link(client: Client, stream: Stream, over: Target): Ssh2Link {
  const channels = new Map<ClientChannel, Stream>();
  let isOver = false;

  /** Nothing may write to a channel of a connection that has ended: ssh2 throws then, where nobody catches. */
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    for (const [channel, tunnel] of channels) {
      muteChannel(channel);
      tunnel.destroy();
    }
    channels.clear();
    stream.destroy();
  };
  // Every host that is being connected to listens to it.
  stream.setMaxListeners(0);
  client.on('error', end);
  stream.prependListener('end', end);
  stream.prependListener('close', end);

  const tunnelOf = (channel: ClientChannel): Stream => {
    const close = (): void => {
      if (!channels.delete(channel) || isOver) return;
      try {
        channel.close();
      } catch {
        end(); // the jump host's own connection takes no more
      }
    };
    const tunnel = createStream({ readable: channel, writable: channel, close });
    channels.set(channel, tunnel);
    return tunnel;
  };

  const open: Ssh2Link['open'] = (to, timeoutMs, signal) =>
    new Promise((resolve) => {
      let isSettled = false;
      const settle = (passed: Passed<Opening>): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        stream.off('close', gone);
        resolve(passed);
      };
      const fail = (why: ConnectFailure): void => settle({ passed: { ok: false, failure: why } });
      const aborted = (): void =>
        fail(failureOfAbort(signal, `while the jump host ${over.name} connected to ${formatAddress(to)}`));
      const gone = (): void => settle({ full: 'the connection to it was lost' });
      const timer = setTimeout(
        () =>
          fail(
            failure(
              'connect-timed-out',
              `${formatAddress(to)} did not answer the jump host ${over.name} (${formatTarget(over)}) within ${timeoutMs} ms`,
            ),
          ),
        timeoutMs,
      );
      signal.addEventListener('abort', aborted, { once: true });
      stream.once('close', gone);
      if (signal.aborted) aborted();
      else if (isOver) gone();
      else {
        try {
          client.forwardOut('127.0.0.1', 0, to.address, to.port, (error, channel) => {
            if (error !== undefined) settle(refusalOf(error, to, over));
            else if (isSettled) channel.close();
            else settle({ passed: { ok: true, stream: tunnelOf(channel) } });
          });
        } catch {
          gone();
        }
      }
    });

  return {
    open,
    isOver: () => isOver,
    close: () => {
      try {
        client.end();
      } catch {
        // its goodbye could not be written: the connection is as good as gone
      }
      end();
    },
  };
}
