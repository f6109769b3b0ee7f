import { performance } from 'node:perf_hooks';
import { firstForks, nextForks } from './auto-forks.js';
import type { Width } from './width.js';

const INTERVAL_MS = 250;

/** The width of `--forks auto`, until it is stopped. */
export interface AutoWidth extends Width {
  /** Told of each host that has ended. */
  readonly ended: () => void;
  readonly stop: () => void;
}

/**
 * Which share of the time the event loop of this thread computed since it was asked last, from 0 to 1. A loop that waits for
 * a processor computes, as far as it knows, so that a busy machine counts too.
 */
function watchLoad(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

/**
 * Looks four times a second at what the run computes, and has as many forks as there is room for.
 *
 * @param most what descriptors and transports carry, at least 1
 * @param others which share of the time since it was called last the busiest other thread computed, from 0 to 1
 */
export function startAutoWidth(most: number, others: () => number = () => 0): AutoWidth {
  const own = watchLoad();
  let forks = firstForks(most);
  let wasFull = false;
  let ended = 0;
  let last = performance.now();
  const listeners = new Set<() => void>();
  const look = (): void => {
    const now = performance.now();
    const before = forks.forks;
    forks = nextForks(forks, { ms: now - last, busy: Math.max(own(), others()), wasFull, ended }, most);
    [last, wasFull, ended] = [now, false, 0];
    if (forks.forks > before) for (const grown of listeners) grown();
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    now: () => forks.forks,
    isFull: () => {
      wasFull = true;
    },
    onGrowth: (grown) => {
      listeners.add(grown);
      return () => listeners.delete(grown);
    },
    ended: () => {
      ended += 1;
    },
    stop: () => clearInterval(timer),
  };
}
