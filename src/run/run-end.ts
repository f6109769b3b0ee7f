import { setMaxListeners } from 'node:events';
import { runDeadline } from '../transports/failure.js';

/** A signal of the operating system that ends a run early. */
export type EndingSignal = 'SIGINT' | 'SIGTERM';

/** The reason with which a run's signal is to be aborted, so that the run knows what ended it. */
export function interruption(by: EndingSignal): Error {
  return new DOMException(by, 'AbortError');
}

/** The signal of the operating system that ended the run; undefined: none did, or something else (a deadline). */
export function interruptedBy({ aborted, reason }: AbortSignal): EndingSignal | undefined {
  const said = aborted && reason instanceof DOMException ? reason.message : '';
  return said === 'SIGINT' || said === 'SIGTERM' ? said : undefined;
}

/** What ends asking: somebody who stops the run, or its deadline. */
export interface RunEnd {
  /** Its reason says which, in the way that transports understand. */
  readonly signal: AbortSignal;
  /** To be called when nobody is asked any more. */
  readonly stop: () => void;
}

/**
 * @param stopped aborts when somebody stops the run
 * @param deadlineMs for asking all hosts, from now on; undefined: it may take as long as it takes
 * @param onDeadline called when the deadline passes while the run goes on
 */
export function startRunEnd(
  stopped: AbortSignal | undefined,
  deadlineMs: number | undefined,
  onDeadline: (deadlineMs: number) => void,
): RunEnd {
  const controller = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, controller.signal);
  const onStopped = (): void => controller.abort(stopped?.reason);
  const expire = (): void => {
    if (controller.signal.aborted || deadlineMs === undefined) return;
    onDeadline(deadlineMs);
    controller.abort(runDeadline(deadlineMs));
  };
  const timer = deadlineMs === undefined ? undefined : setTimeout(expire, deadlineMs);
  if (stopped?.aborted === true) onStopped();
  else stopped?.addEventListener('abort', onStopped, { once: true });
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      stopped?.removeEventListener('abort', onStopped);
    },
  };
}
