import type { FactId, Reading } from '../model/reading.js';

export type Read = (id: FactId) => Reading;

/**
 * Computes once for a host what many derived facts are made from. A host is its `read` function: `derive` makes one for
 * each, and what it has answered does not change afterwards.
 */
export function oncePerHost<T extends object>(compute: (read: Read) => T): (read: Read) => T {
  const had = new WeakMap<Read, T>();
  return (read) => {
    const before = had.get(read);
    if (before !== undefined) return before;
    const computed = compute(read);
    had.set(read, computed);
    return computed;
  };
}
