import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLEET } from '../../src/demo/fleet.js';
import { explainHost } from '../../src/explain/explain-host.js';
import { FACTS, FURTHER_FACTS } from '../../src/facts/index.js';
import { absent, known, UNREADABLE_CAUSES, unreadable, type Reading, type Readings } from '../../src/model/reading.js';
import { applyRule } from '../../src/policy/apply-rule.js';
import { allRules } from '../../src/policy/policy.js';
import { readRecording } from '../../src/probe/recording.js';
import { FIXES, HEADER, machine } from '../support/judged-machines.js';
import { RECORDED } from '../support/mutate.js';
import { POLICIES, withDerived } from '../support/shipped-policies.js';

/** Words of kernward's own types: nobody who reads a sentence at three in the morning has to know them. */
const INTERNAL =
  /\b(?:unreadable|undetermined|not-collected|notapplicable|timed-out|\(malformed|\(truncated|\(denied)\b/;
const RULES = allRules(POLICIES);

function sentencesOf(readings: Readings): readonly string[] {
  const all = withDerived(new Map([...readings, ['support.today', known('2026-11-01', '')]]));
  return RULES.map((rule) => `${rule.id}: ${applyRule(rule, all, new Map()).because}`);
}

function notPlain(sentences: readonly string[]): readonly string[] {
  return [...new Set(sentences.filter((sentence) => INTERNAL.test(sentence)))];
}

for (const { name, output } of RECORDED)
  void test(`${name}: every rule speaks in plain words`, () =>
    assert.deepEqual(notPlain(sentencesOf(readRecording(output))), []));

/** Each fact of a host in turn taken away for each reason there is: what a rule then says must be plain too. */
void test('whatever of a host cannot be had, every rule speaks in plain words', () => {
  const host = RECORDED.find(({ name }) => name === 'db1.example.com');
  assert.ok(host);
  const readings = readRecording(host.output);
  const instead: readonly Reading[] = [
    ...UNREADABLE_CAUSES.map((cause) => unreadable(cause, 'for the test')),
    absent('for the test'),
  ];
  for (const { id } of [...FACTS, ...FURTHER_FACTS])
    for (const reading of instead)
      assert.deepEqual(notPlain(sentencesOf(new Map([...readings, [id, reading]]))), [], id);
});

for (const { name, behaviour } of FLEET)
  if (behaviour === 'answers')
    void test(`${name}: explain speaks in plain words`, () => {
      const host = machine(name.replace('.example.com', ''));
      assert.deepEqual(notPlain(explainHost(host, HEADER, FIXES, { columns: 120 })), []);
    });
