import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine } from '../../src/run/progress.js';

const asking = ['web1', 'web2', 'web3', 'web4'];

const rows = [
  { tally: { total: 100, done: 0, failed: 0, asking }, elapsed: 0, line: '0/100 hosts, 0 not reached' },
  { tally: { total: 100, done: 0, failed: 0, asking }, elapsed: 9_000, line: '0/100 hosts, 0 not reached' },
  {
    tally: { total: 100, done: 50, failed: 3, asking },
    elapsed: 5_000,
    line: '50/100 hosts, 3 not reached, 10.0/s, 5 s left',
  },
  {
    tally: { total: 10_000, done: 100, failed: 0, asking },
    elapsed: 2_000,
    line: '100/10000 hosts, 0 not reached, 50.0/s, 3 min 18 s left',
  },
  {
    tally: { total: 1_000_000, done: 100, failed: 0, asking },
    elapsed: 10_000,
    line: '100/1000000 hosts, 0 not reached, 10.0/s, 27 h 46 min left',
  },
  // How long the last ones take, the rate of the others does not say.
  {
    tally: { total: 100, done: 96, failed: 1, asking },
    elapsed: 5_000,
    line: '96/100 hosts, 1 not reached, waits for web1, web2, web3 and 1 more',
  },
  {
    tally: { total: 100, done: 99, failed: 1, asking: ['db\u001b[2J1'] },
    elapsed: 5_000,
    line: String.raw`99/100 hosts, 1 not reached, waits for db\x1b[2J1`,
  },
  { tally: { total: 4, done: 4, failed: 4, asking: [] }, elapsed: 1_000, line: '4/4 hosts, 4 not reached' },
];
for (const { tally, elapsed, line } of rows) test(line, () => assert.equal(progressLine(tally, elapsed), line));
