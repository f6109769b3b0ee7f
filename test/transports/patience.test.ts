import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startPatience } from '../../src/transports/patience.js';

/** Nothing of this process runs meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('what came while nothing ran is read before patience is over', async () => {
  const child = spawn('sh', ['-c', 'echo begun; read -r line; echo "$line"'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const order: string[] = [];
  const over = new Promise<void>((resolve) => {
    startPatience(400, () => {
      order.push('over');
      resolve();
    });
  });
  child.stdout.on('data', (piece: Buffer) => order.push(piece.toString().trim()));
  child.stdin.end('said\n');
  standStill(1500);
  await over;
  assert.deepEqual(order, ['said', 'over']);
});

test('it is over once, not before its time, begins anew when it is told to, and is not over when it has ended', async () => {
  let calls = 0;
  // Told just before a step is over, and somewhere within one.
  for (const at of [45, 95, 120]) {
    calls = 0;
    let renewed = 0;
    await new Promise<void>((resolve) => {
      const patience = startPatience(200, () => {
        calls += 1;
        resolve();
      });
      setTimeout(() => {
        renewed = performance.now();
        patience.renew();
      }, at);
    });
    const waited = performance.now() - renewed;
    assert.notEqual(renewed, 0, 'it was over before it was told: this shows nothing');
    // Timers count whole milliseconds, and each step may be one short.
    assert.ok(waited >= 195, `${waited} ms after it was told to begin anew, at ${at} ms`);
  }
  const ended = startPatience(20, () => (calls += 1));
  ended.end();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(calls, 1);
});
