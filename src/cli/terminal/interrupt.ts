import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EndingSignal, interruption } from '../../run/run-end.js';
import { Stop } from './exit.js';
import { isHangupIgnored } from './hangup.js';

/** A terminal that was closed ends a run as SIGTERM does, but for one that `nohup` started. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Ctrl-C, SIGTERM and a terminal that is closed, turned into an abort that lets a run write what is known. */
export interface Interrupts {
  /** Its reason says what ended the run, SIGHUP as SIGTERM; `interruptedBy` reads it. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

const CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns how to listen no longer */
function listen(onSignal: (by: EndingSignal, name: NodeJS.Signals) => void): () => void {
  const heard = SIGNALS.filter((name) => name !== 'SIGHUP' || !isHangupIgnored());
  const listener = (name: NodeJS.Signals): void => onSignal(name === 'SIGINT' ? 'SIGINT' : 'SIGTERM', name);
  for (const name of heard) process.on(name, listener);
  return () => {
    for (const name of heard) process.off(name, listener);
  };
}

/** The first signal ends the run early; a second one ends the process at once. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, controller.signal);
  const deafen = listen((by, name) => {
    if (controller.signal.aborted) {
      // A terminal that closes sends it twice: the kernel does, and the shell.
      if (name === 'SIGHUP') return;
      process.exit(CODE[by]);
    }
    process.stderr.write(`\nkernward: ${name}: writing what is known; once more to stop at once\n`);
    controller.abort(interruption(by));
  });
  return { signal: controller.signal, stop: deafen };
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
    // Of a signal that came meanwhile Node tells in the next turn, or in the one after where its loop has not begun, and then nobody listens.
    await nextTurn();
    await nextTurn();
    controller.signal.throwIfAborted();
    return done;
  } finally {
    deafen();
  }
}
