import assert from 'node:assert/strict';
import { openThreadClock } from '../../bench/turn-cpu.js';

const TRIES = 9;
/** What one try of `yardstick` takes on a usual machine, in CPU-ms: an EPYC of a shared server. */
const USUAL_MS = 130;

/** Texts made, cut and kept, a megabyte as of the largest answer: what others do beside it shows where memory is used. */
function yardstick(): number {
  const lines = Array.from({ length: 40_000 }, (_, index) => `vm.x${index} = ${index * 7919}`).join('\n');
  let length = 0;
  for (let round = 0; round < 2; round += 1) {
    const values = new Map<string, { readonly name: string; readonly value: number }>();
    for (const line of Buffer.from(lines).toString().split('\n')) {
      const [name = '', value = ''] = line.split(/\s+=\s+/);
      values.set(name, { name, value: Number(value) });
    }
    length += JSON.stringify([...values.values()]).length;
  }
  return length;
}

/** How many times longer this machine computes, now, than a usual one; at least 1. The median of some tries: one may be disturbed. */
export function computingSlowness(): number {
  const clock = openThreadClock();
  try {
    const tries = Array.from({ length: TRIES }, () => {
      const before = clock.ms();
      yardstick();
      return clock.ms() - before;
    });
    const median = tries.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)] ?? USUAL_MS;
    return Math.max(1, median / USUAL_MS);
  } finally {
    clock.close();
  }
}

/** What a usual machine would have computed for; only where it matters, `ms` being more than `most`, is it asked how slow this one is. */
export function asUsual(ms: number, most: number): number {
  return ms <= most ? ms : ms / computingSlowness();
}

/** Fails where something computed for more than `most` ms, as a usual machine computes. */
export function assertComputed(ms: number, most: number, what = 'it'): void {
  const usual = asUsual(ms, most);
  assert.ok(
    usual <= most,
    `${what}: ${ms.toFixed(0)} ms of CPU, ${usual.toFixed(0)} on a usual machine, and ${most} at most`,
  );
}
