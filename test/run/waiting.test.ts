import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createJudgedCodec, fromText, encodeHost } from '../../src/run/spool/encode-host.js';
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

test('hosts come back from a spool as they were, with what they share as the same objects', () => {
  const codec = createJudgedCodec();
  const hosts = Object.values(CANONICAL_REPORTS).flatMap((report) => [...report.hosts]);
  // A part is shared from the second time on that it is met.
  for (const round of [1, 2, 3]) {
    const texts = hosts.map((host) => codec.toText(host));
    for (const [index, host] of hosts.entries()) {
      const back = codec.fromText(texts[index] ?? '');
      assert.deepEqual(back, host);
      assert.equal(JSON.stringify([...back.readings]), JSON.stringify([...host.readings]));
      assert.equal(JSON.stringify(back.verdicts), JSON.stringify(host.verdicts));
      if (round === 3) for (const [id, reading] of host.readings) assert.equal(back.readings.get(id), reading);
    }
  }
});

test('a spool of hosts takes a host that another process made text of', () => {
  const codec = createJudgedCodec();
  for (const report of Object.values(CANONICAL_REPORTS))
    for (const host of report.hosts) assert.deepEqual(codec.fromText(encodeHost(host)), host);
});
