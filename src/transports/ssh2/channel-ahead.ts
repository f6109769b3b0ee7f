import type { Client, ClientChannel } from 'ssh2';
import { readProperty } from '../error-detail.js';
import type { ScriptInput } from './script-input.js';
import { getPacketSize, isOpenSsh, MOST_AHEAD, muteChannel } from './internals.js';

/** What ssh2 lets a host send on a channel, and in one packet, in bytes (lib/Channel.js); it counts by these whatever was asked for. */
export const WINDOW = 2 * 1024 * 1024;
export const PACKET_SIZE = 32 * 1024;

/** `isSent`: the input went with the command. */
type Opened = (error: Error | undefined, channel: ClientChannel, isSent: boolean) => void;

/** A channel that was asked for before anybody knows its command. */
export interface ChannelAhead {
  /** The host refused it, or has closed it: it takes no command. */
  readonly isOver: () => boolean;
  /**
   * Runs its one command as soon as the host has given the channel, with its input behind it if that fits into one packet. For what is
   * known of OpenSSH's windows see `execAtOnce`; here the channel's number is the host's own word.
   *
   * @param refused comes instead of `opened` where the host does not give the channel after all
   */
  readonly run: (command: string, input: ScriptInput, opened: Opened, refused: () => void) => void;
  /** Nothing more is written to it: see `muteChannel`. */
  readonly mute: () => void;
}

/**
 * Asks the host for a channel and for nothing to be run on it. ssh2 (lib/client.js, openChannel) gives a channel only together with its
 * command, which it sends when the channel is there, and the input when the command is confirmed: three round trips, of which two go here.
 *
 * @returns undefined where the host is not OpenSSH or this ssh2 asks otherwise
 * @throws where the connection takes nothing more
 */
export function openAhead(client: Client): ChannelAhead | undefined {
  const protocol = readProperty(client, '_protocol');
  const channels = readProperty(client, '_chanMgr');
  const add = readProperty(channels, 'add');
  const [ask, write, finish] = ['session', 'channelData', 'channelEOF'].map((name) => readProperty(protocol, name));
  if (
    !isOpenSsh(client) ||
    typeof add !== 'function' ||
    typeof ask !== 'function' ||
    ask.length !== 3 ||
    typeof write !== 'function' ||
    typeof finish !== 'function'
  )
    return undefined;

  let given: ClientChannel | undefined;
  let isRefused = false;
  let whenKnown: (() => void) | undefined;
  const isClosed = (): boolean =>
    isRefused || (given !== undefined && readProperty(readProperty(given, 'outgoing'), 'state') !== 'open');
  const answered = (error: Error | undefined, channel: ClientChannel): void => {
    if (error === undefined) {
      given = channel;
      channel.on('error', () => undefined);
      channel.stderr.on('error', () => undefined);
    } else isRefused = true;
    whenKnown?.();
  };
  const number: unknown = Reflect.apply(add, channels, [Object.assign(answered, { type: 'session' })]);
  if (typeof number !== 'number' || number < 0) return undefined;
  Reflect.apply(ask, protocol, [number, WINDOW, PACKET_SIZE]);

  const start = (channel: ClientChannel, command: string, input: ScriptInput, opened: Opened): void => {
    const outgoing = readProperty(channel, 'outgoing');
    const callbacks = readProperty(channel, '_callbacks');
    const id = readProperty(outgoing, 'id');
    // Now and not before: until the first command has its channel another stands here (execAtOnce).
    const run = readProperty(protocol, 'exec');
    if (
      !Array.isArray(callbacks) ||
      typeof run !== 'function' ||
      run.length !== 3 ||
      typeof outgoing !== 'object' ||
      outgoing === null
    ) {
      opened(new Error('this ssh2 has other insides'), channel, false);
      return;
    }
    const isSent = input.bytes <= Math.min(MOST_AHEAD, getPacketSize(channel) ?? 0);
    callbacks.push((failed: unknown) =>
      opened(failed === false ? undefined : new Error('Unable to exec'), channel, isSent),
    );
    Reflect.apply(run, protocol, [id, command, true]);
    if (!isSent) return;
    if (input.bytes > 0) Reflect.apply(write, protocol, [id, input.lend()]);
    Reflect.apply(finish, protocol, [id]);
    Reflect.set(outgoing, 'state', 'eof');
  };
  return {
    isOver: isClosed,
    run: (command, input, opened, refused) => {
      const go = (): void => {
        whenKnown = undefined;
        if (given === undefined || isClosed()) refused();
        else start(given, command, input, opened);
      };
      if (given !== undefined || isRefused) go();
      else whenKnown = go;
    },
    mute: () => {
      whenKnown = undefined;
      if (given !== undefined) muteChannel(given);
    },
  };
}
