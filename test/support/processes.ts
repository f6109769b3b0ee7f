import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from './within.js';

/** A zombie has ended, whoever has not waited for it. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /u.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** A process that would not end by itself has ended, or does as soon as what was sent to it is dealt with. */
export async function hasEnded(pid: number): Promise<void> {
  assert.ok(pid > 1, `${pid} is no process`);
  for (const deadline = Date.now() + within(10_000); isRunning(pid) && Date.now() < deadline;) await wait(20);
  assert.ok(!isRunning(pid), `process ${pid} is still there`);
}

/** A process that would not end by itself runs still: whoever got ahead did not wait for it. Ends it. */
export function endRunning(pid: number): void {
  assert.ok(pid > 1, `${pid} is no process`);
  assert.ok(isRunning(pid), `process ${pid} is not there any more`);
  process.kill(pid, 'SIGKILL');
}
