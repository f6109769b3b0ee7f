import type { Client, ClientChannel } from 'ssh2';
import type { RunOutcome } from '../../model/outcome.js';
import { clean } from '../../text/clean.js';
import { failureOfAbort } from '../failure.js';
import { collectOutput } from '../capped-output.js';
import { openAhead, type ChannelAhead } from './channel-ahead.js';
import { endOnce, execAtOnce, getPacketSize, muteChannel, sayGoodbye, wentAhead } from './internals.js';
import { IS_PLAIN } from './raw-keys.js';
import { scriptInput } from './script-input.js';
import type { RunLimits, Script, Session } from '../transport.js';
import type { Stream } from '../connect/stream.js';

/** What a script is run by. The login shell gets these two words to understand and nothing to quote. */
const COMMAND = 'exec sh -s';

/** After the exit status, a server may keep the channel open for a background process that an rc file left behind. */
const AFTER_EXIT_MS = 1000;

/** For a network that takes no more bytes; most goodbyes are gone at once. */
const GOODBYE_MS = 1000;

/**
 * ssh2 cuts what it sends into pieces of the size that the host asks for; at 0 it never comes to an end
 * (lib/Channel.js).
 */
const LEAST_PACKET = 256;

/**
 * Bytes on the wire that `maxBytes` of output may need in small packets. Before the command is confirmed ssh2 keeps
 * them all.
 */
function mostOnTheStream(maxBytes: number): number {
  return 4 * maxBytes + 64 * 1024;
}

type Ending =
  | Pick<Extract<RunOutcome, { ended: 'disconnected' }>, 'ended' | 'detail'>
  | { readonly ended: 'timed-out' };

export function createSsh2Session(client: Client, socket: Stream, where: string, signal: AbortSignal): Session {
  let over: Ending | undefined;
  let isLeaving = false;
  let running: ((ending: Ending) => void) | undefined;
  let open: ClientChannel | undefined;
  let isFirst = true;
  /** For the script that runs, and for the next one. */
  let used: ChannelAhead | undefined;
  let ahead: ChannelAhead | undefined;

  /** The first ending stays: of most sessions several are told, and only that one is put into words. */
  const end = (ending: () => Ending): void => {
    over ??= ending();
    if (open !== undefined) muteChannel(open);
    used?.mute();
    ahead?.mute();
    running?.(over);
    if (!isLeaving) socket.destroy();
  };
  const disconnected = (detail: string): Ending => ({
    ended: 'disconnected',
    detail: clean(`${where}: ${detail}`, 500),
  });
  const disconnect = (detail: string): void => end(() => disconnected(detail));
  const aborted = (): void => {
    const { code, detail } = failureOfAbort(signal, where);
    end(() => (code === 'host-timed-out' ? { ended: 'timed-out' } : { ended: 'disconnected', detail }));
  };
  client.on('error', (error: Error) => disconnect(error.message));
  socket.prependListener('end', () => disconnect('the host closed the connection'));
  socket.prependListener('close', () => {
    signal.removeEventListener('abort', aborted);
    disconnect('the connection was lost');
  });
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });

  /** Says goodbye, so that the host's log holds no lost connection, and waits for no answer. */
  const leave = (): void => {
    if (over !== undefined) return;
    over = disconnected('the session was closed');
    try {
      if (!sayGoodbye(client)) client.end();
      isLeaving = true;
      // What the network has taken needs no end of the stream before its close, which takes a system call and two turns.
      socket.uncork();
      if (socket.writableLength === 0) {
        socket.destroy();
        return;
      }
      socket.destroySoon();
      const patience = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
      // Else it would hold the whole connection for as long, and a run has hundreds a second.
      socket.once('close', () => clearTimeout(patience));
    } catch {
      socket.destroy(); // the goodbye could not be written: the connection is as good as gone
    }
  };

  const run = (script: Script, { timeoutMs, maxBytes, mayGoOn = false }: RunLimits): Promise<RunOutcome> =>
    new Promise((resolve) => {
      const started = performance.now();
      const output = collectOutput(maxBytes);
      const result = (): { readonly stdout: Uint8Array; readonly stderr: Uint8Array } => ({
        stdout: output.stdout(),
        stderr: output.stderr(),
      });
      let exit: { readonly status: number | undefined } | undefined;
      let afterExit: NodeJS.Timeout | undefined;
      let settled = false;

      const settle = (outcome: RunOutcome): void => {
        if (settled) return;
        settled = true;
        clearTimeout(deadline);
        clearTimeout(afterExit);
        socket.off('data', watch);
        running = undefined;
        resolve(outcome);
        if (outcome.ended !== 'exited') disconnect('the session is over');
      };
      const exited = (): void => settle({ ended: 'exited', status: exit?.status, ...result() });
      const stop = (ending: Ending): void => {
        if (exit !== undefined) exited();
        else
          settle(
            ending.ended === 'timed-out'
              ? { ...ending, afterMs: Math.round(performance.now() - started), ...result() }
              : { ...ending, ...result() },
          );
      };
      const add =
        (stream: 'stdout' | 'stderr') =>
        (chunk: Buffer): void => {
          if (!settled && !output.add(stream, chunk))
            settle({ ended: 'output-too-large', limitBytes: maxBytes, ...result() });
        };
      const before = socket.bytesRead;
      const watch = (): void => {
        if (socket.bytesRead - before > mostOnTheStream(maxBytes))
          settle({ ended: 'output-too-large', limitBytes: maxBytes, ...result() });
      };
      const deadline = setTimeout(() => stop({ ended: 'timed-out' }), timeoutMs);
      running = stop;
      if (over !== undefined) {
        stop(over);
        return;
      }

      const input = scriptInput(script);
      const opened = (error: Error | undefined, channel: ClientChannel, isSent: boolean): void => {
        if (error !== undefined) {
          stop(disconnected(`the host does not run a command: ${error.message}`));
          return;
        }
        if (settled) {
          muteChannel(channel);
          return;
        }
        const size = getPacketSize(channel);
        if (size !== undefined && size < LEAST_PACKET) {
          muteChannel(channel);
          stop(disconnected(`the host takes packets of no more than ${size} bytes`));
          return;
        }
        open = channel;
        if (!IS_PLAIN) endOnce(channel);
        channel.on('error', (broken: Error) => stop(disconnected(broken.message)));
        channel.stderr.on('error', (broken: Error) => stop(disconnected(broken.message)));
        channel.on('data', add('stdout'));
        channel.stderr.on('data', add('stderr'));
        channel.on('exit', (status: number | null) => {
          exit ??= { status: status ?? undefined };
          afterExit ??= setTimeout(exited, AFTER_EXIT_MS);
        });
        channel.on('close', exited);
        if (isSent) channel.end();
        else channel.end(input.copy());
      };
      const ask = (isAhead: boolean): void => {
        client.exec(COMMAND, (error, channel) =>
          opened(error, channel, error === undefined && isAhead && wentAhead(channel)),
        );
      };
      const askAnew = (): void => {
        try {
          ask(false);
        } catch (thrown) {
          stop(disconnected(String(thrown)));
        }
      };
      socket.on('data', watch);
      try {
        if (IS_PLAIN) ask(false);
        else if (isFirst) ask(execAtOnce(client, COMMAND, input) === 'the input too');
        else {
          used = ahead?.isOver() === false ? ahead : openAhead(client);
          if (used === undefined) ask(false);
          else used.run(COMMAND, input, opened, askAnew);
        }
        isFirst = false;
        // Behind what waits for an answer, so that nobody waits for it.
        ahead = mayGoOn && !IS_PLAIN ? openAhead(client) : undefined;
      } catch (thrown) {
        stop(disconnected(String(thrown)));
      }
    });

  return {
    run,
    close: () => {
      signal.removeEventListener('abort', aborted);
      leave();
      disconnect('the session was closed');
      return Promise.resolve();
    },
  };
}
