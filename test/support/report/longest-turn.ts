import { setTimeout as pause } from 'node:timers/promises';
import { watchTurns } from '../../../bench/turn-cpu.js';
import { asUsual } from '../computed-within.js';
import { openComputingClock } from '../computing-clock.js';

/** CPU of one turn of the event loop: a timer, a signal or a packet waits no longer. */
export const MOST_MS = 100;

/** What a machine does beside it may double what something computes, for seconds: only the least of several tries, with time between, says what it takes. */
export const MOST_TRIES = 12;
export const PAUSE_MS = 250;

/** CPU-ms of the longest turn while it is done, as a usual machine computes; the least of a few tries, as garbage of what was before may be collected in one. */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < MOST_TRIES && least > MOST_MS; attempt += 1) {
    if (attempt > 0) await pause(PAUSE_MS);
    const turns = watchTurns(openComputingClock());
    try {
      await new Promise((resolve) => setImmediate(resolve));
      turns.restart();
      await work();
      // The turn that it ended in counts, too.
      await new Promise((resolve) => setImmediate(resolve));
      least = Math.min(least, turns.longest()[0]?.ms ?? 0);
    } finally {
      turns.stop();
    }
  }
  return asUsual(least, MOST_MS);
}
