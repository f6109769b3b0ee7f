import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../src/probe/output/files.js';

/** What grep says of a file that it could not read, as glibc, musl and busybox write it. */
const CASES: readonly (readonly [string, string])[] = [
  ['Permission denied', 'denied'],
  ['Operation not permitted', 'denied'],
  ['Operation not supported', 'absent'],
  ['Not supported', 'absent'],
  ['Input/output error', 'malformed'],
  ['is not supported by me, Operation not supported, or so', 'malformed'],
];

for (const [reason, outcome] of CASES)
  test(`${reason} is ${outcome}`, () => {
    const reading = refusal('/proc/pressure/memory', reason);
    assert.equal(reading.state === 'unreadable' ? reading.cause : reading.state, outcome);
  });
