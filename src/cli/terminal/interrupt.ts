import { setMaxListeners } from 'node:events';
import { Stop } from './exit.js';
import { isHangupIgnored } from './hangup.js';
import { runDeadline } from '../../transports/failure.js';

/** A terminal that was closed ends a run as SIGTERM does, but for one that `nohup` started. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

type EndedBy = keyof typeof CODE;

/** What can end a run early (Ctrl-C, SIGTERM, a terminal that is closed, its deadline), turned into an abort that lets it write what is known. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** The signal that ended the run, SIGHUP as SIGTERM; a deadline is none. */
  readonly by: () => EndedBy | undefined;
  readonly stop: () => void;
}

const CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns how to listen no longer */
function listen(onSignal: (by: EndedBy, name: NodeJS.Signals) => void): () => void {
  const heard = SIGNALS.filter((name) => name !== 'SIGHUP' || !isHangupIgnored());
  const listener = (name: NodeJS.Signals): void => onSignal(name === 'SIGINT' ? 'SIGINT' : 'SIGTERM', name);
  for (const name of heard) process.on(name, listener);
  return () => {
    for (const name of heard) process.off(name, listener);
  };
}

/**
 * The first signal ends the run early; a second one ends the process at once.
 *
 * @param deadlineMs for the run as a whole, from now on; undefined: it may take as long as it takes
 */
export function listenForInterrupts(deadlineMs?: number): Interrupts {
  const controller = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, controller.signal);
  let by: EndedBy | undefined;
  const deafen = listen((endedBy, name) => {
    if (by !== undefined) {
      // A terminal that closes sends it twice: the kernel does, and the shell.
      if (name === 'SIGHUP') return;
      process.exit(CODE[endedBy]);
    }
    by = endedBy;
    process.stderr.write(`\nkernward: ${name}: writing what is known; once more to stop at once\n`);
    controller.abort(new DOMException(name, 'AbortError'));
  });
  const expired = (): void => {
    if (controller.signal.aborted || deadlineMs === undefined) return;
    process.stderr.write(`kernward: the deadline of ${deadlineMs / 1000} s passed: writing what is known\n`);
    controller.abort(runDeadline(deadlineMs));
  };
  const deadline = deadlineMs === undefined ? undefined : setTimeout(expired, deadlineMs);
  return {
    signal: controller.signal,
    by: () => by,
    stop: () => {
      clearTimeout(deadline);
      deafen();
    },
  };
}

/** Work that holds this thread for as long as somebody else likes: no listener would be heard, so a signal ends the process. */
export function withoutListeners<T>(work: () => T): T {
  const listening = SIGNALS.filter((name) => name !== 'SIGHUP' || !isHangupIgnored()).map(
    (name) => [name, process.listeners(name)] as const,
  );
  for (const [name] of listening) process.removeAllListeners(name);
  try {
    return work();
  } finally {
    for (const [name, listeners] of listening) for (const listener of listeners) process.on(name, listener);
  }
}

/** Work that leaves nothing to be written: a signal ends it, and the command with it. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const deafen = listen((by) => controller.abort(new Stop(CODE[by])));
  try {
    const done = await work(controller.signal);
    controller.signal.throwIfAborted();
    return done;
  } finally {
    deafen();
  }
}
