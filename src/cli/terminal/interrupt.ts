import { setMaxListeners } from 'node:events';
import { Stop } from './exit.js';
import { interruption, type EndingSignal } from '../../run/run-end.js';

/** Ctrl-C and SIGTERM, turned into an abort that lets a run write what is known. */
export interface Interrupts {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

const CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first signal ends the run early; a second one ends the process at once. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, controller.signal);
  const onSignal = (name: EndingSignal): void => {
    if (controller.signal.aborted) process.exit(CODE[name]);
    process.stderr.write(`\nkernward: ${name}: writing what is known; once more to stop at once\n`);
    controller.abort(interruption(name));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}

/** Work that leaves nothing to be written: Ctrl-C and SIGTERM end it, and the command with it. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const onSignal = (name: EndingSignal): void => controller.abort(new Stop(CODE[name]));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const done = await work(controller.signal);
    controller.signal.throwIfAborted();
    return done;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
