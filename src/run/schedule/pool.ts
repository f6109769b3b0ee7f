import { type Limits, openTurns, type Slot } from './group-limits.js';
import type { Width } from './width.js';

const UNLIMITED: Limits<unknown> = { mostOf: () => undefined, namesOf: () => [] };

/** What an item that is under way holds of the pool: its place, and those under its limits. */
export interface HeldPlace {
  /**
   * Lets others have it while the pause takes, and resolves when the item holds it again: before any item that has not begun.
   * Where as many rest as may be under way, it is kept. A pause has to end when the signal of the pool aborts; nobody waits
   * for a place then.
   */
  readonly rest: (pause: () => Promise<void>) => Promise<void>;
}

/**
 * Does `work` for every item with at most so many under way as the width says, in the items' order as far as `limits` allow,
 * and resolves when all are done.
 *
 * The items are taken from the iterator one at a time as a place becomes free: a million hosts are never queued, and one
 * that hangs occupies its own place and delays nobody. An item whose limit is met stands aside for later ones, and one that rests
 * lets them have its place meanwhile. Where the width shrinks, what is under way goes on. `work` must not reject; should it do so,
 * the pool stops taking items, waits for what is under way and rejects with the first reason.
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  width: Width,
  work: (item: T, index: number, place: HeldPlace) => Promise<void>,
  signal: AbortSignal,
  limits: Limits<T> = UNLIMITED,
): Promise<void> {
  const turns = openTurns(items, limits);
  const failures: unknown[] = [];
  /** How many hold a place. */
  let underWay = 0;
  /** How many have begun and hold none. */
  let resting = 0;
  /** Of these, whose pause is over, with what gives them a place. */
  const returning = new Map<Slot<T>, () => void>();
  let isDry = false;
  let settle!: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const isStopped = (): boolean => signal.aborted || failures.length > 0;

  const placeAgain = (turn: Slot<T>): Promise<void> =>
    new Promise((resolve) => {
      returning.set(turn, () => {
        returning.delete(turn);
        resting -= 1;
        underWay += 1;
        resolve();
      });
      turns.back(turn);
      isDry = false;
      fill();
    });
  const rest = async (turn: Slot<T>, pause: () => Promise<void>): Promise<void> => {
    if (resting >= width.now()) return pause();
    underWay -= 1;
    resting += 1;
    turns.rest(turn);
    fill();
    try {
      await pause();
    } finally {
      await placeAgain(turn);
    }
  };
  const take = async (turn: Slot<T>): Promise<void> => {
    underWay += 1;
    let rested: Promise<void> | undefined;
    try {
      await work(turn.item, turn.index, { rest: (pause) => (rested = rest(turn, pause)) });
    } catch (thrown) {
      failures.push(thrown);
    } finally {
      // Work that ends while it rests has no place to give back.
      await rested?.catch(() => undefined);
      turns.done(turn);
      underWay -= 1;
      fill();
    }
  };
  /** Begins what may begin, and what has rested first. */
  const fill = (): void => {
    while (!isDry && !isStopped()) {
      if (underWay >= width.now()) {
        width.isFull?.();
        break;
      }
      const turn = turns.next();
      if (typeof turn === 'string') {
        isDry = turn === 'over';
        break;
      }
      const goOn = returning.get(turn);
      if (goOn === undefined) void take(turn);
      else goOn();
    }
    if (isStopped()) for (const goOn of returning.values()) goOn();
    if (underWay + resting === 0) settle();
  };

  const stop = width.onGrowth?.(fill);
  signal.addEventListener('abort', fill, { once: true });
  try {
    fill();
    await settled;
  } finally {
    stop?.();
    signal.removeEventListener('abort', fill);
  }
  if (failures.length > 0) throw failures[0];
}
