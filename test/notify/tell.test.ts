/** Nobody who is to be told holds a run, whatever the way to them does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OCCASIONS } from '../../src/model/news.js';
import type { OpenTarget } from '../../src/notify/open-senders.js';
import type { Sender } from '../../src/notify/sender.js';
import { tellTargets } from '../../src/notify/tell.js';
import { night } from '../support/told-runs.js';

const report = night(1, [{ host: 'db1', judged: { 'panic-freezes': 'fail' } }]);

function target(name: string, timeoutMs: number, send: Sender['send']): OpenTarget {
  return { name, tell: new Set(OCCASIONS), way: { kind: 'command', run: ['x'], timeoutMs }, sender: { send } };
}
const tell = async (
  targets: readonly OpenTarget[],
  signal = new AbortController().signal,
  makePage = async () => {},
) => {
  const told = await tellTargets(report, targets, new Map(targets.map(({ name }) => [name, undefined])), {
    page: async () => {
      await makePage();
      return { html: '' };
    },
    signal,
    myTurn: () => Promise.resolve(),
    graceMs: 20,
  });
  return told.map(({ target: name, outcome }) => `${name} ${outcome.kind === 'failed' ? outcome.why : outcome.kind}`);
};
const never = (): Promise<never> => new Promise(() => undefined);

test('a way that never ends is given up after its time, is told so, and keeps no other waiting', async () => {
  const signals: AbortSignal[] = [];
  const told = await tell([
    target('hung', 100, (_, signal) => {
      signals.push(signal);
      return never();
    }),
    target('fine', 100, () => Promise.resolve()),
  ]);
  assert.deepEqual(told, ['hung it was given up after 0.1 s', 'fine sent']);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true],
  );
});

test('so is one that hears no interrupt', async () => {
  const stop = new AbortController();
  const told = tell(
    [
      target('hung', 3_600_000, () => {
        stop.abort();
        return never();
      }),
    ],
    stop.signal,
  );
  assert.deepEqual(await told, ['hung the run was interrupted meanwhile']);
  assert.deepEqual(await tell([target('late', 3_600_000, never)], AbortSignal.abort()), [
    'late the run was interrupted meanwhile',
  ]);
});

test('the page of a mail is made in its own time', async () => {
  const pageMs = 400;
  const told = await tell(
    [
      target('mail', 100, async ({ page }) => {
        await page();
      }),
      target('hung', 100, async ({ page }) => {
        await page();
        await never();
      }),
    ],
    new AbortController().signal,
    () => new Promise((resolve) => setTimeout(resolve, pageMs)),
  );
  assert.deepEqual(told, ['mail sent', 'hung it was given up after 0.1 s']);
});
