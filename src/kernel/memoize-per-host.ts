import type { ReadFact } from '../model/reading.js';
import { memoize } from '../language/memoize.js';

/**
 * Computes once for a host what many derived facts are made from. A host is its `read` function: `derive` makes one for
 * each, and what it has answered does not change afterwards.
 */
export function memoizePerHost<T extends object>(compute: (read: ReadFact) => T): (read: ReadFact) => T {
  return memoize(compute);
}
