import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long others wait, in ms, before a turn of the event loop is given to them. A timer, a signal, a packet is heard then. */
const MOST_MS = 20;

/**
 * Whoever computes for many hosts asks before each, and goes on when it is settled: at once, or where what was computed in this turn
 * of the event loop took too long already, in one of the next. All go on in the order in which they asked, and one after the other:
 * a hundred hosts that answer at once are no reason not to hear an interrupt.
 */
export type MyTurn = () => Promise<void>;

export function createTurns(now: () => number = () => performance.now()): MyTurn {
  let begun: number | undefined;
  const begin = (): void => {
    begun = now();
    setImmediate(() => {
      begun = undefined;
    });
  };
  const next = (): Promise<void> | undefined => {
    if (begun === undefined) begin();
    else if (now() - begun > MOST_MS) return nextTurn().then(next);
    return undefined;
  };
  // Each looks at the clock when the one before has had his turn, since what that one computes comes only then.
  let last = Promise.resolve();
  return () => (last = last.then(next));
}

/** Of this thread: there is one event loop, however many runs there are. */
export const myTurn: MyTurn = createTurns();
