import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import { loadPolicies } from '../../src/policy/load.js';
import { testPolicies } from '../../src/policy/test-policies.js';
import { recordedHost, USED_FACTS } from '../support/shipped-policies.js';

function problemOf(requires: string, facts: string): string | undefined {
  const text = `policy: p
title: t
rules:
  - id: r
    title: t
    severity: high
    requires: '${requires}'
    because: x
    cases:
      - { name: n, host: debian-12, facts: { uname.release: 5.14.0-427.el9.x86_64, os.id: rhel${facts} }, gives: pass }
`;
  const { value, diagnostics } = loadPolicies([{ file: 'p.yaml', text }], FACTS);
  assert.deepEqual(diagnostics, []);
  const [result] = testPolicies({ policies: value ?? [], facts: FACTS, base: recordedHost, derived: USED_FACTS });
  return result?.problem;
}

void test('a case about another family may not rest on a default of the recorded one', () => {
  assert.equal(
    problemOf('sysctl.kernel.panic_on_oops == 0', ''),
    'the host of the case cannot exist: 5.14.0-427.el9.x86_64 is a kernel of RHEL 9, which boots with sysctl.kernel.panic_on_oops 1, and the host kept the 0 of another family; start from a recorded host of that family, or state the fact',
  );
  assert.equal(problemOf('sysctl.kernel.panic_on_oops == 0', ', sysctl.kernel.panic_on_oops: 0'), undefined);
  assert.equal(problemOf('sysctl.kernel.hung_task_panic == 0', ''), undefined, 'both boot with the same');
});
