import type { Client, ClientChannel } from 'ssh2';
import { readProperty } from '../error-detail.js';
import { isOpenSsh } from './internals.js';
import type { ScriptInput } from './script-input.js';

/** A command with its input. */
export interface Asked {
  readonly command: string;
  readonly input: ScriptInput;
  /** Whether the input ends with it. */
  readonly isAll: boolean;
  /** Whether no channel has been asked for on this connection. */
  readonly isFirst: boolean;
}

/** `isSent`: the input went with the command, and its end, where it has one. */
type Opened = (error: Error | undefined, channel: ClientChannel, isSent: boolean) => void;

const FIRST_CHANNEL = 0;

/** Bytes of data in one packet that OpenSSH takes (channels.h, CHAN_SES_PACKET_DEFAULT); a larger one it leaves out. */
const MOST_AHEAD = 32_768;

/**
 * Runs a command on a channel of its own, and sends its input together with it where one packet holds that; the first command of a
 * connection together with the question for its channel. ssh2 (lib/client.js) waits with each for the answer to the one before: a round trip for
 * the command, and one for its input.
 *
 * That needs to know that the host takes input before it has said how much it takes, and for the first the number that it will give the
 * channel. OpenSSH counts from 0 (channels.c, channel_new), and gives a channel its window of 2 MiB as it starts the command
 * (session.c, session_set_fds), before it reads what comes behind; of no other is it said. One packet comes whole or not at
 * all: half a script is never run. Where the host is another, or this ssh2 asks otherwise, nothing goes ahead.
 *
 * @throws where the connection takes nothing more
 */
export function execAtOnce(client: Client, asked: Asked, opened: Opened): void {
  const wentAhead = sendAhead(client, asked);
  client.exec(asked.command, (error, channel) =>
    opened(error, channel, wentAhead(error === undefined ? channel : undefined)),
  );
}

/** @returns whether the input of the channel that came has been sent */
function sendAhead(
  client: Client,
  { command, input, isAll, isFirst }: Asked,
): (channel: ClientChannel | undefined) => boolean {
  const protocol = readProperty(client, '_protocol');
  const [open, run, write, finish] = ['session', 'exec', 'channelData', 'channelEOF'].map((name) =>
    readProperty(protocol, name),
  );
  if (
    !isOpenSsh(client) ||
    typeof protocol !== 'object' ||
    protocol === null ||
    typeof open !== 'function' ||
    typeof run !== 'function' ||
    run.length !== 3 ||
    typeof write !== 'function' ||
    typeof finish !== 'function'
  )
    return () => false;
  const fits = input.bytes <= MOST_AHEAD;
  let sentOn: unknown;
  const send = (id: unknown): void => {
    sentOn = id;
    Reflect.apply(run, protocol, [id, command, true]);
    if (fits && input.bytes > 0) Reflect.apply(write, protocol, [id, input.lend()]);
    if (fits && isAll) Reflect.apply(finish, protocol, [id]);
  };
  // Called by ssh2 when the channel is there.
  const isSet = Reflect.set(protocol, 'exec', (id: unknown, asked: unknown, wantsReply: unknown): void => {
    Reflect.set(protocol, 'exec', run);
    if (asked !== command || (isFirst && id !== sentOn)) Reflect.apply(run, protocol, [id, asked, wantsReply]);
    else if (!isFirst) send(id);
  });
  if (isFirst && isSet)
    Reflect.set(protocol, 'session', (...channel: readonly unknown[]): void => {
      Reflect.set(protocol, 'session', open);
      Reflect.apply(open, protocol, channel);
      send(FIRST_CHANNEL);
    });
  return (channel) => {
    // Where there is no channel it was never called.
    Reflect.set(protocol, 'exec', run);
    return isSet && fits && channel !== undefined && accountFor(channel, sentOn, input.bytes, isAll);
  };
}

/**
 * Tells ssh2 of what has been sent without its knowledge: that the input has ended, or how much less the host takes. A host that counts
 * channels otherwise is told its input in the usual way.
 */
function accountFor(channel: ClientChannel, sentOn: unknown, bytes: number, isAll: boolean): boolean {
  const outgoing = readProperty(channel, 'outgoing');
  const window = readProperty(outgoing, 'window');
  if (typeof outgoing !== 'object' || outgoing === null || readProperty(outgoing, 'id') !== sentOn) return false;
  if (isAll) Reflect.set(outgoing, 'state', 'eof');
  // Of less than nothing ssh2 would never write again (lib/Channel.js, _write).
  else if (typeof window === 'number') Reflect.set(outgoing, 'window', Math.max(0, window - bytes));
  return true;
}
