import { type Limits, openTurns, type Slot } from './group-limits.js';
import type { Width } from './width.js';

const UNLIMITED: Limits<unknown> = { mostOf: () => undefined, namesOf: () => [] };

/**
 * Does `work` for every item with at most so many under way as the width says, in the items' order as far as `limits` allow,
 * and resolves when all are done.
 *
 * The items are taken from the iterator one at a time as a place becomes free: a million hosts are never queued, and one
 * that hangs occupies its own place and delays nobody. An item whose limit is met stands aside for later ones. Where the width
 * shrinks, what is under way goes on. `work` must not reject; should it do so, the pool stops taking items, waits for what
 * is under way and rejects with the first reason.
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  width: Width,
  work: (item: T, index: number) => Promise<void>,
  signal: AbortSignal,
  limits: Limits<T> = UNLIMITED,
): Promise<void> {
  const turns = openTurns(items, limits);
  const failures: unknown[] = [];
  let underWay = 0;
  let isDry = false;
  let settle!: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const take = async (turn: Slot<T>): Promise<void> => {
    underWay += 1;
    try {
      await work(turn.item, turn.index);
    } catch (thrown) {
      failures.push(thrown);
    } finally {
      turns.done(turn);
      underWay -= 1;
      fill();
    }
  };
  /** Begins what may begin. */
  const fill = (): void => {
    while (!isDry && !signal.aborted && failures.length === 0) {
      if (underWay >= width.now()) {
        width.isFull?.();
        break;
      }
      const turn = turns.next();
      if (turn === 'later') break;
      if (turn === 'over') isDry = true;
      else void take(turn);
    }
    if (underWay === 0) settle();
  };

  const stop = width.onGrowth?.(fill);
  try {
    fill();
    await settled;
  } finally {
    stop?.();
  }
  if (failures.length > 0) throw failures[0];
}
