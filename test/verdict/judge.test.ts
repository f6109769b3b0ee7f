import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { derive } from '../../src/kernel/derive-facts.js';
import type { HostOutcome } from '../../src/model/outcome.js';
import { unreadable, type Reading } from '../../src/model/reading.js';
import type { Result, Severity } from '../../src/model/verdict.js';
import { toAlternatives } from '../../src/policy/alternatives.js';
import { loadPolicies } from '../../src/policy/load.js';
import { allRules, type Profile, type Rule } from '../../src/policy/policy.js';
import { judge } from '../../src/verdict/judge.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { DENIED, FACTS, GONE, readingsWith, STOCK, value } from '../support/policies.js';
import { codePoint } from '../support/code-point.js';
import { assertComputed } from '../support/computed-within.js';

const TEXT = `
policy: p
title: t
rules:
  - id: hung-task
    title: t
    severity: high
    appliesTo: sysctl.kernel.hung_task_timeout_secs > 0
    requires: hung_task.reboots == false
    because: after {sysctl.kernel.hung_task_timeout_secs} s it reboots, panic={cmdline.panic}
  - { id: absent-fails, title: t, severity: high, requires: kexec.crash_loaded == true, ifAbsent: fail, because: no crash kernel }
  - { id: absent-passes, title: t, severity: low, requires: 'thp.enabled == "never"', ifAbsent: pass, because: 'it is {thp.enabled}' }
  - { id: absent-excused, title: t, severity: low, requires: 'thp.enabled == "never"', ifAbsent: notapplicable, because: 'it is {thp.enabled}' }
  - { id: absent-unknown, title: t, severity: low, requires: 'thp.enabled == "never"', because: 'it is {thp.enabled}' }
  - { id: applies-absent, title: t, severity: low, appliesTo: 'thp.enabled != "never"', requires: 'os.id == "a"', ifAbsent: notapplicable, because: x }
  - { id: two-facts, title: t, severity: low, requires: 'thp.enabled == "never" || kexec.crash_loaded', ifAbsent: pass, because: x }
  - { id: with-fault, title: t, severity: low, requires: 'thp.enabled == "never" || 1 / sysctl.kernel.panic == 1', ifAbsent: pass, because: x }
  - { id: tells, title: t, severity: info, informational: true, requires: 'sysctl.kernel.panic == 0', because: 'panic is {sysctl.kernel.panic}' }
  - { id: folded, title: t, severity: low, because: x, requires: "os.id ==\\n  'rhel'" }
`;

const loaded = loadPolicies([{ file: 'p.yaml', text: TEXT }], FACTS);
const rules = allRules(loaded.value ?? []);
function ruleOf(id: string): Rule {
  const found = rules.find((rule) => rule.id === id);
  assert.ok(found, id);
  return found;
}

function profileOf(severities: Readonly<Record<string, Severity>> = {}, without: readonly string[] = []): Profile {
  return {
    id: 'test',
    title: 't',
    file: 'test.yaml',
    parameters: new Map(),
    labels: {},
    rules: new Map(
      rules.filter(({ id }) => !without.includes(id)).map(({ id, severity }) => [id, severities[id] ?? severity]),
    ),
  };
}

type Case = readonly [rule: string, changes: Readonly<Record<string, Reading>>, result: Result, because: string];

const CASES: readonly Case[] = [
  ['hung-task', {}, 'fail', 'after 120 s it reboots, panic=5'],
  ['hung-task', { cmdline: DENIED }, 'fail', 'after 120 s it reboots, panic=(not known)'],
  [
    'hung-task',
    { 'hung_task.reboots': value(false) },
    'pass',
    'hung_task.reboots == false holds (hung_task.reboots is false)',
  ],
  [
    'hung-task',
    { 'sysctl.kernel.hung_task_timeout_secs': value(0) },
    'notapplicable',
    'does not apply: sysctl.kernel.hung_task_timeout_secs > 0 is false (sysctl.kernel.hung_task_timeout_secs is 0)',
  ],
  // Applicability in doubt is unknown, never notapplicable.
  [
    'hung-task',
    { 'sysctl.kernel.hung_task_timeout_secs': DENIED },
    'unknown',
    'cannot be decided: sysctl.kernel.hung_task_timeout_secs could not be read: Permission denied',
  ],
  [
    'hung-task',
    { 'sysctl.kernel.hung_task_timeout_secs': GONE },
    'unknown',
    'cannot be decided: sysctl.kernel.hung_task_timeout_secs is absent (the directory can be searched and has no such file)',
  ],
  [
    'hung-task',
    { 'hung_task.reboots': DENIED },
    'unknown',
    'cannot be decided: hung_task.reboots could not be read: Permission denied',
  ],
  [
    'absent-fails',
    { 'kexec.crash_loaded': GONE },
    'fail',
    'no crash kernel (kexec.crash_loaded is absent (the directory can be searched and has no such file))',
  ],
  [
    'absent-fails',
    { 'kexec.crash_loaded': DENIED },
    'unknown',
    'cannot be decided: kexec.crash_loaded could not be read: Permission denied',
  ],
  [
    'absent-passes',
    { 'thp.enabled': GONE },
    'pass',
    'thp.enabled is absent (the directory can be searched and has no such file), which satisfies the rule',
  ],
  [
    'absent-passes',
    { 'thp.enabled': DENIED },
    'unknown',
    'cannot be decided: thp.enabled could not be read: Permission denied',
  ],
  [
    'absent-excused',
    { 'thp.enabled': GONE },
    'notapplicable',
    'thp.enabled is absent (the directory can be searched and has no such file), which means that the rule does not apply',
  ],
  [
    'absent-unknown',
    { 'thp.enabled': GONE },
    'unknown',
    'cannot be decided: thp.enabled is absent (the directory can be searched and has no such file)',
  ],
  [
    'applies-absent',
    { 'thp.enabled': GONE },
    'notapplicable',
    'thp.enabled is absent (the directory can be searched and has no such file), which means that the rule does not apply',
  ],
  [
    'applies-absent',
    { 'thp.enabled': DENIED },
    'unknown',
    'cannot be decided: thp.enabled could not be read: Permission denied',
  ],
  // One doubt that is not an absence, and absence decides nothing.
  [
    'two-facts',
    { 'thp.enabled': GONE, 'kexec.crash_loaded': DENIED },
    'unknown',
    'cannot be decided: kexec.crash_loaded could not be read: Permission denied, thp.enabled is absent (the directory can be searched and has no such file)',
  ],
  [
    'two-facts',
    { 'thp.enabled': DENIED, 'kexec.crash_loaded': GONE },
    'unknown',
    'cannot be decided: thp.enabled could not be read: Permission denied, kexec.crash_loaded is absent (the directory can be searched and has no such file)',
  ],
  [
    'two-facts',
    { 'thp.enabled': GONE },
    'pass',
    'thp.enabled is absent (the directory can be searched and has no such file), which satisfies the rule',
  ],
  [
    'two-facts',
    { 'thp.enabled': DENIED, 'kexec.crash_loaded': value(true) },
    'pass',
    'thp.enabled == "never" || kexec.crash_loaded holds (thp.enabled is not known, kexec.crash_loaded is true)',
  ],
  [
    'with-fault',
    { 'thp.enabled': GONE, 'sysctl.kernel.panic': value(0) },
    'unknown',
    'cannot be decided: division by zero, thp.enabled is absent (the directory can be searched and has no such file)',
  ],
  ['tells', {}, 'informational', 'panic is 5'],
  ['tells', { 'sysctl.kernel.panic': value(0) }, 'pass', 'sysctl.kernel.panic == 0 holds (sysctl.kernel.panic is 0)'],
  ['folded', {}, 'pass', "os.id == 'rhel' holds (os.id is rhel)"],
  ['folded', { 'os.id': value('\u001b]0;x\u0007') }, 'fail', 'x'],
];

for (const [id, changes, result, because] of CASES) {
  void test(`${id} with ${JSON.stringify(changes)} is ${result}`, () => {
    const verdict = judge(ruleOf(id), readingsWith(changes), 'web01', profileOf());
    assert.deepEqual({ result: verdict.result, because: verdict.because }, { result, because });
  });
}

void test('the evidence of a fail is what the rule and its sentence read', () => {
  const { evidence } = judge(ruleOf('hung-task'), STOCK, 'web01', profileOf());
  assert.deepEqual(
    evidence.map(({ fact }) => fact),
    ['sysctl.kernel.hung_task_timeout_secs', 'hung_task.reboots', 'cmdline'],
  );
});

void test('a rule that the profile leaves out is notselected, one that it changes has its severity', () => {
  const verdict = judge(ruleOf('hung-task'), STOCK, 'web01', profileOf({}, ['hung-task']));
  assert.deepEqual(
    [verdict.result, verdict.because, verdict.evidence.length],
    ['notselected', 'the profile test does not select this rule', 0],
  );
  assert.equal(judge(ruleOf('hung-task'), STOCK, 'web01', profileOf({ 'hung-task': 'critical' })).severity, 'critical');
});

const reading = fc.oneof(
  fc.constant(DENIED),
  fc.constant(GONE),
  fc.constantFrom<Reading[]>(
    value(0),
    value(1),
    value(true),
    value('never'),
    value('\u001b[2J'),
    value(['a']),
    value({ a: 'b' }),
    value(2 ** 53),
    value(-1),
  ),
);
const anyReadings = fc
  .array(fc.tuple(fc.constantFrom(...FACTS.map(({ id }) => id)), reading))
  .map((entries) => new Map(entries));
const anyOutcome: fc.Arbitrary<HostOutcome> = fc.oneof(
  anyReadings.map((readings): HostOutcome => ({ host: 'web01', reached: true, readings, tookMs: 1 })),
  fc
    .string({ unit: codePoint })
    .map((detail): HostOutcome => ({ host: 'web01', reached: false, failure: { code: 'refused', detail }, tookMs: 1 })),
);

void test('invariant 1: one verdict for every rule, sorted, whatever the host says; error for all where it was not reached', () => {
  fc.assert(
    fc.property(anyOutcome, fc.subarray(rules.map(({ id }) => id)), (outcome, without) => {
      const { verdicts, bug } = judgeHost(outcome, rules.toReversed(), profileOf({}, without));
      assert.equal(bug, undefined);
      assert.deepEqual(
        verdicts.map(({ rule }) => rule),
        rules.map(({ id }) => id),
      );
      for (const { result, rule, because } of verdicts) {
        assert.doesNotMatch(because, /\p{Cc}/u);
        assert.notEqual(because, '');
        if (!outcome.reached) assert.equal(result, 'error');
        else assert.equal(result === 'notselected', without.includes(rule));
      }
    }),
  );
});

void test('invariant 2: a pass stands on known facts, on absence that the rule names, or does not depend on the fact', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      for (const { result, rule: id, evidence } of judgeHost(
        { host: 'h', reached: true, readings, tookMs: 1 },
        rules,
        profileOf(),
      ).verdicts) {
        if (result !== 'pass') continue;
        const rule = ruleOf(id);
        assert.ok(
          evidence.some(
            ({ reading: { state } }) => state === 'known' || (state === 'absent' && rule.ifAbsent === 'pass'),
          ),
        );
        for (const {
          fact,
          reading: { state },
        } of evidence) {
          const description = FACTS.find((other) => other.id === fact);
          if (description === undefined || state === 'known' || (state === 'absent' && rule.ifAbsent === 'pass'))
            continue;
          for (const alternative of toAlternatives(description, rule.requires.literals))
            assert.equal(
              judge(rule, new Map([...readings, [fact, alternative]]), 'h', profileOf()).result,
              'pass',
              `${id} without ${fact}`,
            );
        }
      }
    }),
    { numRuns: 300 },
  );
});

function judgeAs(entries: Iterable<[string, Reading]>, order: readonly Rule[]): string {
  return JSON.stringify(
    judgeHost({ host: 'h', reached: true, readings: new Map(entries), tookMs: 1 }, order, profileOf()),
  );
}

void test('invariant 6: the same readings give the same verdicts, in whatever order they and the rules came', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      assert.equal(judgeAs([...readings].toReversed(), rules.toReversed()), judgeAs(readings, rules));
    }),
  );
});

void test('a bug of ours is an error for every rule of that host, and is told', () => {
  const broken: Rule = {
    ...ruleOf('tells'),
    requires: {
      ...ruleOf('tells').requires,
      evaluate: () => {
        throw new TypeError('x is not a function\u001b');
      },
    },
  };
  const { verdicts, bug } = judgeHost(
    { host: 'h', reached: true, readings: STOCK, tookMs: 1 },
    [...rules.filter(({ id }) => id !== 'tells'), broken],
    profileOf(),
  );
  assert.deepEqual(bug, { rule: 'tells', detail: 'TypeError: x is not a function\\x1b' });
  assert.equal(verdicts.length, rules.length);
  for (const verdict of verdicts) assert.equal(verdict.result, 'error');
  assert.match(verdicts[0]?.because ?? '', /kernward itself failed on rule tells/);
});

void test('judging sixty rules takes well under a millisecond of a host', () => {
  const sixty = Array.from({ length: 60 }, (_, index) => ({
    ...(rules[index % rules.length] ?? ruleOf('tells')),
    id: `rule-${index}`,
  }));
  const profile: Profile = { ...profileOf(), rules: new Map(sixty.map(({ id, severity }) => [id, severity])) };
  const outcome: HostOutcome = { host: 'h', reached: true, readings: STOCK, tookMs: 1 };
  for (let warmUp = 0; warmUp < 200; warmUp++) judgeHost(outcome, sixty, profile);
  const before = process.cpuUsage();
  const hosts = 500;
  for (let host = 0; host < hosts; host++) judgeHost(outcome, sixty, profile);
  const { user, system } = process.cpuUsage(before);
  const millisecondsPerHost = (user + system) / 1000 / hosts;
  console.log(`judging 60 rules: ${millisecondsPerHost.toFixed(3)} ms CPU a host`);
  assertComputed(millisecondsPerHost, 1);
});

void test('of a fact that the readings do not hold it is told once that nobody asked for it, however the readings are kept', () => {
  const without = new Map([...STOCK].filter(([id]) => id !== 'thp.enabled'));
  for (const readings of [without, derive(without, [])]) {
    const { result, because, evidence } = judge(ruleOf('absent-unknown'), readings, 'h', profileOf());
    assert.equal(result, 'unknown');
    assert.equal(because, 'cannot be decided: thp.enabled was not asked for: these readings do not have it');
    assert.deepEqual(evidence, [
      { fact: 'thp.enabled', reading: unreadable('not-collected', 'these readings do not have it') },
    ]);
  }
});
