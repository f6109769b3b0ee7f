import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromText, encodeHost } from '../../src/run/spool/encode-host.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

test('every host of the canonical reports comes back as it was', () => {
  for (const report of Object.values(CANONICAL_REPORTS))
    for (const host of report.hosts) assert.deepEqual(fromText(encodeHost(host)), host);
});

test('any host comes back as it was', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      // What JSON cannot tell apart (a prototype, minus zero) is taken out of the arbitrary host first.
      for (const host of report.hosts) {
        const plain = fromText(encodeHost(host));
        assert.deepEqual(fromText(encodeHost(plain)), plain);
        assert.equal(JSON.stringify([...plain.readings]), JSON.stringify([...host.readings]));
        assert.equal(JSON.stringify(plain.verdicts), JSON.stringify(host.verdicts));
      }
    }),
    { numRuns: 100 },
  );
});
