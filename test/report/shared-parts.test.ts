import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../src/model/reading.js';
import type { Verdict } from '../../src/model/verdict.js';
import type { HostlessVerdict } from '../../src/model/said.js';
import { sharedSaids } from '../../src/report/shared-parts.js';

const evidence = [{ fact: 'sysctl.kernel.panic', reading: known(5, '5') }];
const verdict: Verdict = { host: 'a', rule: 'r', severity: 'low', result: 'fail', because: 'it is 5', evidence };

function sharedSaid(one: Verdict): HostlessVerdict | undefined {
  return sharedSaids([one])[0];
}

/** Every field but the evidence, with another value than `verdict` has. */
const OTHERS: { readonly [Key in Exclude<keyof HostlessVerdict, 'evidence'>]-?: HostlessVerdict[Key] } = {
  rule: 's',
  severity: 'high',
  result: 'unknown',
  because: 'it is not known',
  digest: 'sha256:0',
  nextBoot: { result: 'pass' },
  waiver: { id: 'w', justification: 'j', expires: '2030-01-01T00:00:00Z' },
  drift: 'resolved',
  since: '2026-01-01T00:00:00Z',
  flaps: 3,
};

void test('what is said is one object for hosts of which the same is said by the same evidence', () => {
  const { host: _, ...said } = verdict;
  assert.deepEqual(sharedSaid(verdict), said);
  assert.equal(sharedSaid(verdict), sharedSaid({ ...verdict, host: 'b' }));
});

for (const [field, value] of Object.entries(OTHERS))
  void test(`another ${field} is not the same said`, () => {
    const other = { ...verdict, [field]: value };
    const { host: _, ...said } = other;
    assert.notEqual(sharedSaid(other), sharedSaid(verdict));
    assert.deepEqual(sharedSaid(other), said);
  });
