import type { Client, ClientChannel } from 'ssh2';
import type { RunOutcome } from '../../model/outcome.js';
import { clean } from '../../text/clean.js';
import { failureOfAbort } from '../failure.js';
import { collectOutput } from '../capped-output.js';
import { AFTER_EXIT_MS, startPatience, type PatientTimer } from '../patience.js';
import { listenForReadingOn, type ReadingOn } from '../reading-on.js';
import { execAtOnce } from './exec-at-once.js';
import { endOnce, getPacketSize, muteChannel, sayGoodbye } from './internals.js';
import { IS_PLAIN } from './raw-keys.js';
import { scriptInput } from './script-input.js';
import type { RunLimits, Script, Session } from '../transport.js';
import type { Stream } from '../connect/stream.js';

/** What a script is run by. The login shell gets these two words to understand and nothing to quote. */
const COMMAND = 'exec sh -s';

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

/** What is told of a script that runs. */
interface Running {
  readonly stop: (ending: Ending) => void;
  readonly add: (stream: 'stdout' | 'stderr', piece: Buffer) => void;
  readonly exited: (status: number | undefined) => void;
  readonly closed: () => void;
}

export function createSsh2Session(client: Client, socket: Stream, where: string, signal: AbortSignal): Session {
  let over: Ending | undefined;
  let isLeaving = false;
  let running: Running | undefined;
  let isFirst = true;
  /** Of the script that runs, or of the last one. */
  let open: ClientChannel | undefined;
  /** Whose words are those of the script that runs. */
  let heard: ClientChannel | undefined;
  /** The channel of a shell that has run its script and reads on. */
  let kept: ClientChannel | undefined;
  /** Whether a shell that was to read on has ended with its script: the next will, too. */
  let endsWithScript = false;

  /** The first ending stays: of most sessions several are told, and only that one is put into words. */
  const end = (ending: () => Ending): void => {
    over ??= ending();
    if (open !== undefined) muteChannel(open);
    running?.stop(over);
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

  /** What comes on a channel between two scripts belongs to neither, nor does what comes on the last one's. */
  const listen = (channel: ClientChannel): void => {
    open = channel;
    heard = channel;
    const now = (): Running | undefined => (heard === channel ? running : undefined);
    const broken = ({ message }: Error): void => now()?.stop(disconnected(message));
    channel.on('error', broken);
    channel.stderr.on('error', broken);
    channel.on('data', (piece: Buffer) => now()?.add('stdout', piece));
    channel.stderr.on('data', (piece: Buffer) => now()?.add('stderr', piece));
    channel.on('exit', (status: number | null) => {
      if (kept === channel) kept = undefined;
      now()?.exited(status ?? undefined);
    });
    channel.on('close', () => {
      if (kept === channel) kept = undefined;
      now()?.closed();
    });
  };

  const run = (script: Script, { timeoutMs, maxBytes, over: lastLine }: RunLimits): Promise<RunOutcome> =>
    new Promise((resolve) => {
      const started = performance.now();
      const output = collectOutput(maxBytes);
      const result = (): { readonly stdout: Uint8Array; readonly stderr: Uint8Array } => ({
        stdout: output.stdout(),
        stderr: output.stderr(),
      });
      const awaited = endsWithScript ? undefined : lastLine;
      const shell = kept;
      kept = undefined;
      heard = shell;
      /**
       * OpenSSH counts a channel that is closed against `MaxSessions` until it has read all that came with its close (channel_garbage_collect in
       * channels.c, session_close_by_channel in session.c): a question right behind that may be refused, and the next one is not.
       */
      let mayBeFull = !isFirst;
      let isSaid = false;
      let exit: { readonly status: number | undefined } | undefined;
      let afterExit: PatientTimer | undefined;
      let readingOn: ReadingOn | undefined;
      let settled = false;

      const settle = (outcome: RunOutcome): void => {
        if (settled) return;
        settled = true;
        clearTimeout(deadline);
        afterExit?.end();
        readingOn?.end();
        socket.off('data', watch);
        running = undefined;
        endsWithScript ||= awaited !== undefined && kept === undefined;
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
      /** A shell that says nothing had ended when it was given the script. */
      const closed = (): void => {
        if (shell !== undefined && shell === heard && !isSaid) askAnew();
        else exited();
      };
      const before = socket.bytesRead;
      const tooLarge = (): void => settle({ ended: 'output-too-large', limitBytes: maxBytes, ...result() });
      const watch = (): void => {
        if (socket.bytesRead - before > mostOnTheStream(maxBytes)) tooLarge();
      };
      const deadline = setTimeout(() => stop({ ended: 'timed-out' }), timeoutMs);
      running = {
        stop,
        add: (stream, piece) => {
          isSaid ||= stream === 'stdout';
          const readsOn = readingOn?.heard(stream, piece) === true;
          if (!output.add(stream, piece)) tooLarge();
          else if (readsOn && exit === undefined) {
            kept = heard;
            settle({ ended: 'exited', status: 0, ...result() });
          }
        },
        exited: (status) => {
          exit ??= { status };
          afterExit ??= startPatience(AFTER_EXIT_MS, closed);
        },
        closed,
      };
      if (over !== undefined) {
        stop(over);
        return;
      }

      const input = scriptInput(script);
      const write = (channel: ClientChannel, isSent: boolean): void => {
        if (!isSent) channel.write(input.copy());
        if (awaited === undefined) channel.end();
        else readingOn = listenForReadingOn(awaited, () => channel.end());
      };
      const opened = (error: Error | undefined, channel: ClientChannel, isSent: boolean): void => {
        if (settled) {
          if (error === undefined) muteChannel(channel);
          return;
        }
        if (error !== undefined && mayBeFull) {
          mayBeFull = false;
          start();
          return;
        }
        if (error !== undefined) {
          stop(disconnected(`the host does not run a command: ${error.message}`));
          return;
        }
        const size = getPacketSize(channel);
        if (size !== undefined && size < LEAST_PACKET) {
          muteChannel(channel);
          stop(disconnected(`the host takes packets of no more than ${size} bytes`));
          return;
        }
        if (!IS_PLAIN) endOnce(channel);
        listen(channel);
        write(channel, isSent);
      };
      const start = (): void => {
        try {
          if (shell !== undefined && shell === heard) write(shell, false);
          else if (IS_PLAIN) client.exec(COMMAND, (error, channel) => opened(error, channel, false));
          else execAtOnce(client, { command: COMMAND, input, isAll: awaited === undefined, isFirst }, opened);
          isFirst = false;
        } catch (thrown) {
          stop(disconnected(String(thrown)));
        }
      };
      const askAnew = (): void => {
        afterExit?.end();
        readingOn?.end();
        afterExit = undefined;
        exit = undefined;
        heard = undefined;
        start();
      };
      socket.on('data', watch);
      start();
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
