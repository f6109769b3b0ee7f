/**
 * Does `work` for every item with at most `forks` under way, in the items' order, and resolves when all are done.
 *
 * The items are taken from the iterator one at a time as a fork becomes free: a million hosts are never queued, and one
 * that hangs occupies its own fork and delays nobody. `work` must not reject; should it do so, the pool stops taking
 * items, waits for what is under way and rejects with the first reason.
 */
export const forEachBounded = async <T>(
  items: Iterable<T>,
  forks: number,
  work: (item: T, index: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const iterator = items[Symbol.iterator]();
  let next = 0;
  let failed = false;
  const loop = async (): Promise<void> => {
    while (!signal.aborted && !failed) {
      const taken = iterator.next();
      if (taken.done === true) return;
      const index = next;
      next += 1;
      try {
        await work(taken.value, index);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.max(1, forks) }, loop));
  const rejected = settled.find((result) => result.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
};
