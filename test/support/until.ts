import { setTimeout as sleep } from 'node:timers/promises';
import { within } from './within.js';

/** Waits until that is so. @throws `what` in words once that took longer, or what `claim` throws */
export async function until(
  claim: () => boolean | Promise<boolean>,
  what: () => string,
  patienceMs = within(30_000),
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await claim())) {
    if (performance.now() > deadline) throw new Error(`${what()}, after ${patienceMs} ms`);
    await sleep(15);
  }
}
