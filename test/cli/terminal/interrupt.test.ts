import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stop } from '../../../src/cli/terminal/exit.js';
import { interruptible } from '../../../src/cli/terminal/interrupt.js';

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} that comes when the work is all but done ends the command all the same`, async () => {
    await assert.rejects(
      // Node is told of it in a later turn, when nobody would listen any more.
      interruptible(() => {
        process.kill(process.pid, signal);
        return Promise.resolve('done');
      }),
      (thrown) => thrown instanceof Stop && thrown.code === CODES[signal],
    );
    assert.equal(process.listenerCount(signal), 0);
  });

test('work that nobody interrupts gives what it gives', async () => {
  assert.equal(await interruptible(() => Promise.resolve('done')), 'done');
  await assert.rejects(
    interruptible(() => Promise.reject(new RangeError('it broke'))),
    RangeError,
  );
});
