import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DerivedFact, FactDescription } from '../../src/model/fact.js';
import { known, type Reading } from '../../src/model/reading.js';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { loadPolicies } from '../../src/policy/load.js';
import { testPolicies, type CaseResult } from '../../src/policy/test-policies.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { FACTS, matchesGolden, STOCK } from '../support/policies.js';

/** Panics and comes back: as the design's founding incident. Doubt is inherited unless the answer does not depend on it. */
function derivedFrom(derive: DerivedFact['derive']): DerivedFact {
  return {
    id: 'hung_task.reboots',
    title: 'A hung task reboots the machine',
    type: { kind: 'bool' },
    sources: ['test'],
    inputs: ['sysctl.kernel.hung_task_panic', 'sysctl.kernel.panic'],
    derive,
  };
}

const SOUND = derivedFrom((read) => {
  const [panics, after] = [read('sysctl.kernel.hung_task_panic'), read('sysctl.kernel.panic')];
  if (panics.state === 'known' && panics.value === 0) return known(false, '');
  if (after.state === 'known' && after.value === 0) return known(false, '');
  if (panics.state !== 'known') return panics;
  return after.state === 'known' ? known(true, '') : after;
});

function isSet(reading: Reading): boolean {
  return reading.state === 'known' && reading.value !== 0;
}

/** What nobody may write: what could not be read counts as 0. */
const CARELESS = derivedFrom((read) =>
  known(isSet(read('sysctl.kernel.hung_task_panic')) && isSet(read('sysctl.kernel.panic')), ''),
);

function runWith(derived: DerivedFact, text: string): readonly CaseResult[] {
  const facts: readonly (FactDescription | DerivedFact)[] = [...FACTS.filter(({ id }) => id !== derived.id), derived];
  const { value, diagnostics } = loadPolicies([{ file: 'p.yaml', text }], facts);
  assert.deepEqual(diagnostics, []);
  const raw = new Map([...STOCK].filter(([id]) => id !== derived.id));
  return testPolicies({
    policies: value ?? [],
    facts,
    base: (name) => (name === 'debian-12' ? raw : undefined),
    derived: [derived],
  });
}

function policy(requires: string, cases: readonly string[], more = ''): string {
  return `policy: p\ntitle: t\nrules:\n  - id: r\n    title: t\n    severity: high\n${more}    requires: '${requires}'\n    because: x\n    cases:\n${cases.map((item) => `      - { name: n, ${item} }\n`).join('')}`;
}

function problems(results: readonly CaseResult[]): readonly (string | undefined)[] {
  return results.map(({ problem }) => problem);
}

void test('cases pass, fail and are unknown as they say; a derived fact is derived unless it is stated', () => {
  const results = runWith(
    SOUND,
    policy('hung_task.reboots == false', [
      'facts: { sysctl.kernel.hung_task_panic: 0 }, gives: pass',
      'facts: {}, gives: fail',
      'facts: { sysctl.kernel.hung_task_panic: { unreadable: denied } }, gives: unknown',
      'facts: { sysctl.kernel.hung_task_panic: { unreadable: denied }, sysctl.kernel.panic: 0 }, gives: pass',
      'facts: { hung_task.reboots: false }, gives: pass',
      'facts: { hung_task.reboots: absent }, gives: unknown',
    ]),
  );
  assert.deepEqual(problems(results), [undefined, undefined, undefined, undefined, undefined, undefined]);
});

void test('a case that gives something else, or that starts from nowhere, is a problem', () => {
  const results = runWith(
    SOUND,
    policy('hung_task.reboots == false', ['facts: {}, gives: pass', 'host: rhel-5, facts: {}, gives: pass']),
  );
  assert.match(results[0]?.problem ?? '', /^gives fail, not pass/);
  assert.equal(results[1]?.problem, 'there is no recorded host called rhel-5');
  assert.equal(results[1].got, undefined);
});

void test('a pass that rests on a fact that was not read is a problem', () => {
  const results = runWith(
    CARELESS,
    policy('hung_task.reboots == false', ['facts: { sysctl.kernel.hung_task_panic: 0 }, gives: pass']),
  );
  assert.equal(results[0]?.got, 'pass');
  // Unreadable counted as 0: still passes, though 1 would fail.
  assert.match(
    results[0]?.problem ?? '',
    /still passes where sysctl\.kernel\.hung_task_panic cannot be read, though with 1 it gives fail/,
  );
});

void test('a pass that does not depend on a fact may stand without it', () => {
  const results = runWith(
    SOUND,
    policy('sysctl.kernel.panic == 5 || os.id == "debian"', [
      'facts: { os.id: debian }, gives: pass',
      'facts: {}, gives: pass',
    ]),
  );
  assert.deepEqual(problems(results), [undefined, undefined]);
});

void test('what a rule says of absence is not a pass without evidence', () => {
  const results = runWith(
    SOUND,
    policy(
      'kexec.crash_loaded == false',
      ['facts: {}, gives: pass', 'facts: { kexec.crash_loaded: absent }, gives: pass'],
      '    ifAbsent: pass\n',
    ),
  );
  assert.deepEqual(problems(results), [undefined, undefined]);
});

void test('lint asks for words and cases', () => {
  const text = `policy: p
title: t
rules:
  - id: bare
    title: t
    severity: high
    requires: os.id == "a"
    because: x
  - id: whole
    title: t
    severity: low
    informational: true
    requires: os.id == "a"
    because: x
    rationale: because
    remediation: { summary: Do it. }
    references: [https://example.com/]
    cases:
      - { name: a, facts: { os.id: a }, gives: pass }
      - { name: a, facts: { os.id: b }, gives: informational }
      - { name: c, facts: { os.id: { unreadable: denied } }, gives: unknown }
`;
  matchesGolden(
    'policy-mistakes/lint.txt',
    renderDiagnostics(lintPolicies([{ file: 'p.yaml', text }], FACTS), { colour: false }),
  );
});
