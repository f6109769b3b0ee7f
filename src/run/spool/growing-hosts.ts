/** Goes once through items in their order while they come. */
export interface GrowingWalk<T> {
  /** Throws where the next is looked up before `ready`. */
  readonly items: Iterable<T>;
  /**
   * Settled when the next item is there, or behind the last one, when it was said that this is the end. `undefined`: it is so already.
   * Rejects when it was said that no more will come.
   */
  readonly ready: () => Promise<void> | undefined;
}

/** Items that come in any order. */
export interface GrowingHosts<T> {
  /** A walk from the first item on. */
  readonly open: () => GrowingWalk<T>;
  /** The item at this place is there now. */
  readonly came: (place: number) => void;
  /** All are there, and all that is said behind them. */
  readonly end: () => void;
  /** Walks that wait, and those that will, end with this. */
  readonly fail: (reason: Error) => void;
}

/** What walks have to know of the items. */
export interface Growing<T> {
  readonly size: number;
  readonly has: (place: number) => boolean;
  readonly at: (place: number) => T | undefined;
}

/** A walk that waits, for the item at this place. */
interface Waiting {
  readonly place: number;
  readonly wake: () => void;
}

export function growingHosts<T>({ size, has, at }: Growing<T>): GrowingHosts<T> {
  const waiting = new Set<Waiting>();
  let isOver = false;
  let failure: Error | undefined;
  const wake = (isMeant: (place: number) => boolean): void => {
    for (const each of waiting) {
      if (!isMeant(each.place)) continue;
      waiting.delete(each);
      each.wake();
    }
  };
  const wait = (place: number): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) reject(failure);
      else waiting.add({ place, wake: () => (failure === undefined ? resolve() : reject(failure)) });
    });
  const isThere = (place: number): boolean => (place < size ? has(place) : isOver);
  return {
    open: () => {
      let next = 0;
      function* walk(): Generator<T, void> {
        while (next < size) {
          const item = at(next);
          if (item === undefined) throw new Error(`the host at ${next} has not come yet`);
          next += 1;
          yield item;
        }
      }
      return { items: walk(), ready: () => (failure === undefined && isThere(next) ? undefined : wait(next)) };
    },
    came: (place) => wake((wanted) => wanted === place),
    end: () => {
      isOver = true;
      wake(() => true);
    },
    fail: (reason) => {
      failure ??= reason;
      wake(() => true);
    },
  };
}
