import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { known, type Reading } from '../../src/model/reading.js';
import { applyRule } from '../../src/policy/apply-rule.js';
import { loadPolicies } from '../../src/policy/load.js';
import { allRules, type Policy, type Rule } from '../../src/policy/policy.js';
import { loadProfiles } from '../../src/policy/profiles/load-profiles.js';
import { testPolicies } from '../../src/policy/test-policies.js';
import { judge } from '../../src/verdict/judge.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { DENIED, FACTS, GONE, matchesGolden, readingsWith, STOCK, value } from '../support/policies.js';

const POLICY = `policy: tuned
title: t
parameters:
  minTimeout: { type: int, default: 120, min: 1, max: 9999, description: seconds }
  mode: { type: enum, values: [always, never], default: never, description: a mode }
  strict: { type: bool, default: true, description: a switch }
  vendor: { type: string, default: rhel, description: a name }
rules:
  - id: timeout
    title: t
    severity: low
    appliesTo: param.strict && os.id == param.vendor
    requires: sysctl.kernel.hung_task_timeout_secs >= param.minTimeout && thp.enabled != param.mode
    because: it is {sysctl.kernel.hung_task_timeout_secs}, less than {param.minTimeout}
    cases:
      - { name: by default, facts: { sysctl.kernel.hung_task_timeout_secs: 120 }, gives: pass }
      - { name: more is asked for, facts: { sysctl.kernel.hung_task_timeout_secs: 120, param.minTimeout: 121 }, gives: fail }
      - { name: switched off, facts: { param.strict: false }, gives: notapplicable }
      - { name: unreadable, facts: { sysctl.kernel.hung_task_timeout_secs: { unreadable: denied } }, gives: unknown }
`;

function load(text: string, file = 'tuned.yaml') {
  return loadPolicies([{ file, text }], FACTS);
}
function sound(text: string): readonly Policy[] {
  const { value: policies, diagnostics } = load(text);
  assert.equal(renderDiagnostics(diagnostics, { colour: false }), '');
  assert.ok(policies !== undefined);
  return policies;
}
const POLICIES = sound(POLICY);
function ruleOf(policies: readonly Policy[]): Rule {
  const [rule] = allRules(policies);
  assert.ok(rule !== undefined);
  return rule;
}
const RULE = ruleOf(POLICIES);

function profile(body: string, policies = POLICIES) {
  return loadProfiles([{ file: 'role.yaml', text: `profile: role\ntitle: t\ninclude: ['*']\n${body}` }], policies);
}

void test('a parameter has its default, and a case may state another value', () => {
  const results = testPolicies({ policies: POLICIES, facts: FACTS, base: () => STOCK, derived: [] });
  assert.deepEqual(
    results.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.equal(results.length, 4);
});

void test('the profile of a host sets it, and the verdict shows the value and who chose it', () => {
  const role = profile('parameters: { tuned: { minTimeout: 600 } }').value?.get('role');
  assert.ok(role !== undefined);
  const verdict = judge(RULE, STOCK, 'h', role);
  assert.equal(verdict.result, 'fail');
  assert.equal(verdict.because, 'it is 120, less than 600');
  const of = (id: string): Reading | undefined => verdict.evidence.find(({ fact }) => fact === id)?.reading;
  assert.deepEqual(of('param.minTimeout'), known(600, 'set by the profile role'));
  assert.deepEqual(of('param.vendor'), known('rhel', 'the default of the policy tuned'));
});

void test('readings of a host cannot pass for a parameter', () => {
  assert.equal(applyRule(RULE, readingsWith({ 'param.minTimeout': value(121) })).result, 'pass');
});

void test('the parameters of one policy are not those of another', () => {
  const other = `policy: other\ntitle: t\nrules:\n  - { id: other, title: t, severity: low, requires: sysctl.kernel.panic == param.minTimeout, because: x }\n`;
  const { diagnostics } = loadPolicies(
    [
      { file: 'tuned.yaml', text: POLICY },
      { file: 'other.yaml', text: other },
    ],
    FACTS,
  );
  assert.deepEqual(
    diagnostics.map(({ code, help }) => [code, help]),
    [['policy/unknown-parameter', 'it has none: declare it in parameters']],
  );
});

void test('the mistakes of parameters, all at once', () => {
  const wrong = `policy: wrong
title: t
parameters:
  Big: { type: int, default: 1, description: d }
  noDefault: { type: int, description: d }
`;
  const worse = `policy: worse
title: t
parameters:
  days: { type: int, default: ninety, description: d }
  most: { type: int, default: 5, max: 4, description: d }
  turned: { type: int, default: 5, min: 9, max: 1, description: d }
  word: { type: enum, default: a, description: d }
  other: { type: enum, values: [always, never], default: allways, description: d }
  flag: { type: bool, default: true, values: [a], description: d }
  good: { type: int, default: 5, description: d }
rules:
  - { id: misspelt, title: t, severity: low, requires: sysctl.kernel.panic == param.goood, because: 'x {param.god}' }
  - { id: types, title: t, severity: low, requires: os.id == param.good, because: x }
  - { id: alone, title: t, severity: low, requires: param.good == 5, because: x }
  - { id: either, title: t, severity: low, requires: param.good == 5 || os.id == "a", because: x }
  - { id: closed, title: t, severity: low, requires: thp.enabled == "never", because: x, cases: [{ name: c, facts: { param.good: absent }, gives: pass }] }
  - { id: state, title: t, severity: low, requires: thp.enabled == "never", because: x, cases: [{ name: c, facts: { param.good: many }, gives: pass }] }
`;
  matchesGolden(
    'policy-mistakes/parameters.txt',
    renderDiagnostics([...load(wrong, 'wrong.yaml').diagnostics, ...load(worse, 'worse.yaml').diagnostics], {
      colour: false,
    }),
  );
});

void test('what a profile sets is checked: policy, name, type, range, word', () => {
  const { value: loaded, diagnostics } = profile(`parameters:
  tunde: { minTimeout: 1 }
  tuned: { minTimout: 1, minTimeout: long, mode: nevr, strict: 1 }
`);
  assert.equal(loaded, undefined);
  matchesGolden('policy-mistakes/profile-parameters.txt', renderDiagnostics(diagnostics, { colour: false }));
  assert.deepEqual(
    profile('parameters: { tuned: { minTimeout: 0 } }').diagnostics.map(({ code }) => code),
    ['profile/parameter-value'],
  );
});

void test('a profile cannot turn a rule into a pass without evidence', () => {
  const [first = ''] = POLICY.split('rules:');
  const policies = sound(
    `${first}rules:\n  - { id: lax, title: t, severity: low, requires: '!param.strict || kexec.crash_loaded', because: x }\n`,
  );
  assert.deepEqual(
    profile('parameters: { tuned: { strict: false } }', policies).diagnostics.map(({ code }) => code),
    ['profile/no-evidence'],
  );
  assert.deepEqual(profile('exclude: []\nparameters: { tuned: { strict: true } }', policies).diagnostics, []);
});

void test('whatever the parameters: what could not be read never passes', () => {
  const readings = fc.record({
    'sysctl.kernel.hung_task_timeout_secs': fc.oneof(
      fc.integer({ min: 0, max: 300 }).map((seconds): Reading => value(seconds)),
      fc.constant(DENIED),
      fc.constant(GONE),
    ),
    'thp.enabled': fc.oneof(
      fc.constantFrom('always', 'madvise', 'never').map((mode): Reading => value(mode)),
      fc.constant(DENIED),
    ),
    'os.id': fc.oneof(
      fc.constantFrom('rhel', 'debian').map((id): Reading => value(id)),
      fc.constant(DENIED),
    ),
  });
  const chosen = fc.record({
    minTimeout: fc.integer({ min: 1, max: 300 }),
    mode: fc.constantFrom('always', 'never'),
    strict: fc.boolean(),
    vendor: fc.constantFrom('rhel', 'debian'),
  });
  fc.assert(
    fc.property(readings, chosen, (facts, values) => {
      const parameters = new Map(Object.entries(values).map(([name, of]) => [`param.${name}`, value(of)] as const));
      const { result } = applyRule(RULE, readingsWith(facts), parameters);
      const seconds = facts['sysctl.kernel.hung_task_timeout_secs'];
      const passes =
        values.strict &&
        facts['os.id'].state === 'known' &&
        facts['os.id'].value === values.vendor &&
        seconds.state === 'known' &&
        Number(seconds.value) >= values.minTimeout &&
        facts['thp.enabled'].state === 'known' &&
        facts['thp.enabled'].value !== values.mode;
      assert.equal(result === 'pass', passes);
      if (!values.strict) assert.equal(result, 'notapplicable');
    }),
  );
});

void test('a profile may speak of a policy that is not judged, beside one of the same name that is', () => {
  const own = sound(
    'policy: tuned\ntitle: mine\nrules:\n  - { id: mine, title: t, severity: low, requires: kexec.crash_loaded, because: x }\n',
  );
  const { value: loaded, diagnostics } = profile('parameters: { tuned: { minTimeout: 600 } }', [...own, ...POLICIES]);
  assert.deepEqual(diagnostics, []);
  const role = loaded?.get('role');
  assert.ok(role !== undefined);
  assert.deepEqual(
    judge(ruleOf(own), STOCK, 'h', role).evidence.map(({ fact }) => fact),
    ['kexec.crash_loaded'],
  );
});
