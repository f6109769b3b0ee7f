import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { saidInVerdicts, shapedSaid, verdictsOf, type HostlessVerdict } from '../../src/model/said.js';

const said: fc.Arbitrary<HostlessVerdict> = fc.record(
  {
    rule: fc.constantFrom('a', 'b'),
    severity: fc.constantFrom('low' as const, 'high' as const),
    result: fc.constantFrom('pass' as const, 'fail' as const, 'unknown' as const),
    because: fc.string(),
    evidence: fc.constant([]),
    nextBoot: fc.constant({ result: 'pass' as const }),
    digest: fc.constant('sha256:0'),
    waiver: fc.constant({ id: 'w', justification: 'j', expires: '2030-01-01T00:00:00Z' }),
    drift: fc.constant('resolved' as const),
    since: fc.constant('2026-01-01T00:00:00Z'),
    flaps: fc.constant(3),
  },
  { requiredKeys: ['rule', 'severity', 'result', 'because', 'evidence'] },
);

void test('a verdict is its host and what is said, to the order of the fields, and its list remembers what that was', () => {
  fc.assert(
    fc.property(fc.array(said), (all) => {
      const verdicts = verdictsOf('web01', all);
      assert.equal(JSON.stringify(verdicts), JSON.stringify(all.map((each) => ({ host: 'web01', ...each }))));
      assert.equal(saidInVerdicts(verdicts), all);
      assert.equal(saidInVerdicts([...verdicts]), undefined);
    }),
  );
});

void test('what is said is the same in its shape, to the order of the fields', () => {
  fc.assert(
    fc.property(said, (each) => {
      assert.equal(JSON.stringify(shapedSaid(each)), JSON.stringify(each));
    }),
  );
});
