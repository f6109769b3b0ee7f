import { randomFillSync } from 'node:crypto';

/** Asking the system for a few bytes takes as long as asking it for thousands. */
const POOL = Buffer.alloc(4096);
let used = POOL.length;

/** Where so many bytes of the pool begin that nobody has been given. */
function take(bytes: number): number {
  if (used + bytes > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const from = used;
  used += bytes;
  return from;
}

/**
 * Random bytes of the system's, each of them given once. What is to stay secret longer than a connection, such as a key, is asked for
 * by itself.
 *
 * @param to at most 4096 behind `from`
 */
export function fillRandom(bytes: Buffer, from: number, to: number): void {
  const at = take(to - from);
  POOL.copy(bytes, from, at, at + to - from);
}

/** So many random bytes in hexadecimal digits, as of `fillRandom`. */
export function randomHex(bytes: number): string {
  const at = take(bytes);
  return POOL.toString('hex', at, at + bytes);
}
