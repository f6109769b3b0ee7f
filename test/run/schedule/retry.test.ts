import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CONNECT_FAILURES, type ConnectFailureCode } from '../../../src/model/outcome.js';
import { retryTerms, waitBeforeRetry, type FailedAttempt } from '../../../src/run/schedule/retry.js';

/** The failures that may pass by themselves within a minute; every other one is final. */
const PASSING: readonly ConnectFailureCode[] = ['refused', 'network-unreachable', 'connect-timed-out', 'disconnected'];

for (const code of CONNECT_FAILURES)
  test(`${code} is ${PASSING.includes(code) ? 'tried again' : 'final'}`, () => {
    const waitMs = waitBeforeRetry({ code, attempt: 1, leftMs: 60_000, random: 0.5 }, retryTerms(3));
    assert.equal(waitMs !== undefined, PASSING.includes(code));
  });

const TERMS = { retries: 6, firstMs: 1000, longestMs: 15_000 };
const waits: readonly (readonly [what: string, attempt: Omit<FailedAttempt, 'code'>, waitMs: number | undefined])[] = [
  ['the least random number: no wait', { attempt: 1, leftMs: 60_000, random: 0 }, 0],
  ['a random number of a half: half the first wait', { attempt: 1, leftMs: 60_000, random: 0.5 }, 500],
  ['twice the wait after the second attempt', { attempt: 2, leftMs: 60_000, random: 0.5 }, 1000],
  ['four times after the third', { attempt: 3, leftMs: 60_000, random: 0.5 }, 2000],
  ['never more than the longest', { attempt: 6, leftMs: 60_000, random: 0.5 }, 7500],
  ['no more attempts than allowed', { attempt: 7, leftMs: 60_000, random: 0.5 }, undefined],
  ['not beyond the deadline of the host', { attempt: 1, leftMs: 600, random: 0.5 }, undefined],
  ['not where the deadline leaves no time for a connection', { attempt: 1, leftMs: 749, random: 0.5 }, undefined],
  ['where it leaves enough', { attempt: 1, leftMs: 750, random: 0.5 }, 500],
  ['not after the deadline', { attempt: 1, leftMs: -5, random: 0 }, undefined],
];
for (const [what, attempt, waitMs] of waits)
  test(what, () => assert.equal(waitBeforeRetry({ code: 'refused', ...attempt }, TERMS), waitMs));

test('without retries nothing is tried again', () =>
  assert.equal(waitBeforeRetry({ code: 'refused', attempt: 1, leftMs: 60_000, random: 0 }, retryTerms(0)), undefined));

test('a wait is between nothing and the longest, and ends before the deadline', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 120_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, leftMs, random) => {
        const waitMs = waitBeforeRetry({ code: 'disconnected', attempt, leftMs, random }, retryTerms(40));
        if (waitMs !== undefined)
          assert.ok(
            waitMs >= 0 && waitMs < Math.min(15_000, 1000 * 2 ** (attempt - 1)) && waitMs < leftMs,
            `${waitMs}`,
          );
      },
    ),
  );
});
