import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine } from '../../src/run/progress.js';

const rows = [
  { tally: { total: 100, done: 0, failed: 0 }, elapsed: 0, line: '0/100 hosts, 0 not reached, 0.0/s, ? left' },
  { tally: { total: 100, done: 50, failed: 3 }, elapsed: 5_000, line: '50/100 hosts, 3 not reached, 10.0/s, 5 s left' },
  {
    tally: { total: 10_000, done: 100, failed: 0 },
    elapsed: 2_000,
    line: '100/10000 hosts, 0 not reached, 50.0/s, 3 min 18 s left',
  },
  {
    tally: { total: 1_000_000, done: 100, failed: 0 },
    elapsed: 10_000,
    line: '100/1000000 hosts, 0 not reached, 10.0/s, 27 h 46 min left',
  },
  { tally: { total: 4, done: 4, failed: 4 }, elapsed: 1_000, line: '4/4 hosts, 4 not reached, 4.0/s, 0 s left' },
];
for (const { tally, elapsed, line } of rows) test(line, () => assert.equal(progressLine(tally, elapsed), line));
