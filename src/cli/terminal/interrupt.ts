import { setMaxListeners } from 'node:events';
import { Stop } from './exit.js';
import { runDeadline } from '../../transports/failure.js';

/** What can end a run early (Ctrl-C, SIGTERM, its deadline), turned into an abort that lets it write what is known. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** The signal that ended the run; a deadline is none. */
  readonly by: () => 'SIGINT' | 'SIGTERM' | undefined;
  readonly stop: () => void;
}

const CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The first signal ends the run early; a second one ends the process at once.
 *
 * @param deadlineMs for the run as a whole, from now on; undefined: it may take as long as it takes
 */
export function listenForInterrupts(deadlineMs?: number): Interrupts {
  const controller = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, controller.signal);
  let by: 'SIGINT' | 'SIGTERM' | undefined;
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (by !== undefined) process.exit(CODE[name]);
    by = name;
    process.stderr.write(`\nkernward: ${name}: writing what is known; once more to stop at once\n`);
    controller.abort(new DOMException(name, 'AbortError'));
  };
  const expired = (): void => {
    if (controller.signal.aborted || deadlineMs === undefined) return;
    process.stderr.write(`kernward: the deadline of ${deadlineMs / 1000} s passed: writing what is known\n`);
    controller.abort(runDeadline(deadlineMs));
  };
  const deadline = deadlineMs === undefined ? undefined : setTimeout(expired, deadlineMs);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    by: () => by,
    stop: () => {
      clearTimeout(deadline);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}

/** Work that leaves nothing to be written: Ctrl-C and SIGTERM end it, and the command with it. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => controller.abort(new Stop(CODE[name]));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const done = await work(controller.signal);
    controller.signal.throwIfAborted();
    return done;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
