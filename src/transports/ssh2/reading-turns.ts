/** How long others wait, in ms, before a turn of the event loop is given to them. A timer, a signal, a packet is heard then. */
const MOST_MS = 20;

/** Whose turn it is to read what came: many hosts may answer at once, and each exchange of keys takes a millisecond. */
export interface ReadingTurns {
  /** Whether this turn of the event loop has room for more, and nobody waits. */
  readonly isFree: () => boolean;
  /** Does it in one of the next turns, in the order in which it was asked for. It must not throw. */
  readonly later: (work: () => void) => void;
}

export function createReadingTurns(now: () => number = () => performance.now()): ReadingTurns {
  let begun: number | undefined;
  let waiting: (() => void)[] = [];
  const begin = (): number => {
    setImmediate(() => {
      begun = undefined;
    });
    return now();
  };
  const hasRoom = (): boolean => {
    begun ??= begin();
    return now() - begun <= MOST_MS;
  };
  const goOn = (): void => {
    const all = waiting;
    let next = 0;
    while (next < all.length && (hasRoom() || next === 0)) {
      all[next]?.();
      next += 1;
    }
    // What was asked for meanwhile stands behind the others.
    waiting = all.slice(next);
    if (waiting.length > 0) setImmediate(goOn);
  };
  return {
    isFree: () => waiting.length === 0 && hasRoom(),
    later: (work) => {
      waiting.push(work);
      if (waiting.length === 1) setImmediate(goOn);
    },
  };
}

/** Of this thread: there is one event loop. */
export const READING_TURNS: ReadingTurns = createReadingTurns();
