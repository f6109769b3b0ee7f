import { type Limits, openTurns } from './group-limits.js';

const UNLIMITED: Limits<unknown> = { most: new Map(), namesOf: () => [] };

/**
 * Does `work` for every item with at most `forks` under way, in the items' order as far as `limits` allow, and resolves
 * when all are done.
 *
 * The items are taken from the iterator one at a time as a fork becomes free: a million hosts are never queued, and one
 * that hangs occupies its own fork and delays nobody. An item whose limit is met stands aside for later ones. `work`
 * must not reject; should it do so, the pool stops taking items, waits for what is under way and rejects with the first
 * reason.
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  forks: number,
  work: (item: T, index: number) => Promise<void>,
  signal: AbortSignal,
  limits: Limits<T> = UNLIMITED,
): Promise<void> {
  const turns = openTurns(items, limits);
  const idle: (() => void)[] = [];
  let failed = false;

  const loop = async (): Promise<void> => {
    while (!signal.aborted && !failed) {
      const turn = turns.next();
      if (turn === 'over') return;
      if (turn === 'later') {
        await new Promise<void>((resolve) => idle.push(resolve));
        continue;
      }
      // What was done before this turn may have made room for more than one.
      idle.pop()?.();
      try {
        await work(turn.item, turn.index);
      } catch (thrown) {
        failed = true;
        throw thrown;
      } finally {
        turns.done(turn);
      }
    }
  };
  /** Who ends, ends because there is nothing left to take: whoever waits should see that too. */
  const andWakeAll = async (): Promise<void> => {
    try {
      await loop();
    } finally {
      for (const wake of idle.splice(0)) wake();
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.max(1, forks) }, andWakeAll));
  const rejected = settled.find((result) => result.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}
