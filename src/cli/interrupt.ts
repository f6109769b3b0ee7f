import { setMaxListeners } from 'node:events';
import { Stop } from './stop.js';

/** Ctrl-C and SIGTERM, turned into an abort that lets the run write what is known. */
export interface Interrupts {
  readonly signal: AbortSignal;
  readonly by: () => 'SIGINT' | 'SIGTERM' | undefined;
  readonly stop: () => void;
}

const CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first signal ends the run early; a second one ends the process at once. */
export const listenForInterrupts = (): Interrupts => {
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
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    by: () => by,
    stop: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
};

/** Work that leaves nothing to be written: Ctrl-C and SIGTERM end it, and the command with it. */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
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
};
