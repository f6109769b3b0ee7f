import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CONNECT_FAILURES } from '../../src/model/outcome.js';
import { failure, toFailure, failureOfAbort } from '../../src/transports/failure.js';
import { forksThatFit, openFilesLimit, getSoftLimit } from '../../src/transports/fd-limit.js';
import { codePoint } from '../support/code-point.js';

test('each failure code has one paragraph in the reference, in the order of the model, and no other has', () => {
  const page = readFileSync('docs/reference/failures.md', 'utf8');
  const sections = page
    .split(/^## /mu)
    .slice(1)
    .map((section) => section.split('\n'));
  assert.deepEqual(
    sections.map(([heading]) => heading),
    [...CONNECT_FAILURES],
  );
  for (const [heading, ...body] of sections) assert.ok(body.join(' ').trim().length > 60, heading);
});

const errors: readonly (readonly [given: object, code: string])[] = [
  [{ code: 'ENOTFOUND' }, 'name-not-resolved'],
  [{ code: 'EAI_AGAIN' }, 'name-not-resolved'],
  [{ code: 'ECONNREFUSED', level: 'client-socket' }, 'refused'],
  [{ code: 'EHOSTUNREACH' }, 'network-unreachable'],
  [{ code: 'ETIMEDOUT', level: 'client-socket' }, 'connect-timed-out'],
  [{ code: 'ECONNRESET', level: 'client-socket' }, 'disconnected'],
  [{ level: 'handshake' }, 'handshake-failed'],
  [{ level: 'protocol' }, 'handshake-failed'],
  [{ level: 'client-authentication' }, 'authentication-failed'],
  [{ code: 2 }, 'disconnected'],
  [{ code: 'EMFILE' }, 'internal'],
  [{}, 'disconnected'],
];
for (const [given, code] of errors)
  test(`${JSON.stringify(given)} is ${code}`, () =>
    assert.equal(toFailure(Object.assign(new Error('words'), given), 'disconnected', 'db1').code, code));

test('a failure is one clean, bounded line, whatever was thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: codePoint, maxLength: 900 }), fc.anything()), (thrown) => {
      const { detail } = toFailure(
        typeof thrown === 'string' ? new Error(thrown) : Object.prototype.toString.call(thrown),
        'disconnected',
        'db1',
      );
      assert.ok(detail.length <= 500 && !/[\p{Cc}\p{Cs}\u202e\u2028]/u.test(detail));
    }),
  );
  assert.equal(failure('refused', 'a\nb\u001b[2J').detail.includes('\u001b'), false);
});

test('an abort says whose it was', () => {
  assert.equal(failureOfAbort(AbortSignal.abort(), 'db1').code, 'interrupted');
  assert.equal(failureOfAbort(AbortSignal.abort(new DOMException('x', 'TimeoutError')), 'db1').code, 'host-timed-out');
});

const limits =
  'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 1048576              files     \n';
test('the limit of open files', () => {
  assert.equal(getSoftLimit(limits), 1024);
  assert.equal(getSoftLimit(limits.replace('1024 ', 'unlimited ')), undefined);
  assert.equal(getSoftLimit(''), undefined);
  assert.ok(process.platform !== 'linux' || (openFilesLimit() ?? 1) > 0);
});

test('forks fit into the limit, never below one, never above what is wanted', () => {
  assert.deepEqual(
    [forksThatFit(1024, 64), forksThatFit(100, 64), forksThatFit(20, 64), forksThatFit(undefined, 64)],
    [64, 36, 1, 64],
  );
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.integer({ min: 1, max: 5000 }),
      (limit, wanted) => forksThatFit(limit, wanted) >= 1 && forksThatFit(limit, wanted) <= wanted,
    ),
  );
});
