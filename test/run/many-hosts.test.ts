/** What is remembered of one host must not show in the verdicts of another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { varyRecording } from '../../bench/vary-recording.js';
import { loadRules } from '../../src/cli/setup/load-targets.js';
import { recordedHost } from '../../src/run/shipped/package-files.js';
import { editRecording } from '../../src/demo/edit-recording.js';
import { FLEET } from '../../src/demo/fleet.js';
import { derive } from '../../src/kernel/derive-facts.js';
import { createPackageLookups } from '../../src/kernel/fixes/package-lookups.js';
import { notCollected, type FactId, type Reading, type Readings } from '../../src/model/reading.js';
import type { Verdict } from '../../src/model/verdict.js';
import { readRecording } from '../../src/probe/recording.js';
import type { RuleSet } from '../../src/run/rule-set.js';
import { withToday } from '../../src/run/support-date.js';
import { judgeHost } from '../../src/verdict/judge-host.js';

const RECORDED = Buffer.from(recordedHost('debian-12') ?? assert.fail('no recorded host')).toString();
const MACHINES: readonly Readings[] = [
  ...FLEET.map(({ edit }) => editRecording(RECORDED, edit)),
  ...Array.from({ length: 12 }, (_, index) => varyRecording(RECORDED, index)),
].map((recording) => withToday(readRecording(Buffer.from(recording)), '2026-03-01'));

function freshRuleSet(): RuleSet {
  return loadRules({}).value ?? assert.fail('the shipped policies do not load');
}

function judged(readings: Readings, ruleSet: RuleSet, profile: string): readonly Verdict[] {
  const chosen = ruleSet.profiles.get(profile) ?? assert.fail(profile);
  return judgeHost(
    { host: 'one', reached: true, readings: derive(readings, ruleSet.derived), tookMs: 1 },
    ruleSet.rules,
    chosen,
  ).verdicts;
}

for (const profile of ['stay-up', 'fail-fast', 'mongodb-8'])
  void test(`${MACHINES.length} machines, one after the other and each alone, have the same verdicts by ${profile}`, () => {
    const shared = freshRuleSet();
    for (const readings of MACHINES) judged(readings, shared, 'stay-up');
    for (const readings of MACHINES)
      assert.deepEqual(judged(readings, shared, profile), judged(readings, freshRuleSet(), profile));
  });

void test('a derived fact, and the question what to ask of packages, read nothing but their inputs', () => {
  const ruleSet = freshRuleSet();
  for (const machine of MACHINES) {
    const all = new Map<FactId, Reading>(machine);
    for (const fact of ruleSet.derived) {
      const read = (id: FactId): Reading => {
        assert.ok(fact.inputs.includes(id), `${fact.id} reads ${id}`);
        return all.get(id) ?? notCollected(id);
      };
      all.set(fact.id, fact.derive(read));
    }
  }
  const questions = createPackageLookups(ruleSet.fixes, undefined);
  for (const machine of MACHINES)
    assert.deepEqual(
      questions((id) => machine.get(id) ?? notCollected(id)),
      createPackageLookups(ruleSet.fixes, undefined)((id) => machine.get(id) ?? notCollected(id)),
    );
});

void test('a recording that was varied for a bench reads as well as the one that it was made of', () => {
  const whole = readRecording(Buffer.from(RECORDED));
  for (const index of [0, 1, 2, 7, 23, 100, 9999]) {
    const varied = readRecording(Buffer.from(varyRecording(RECORDED, index)));
    for (const [id, reading] of whole) assert.equal(varied.get(id)?.state, reading.state, `${id} of ${index}`);
  }
});
