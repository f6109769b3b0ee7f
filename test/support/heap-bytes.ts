import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** What is in use of the heap, in bytes, after garbage was collected. */
export function heapBytes(): number {
  assert.ok(typeof collectGarbage === 'function');
  Reflect.apply(collectGarbage, undefined, []);
  return process.memoryUsage().heapUsed;
}
