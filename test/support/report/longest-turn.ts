import { watchTurns } from '../../../bench/turn-cpu.js';
import { asUsual } from '../computed-within.js';
import { openComputingClock } from '../computing-clock.js';

/** CPU of one turn of the event loop: a timer, a signal or a packet waits no longer. */
export const MOST_MS = 100;

const TRIES = 3;

/** CPU-ms of the longest turn while it is done, as a usual machine computes; the least of a few tries, as garbage of what was before may be collected in one. */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  const turns = watchTurns(openComputingClock());
  let least = Infinity;
  try {
    for (let attempt = 0; attempt < TRIES && least > MOST_MS; attempt += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      turns.restart();
      await work();
      // The turn that it ended in counts, too.
      await new Promise((resolve) => setImmediate(resolve));
      least = Math.min(least, turns.longest()[0]?.ms ?? 0);
    }
    return asUsual(least, MOST_MS);
  } finally {
    turns.stop();
  }
}
