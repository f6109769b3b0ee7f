import { openThreadClock, watchTurns } from '../../../bench/turn-cpu.js';
import { memoize } from '../../../src/language/memoize.js';

/** CPU of one turn of the event loop: a timer, a signal or a packet waits no longer. */
export const MOST_MS = 100;

const FRESH_BYTES = 32 * 1024 * 1024;
/** Twice and more of what most machines take; on some virtual ones a page costs ten times as much as on others. */
const FRESH_MS = 25;

/** CPU-ms in which this machine gives memory that nobody had before; the least of a few tries. */
function freshMemoryMs(): number {
  const clock = openThreadClock();
  try {
    const tries = Array.from({ length: TRIES }, () => {
      const before = clock.ms();
      Buffer.alloc(FRESH_BYTES, 1);
      return clock.ms() - before;
    });
    return Math.min(...tries);
  } finally {
    clock.close();
  }
}

/** `MOST_MS`, and as many times more as this machine is slower to give memory than machines are. */
export const mostMs = memoize(() => MOST_MS * Math.max(1, freshMemoryMs() / FRESH_MS));

const TRIES = 3;

/** CPU-ms of the longest turn while it is done; the least of a few tries, as garbage of what was before may be collected in one. */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  const turns = watchTurns();
  let least = Infinity;
  try {
    for (let attempt = 0; attempt < TRIES && least > mostMs(); attempt += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      turns.restart();
      await work();
      // The turn that it ended in counts, too.
      await new Promise((resolve) => setImmediate(resolve));
      least = Math.min(least, turns.longest()[0]?.ms ?? 0);
    }
    return least;
  } finally {
    turns.stop();
  }
}
