import assert from 'node:assert/strict';
import { ALL_WELL } from '../../support/exit-facts.js';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HostOutcome } from '../../../src/model/outcome.js';
import { RERUN_CHOICES, type HostReport, type RerunChoice } from '../../../src/model/report.js';
import type { Result } from '../../../src/model/verdict.js';
import { hostToJson } from '../../../src/report/host-json.js';
import { sha256 } from '../../../src/run/sha256.js';
import { decideExit } from '../../../src/verdict/exit-code.js';
import { createHostReport } from '../../../src/verdict/host-report.js';
import { planRerun, rawFacts, toRerun } from '../../../src/run/earlier/rerun.js';
import { ALL_FACTS, DERIVED, recordedHost, RULE_SET } from '../../support/shipped-policies.js';
import { hostAt } from '../../support/hosts.js';

const BASE = recordedHost('debian-12') ?? assert.fail('no recorded host');
const judgedBy = createHostReport(RULE_SET, sha256, { failOn: 'high' });
const RAW = rawFacts(ALL_FACTS, DERIVED);
function hostNamed(name: string) {
  return hostAt(22, { name });
}
function judged(name: string, outcome: HostOutcome): HostReport {
  return judgedBy(hostNamed(name), outcome, 'stay-up');
}
function reached(name: string): HostReport {
  return judged(name, {
    host: name,
    reached: true,
    readings: BASE,
    tookMs: 1,
    attempts: 2,
    collector: { protocol: 1, differs: true },
  });
}
function lost(name: string): HostReport {
  return judged(name, { host: name, reached: false, failure: { code: 'refused', detail: 'no' }, tookMs: 1 });
}

const BASIS = reached('basis');

test('what is carried is judged as it was, by the same rules', () => {
  for (const report of [reached('a'), lost('a')]) {
    const { carried, hosts } = planRerun({ file: 'old.json', runId: 'r1', hosts: [report] }, [], {
      inventory: [hostNamed('a')],
      selected: new Set(['a']),
      raw: RAW,
      declared: [],
    });
    const [outcome] = carried.values();
    assert.ok(outcome);
    const again = judgedBy(hosts[0] ?? assert.fail(), outcome, 'stay-up');
    assert.deepEqual(
      JSON.parse(JSON.stringify({ ...hostToJson(again), fromRun: undefined })),
      JSON.parse(JSON.stringify(hostToJson(report))),
    );
    assert.equal(again.fromRun, 'r1');
  }
});

test('the run that asked first stays named through several merges', () => {
  const { carried } = planRerun({ file: 'old.json', runId: 'r2', hosts: [{ ...reached('a'), fromRun: 'r1' }] }, [], {
    inventory: [],
    selected: new Set(),
    raw: RAW,
    declared: [],
  });
  assert.equal(carried.get(0)?.fromRun, 'r1');
});

const WAIVER = { id: 'W', justification: 'x', expires: '2099-01-01' };
function hostWith(result: Result, waiver?: typeof WAIVER) {
  return (name: string): HostReport => ({
    ...BASIS,
    host: name,
    verdicts: [
      {
        host: name,
        rule: 'r',
        severity: 'low',
        result,
        because: '',
        evidence: [],
        ...(waiver === undefined ? {} : { waiver }),
      },
    ],
  });
}
/** A host of each kind, and by which words it is meant. */
const KINDS: Readonly<
  Record<string, { readonly make: (name: string) => HostReport; readonly meant: readonly RerunChoice[] }>
> = {
  lost: { make: lost, meant: ['unreachable'] },
  passes: { make: hostWith('pass'), meant: [] },
  fails: { make: hostWith('fail'), meant: ['failed'] },
  waived: { make: hostWith('fail', WAIVER), meant: [] },
  unknown: { make: hostWith('unknown'), meant: ['unknown'] },
  error: { make: hostWith('error'), meant: ['unknown'] },
  'does not apply': { make: hostWith('notapplicable'), meant: [] },
};
const saved = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), kind: fc.constantFrom(...Object.keys(KINDS)) }),
  { selector: ({ name }) => name },
);
const some = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f', 'x']);

test('every host of the saved report has its place, asked or carried, and nobody else has', () => {
  fc.assert(
    fc.property(saved, some, some, fc.subarray([...RERUN_CHOICES]), (old, inventory, selected, which) => {
      const hosts = old.map(({ name, kind }) => KINDS[kind]?.make(name) ?? assert.fail());
      const plan = planRerun({ file: 'old.json', runId: 'r1', hosts }, which, {
        inventory: inventory.map(hostNamed),
        selected: new Set(selected),
        raw: RAW,
        declared: [],
      });
      assert.deepEqual(
        plan.hosts.map(({ name }) => name),
        old.map(({ name }) => name),
      );
      const asked = new Set(plan.asked.map(([index]) => index));
      for (const [index, { name, kind }] of old.entries()) {
        const isThere = inventory.includes(name);
        assert.notEqual(asked.has(index), plan.carried.has(index));
        assert.equal(plan.gone.includes(name), !isThere);
        if (asked.has(index)) assert.ok(isThere && selected.includes(name));
        if (isThere && selected.includes(name))
          assert.equal(
            asked.has(index),
            which.some((choice) => KINDS[kind]?.meant.includes(choice)),
          );
      }
      const added = inventory.filter((name) => old.every((host) => host.name !== name));
      assert.deepEqual(plan.added, added);
      const { added: said } = toRerun({ runId: 'r1', startedAt: '2026-11-28T12:00:00Z' }, which, plan);
      assert.deepEqual(said ?? [], added);
    }),
  );
});

const collectedHoles = fc.record({
  completeness: fc.constantFrom('complete', 'incomplete', 'not-known'),
  missing: fc.array(
    fc.record({
      plan: fc.constant('p'),
      shards: fc.constant(3),
      missing: fc.constant([2]),
      hosts: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 2 },
  ),
  added: fc.subarray(['n1', 'n2']),
});

test('asked again, every host of a report may answer: what the report lacks is lacking still', () => {
  fc.assert(
    fc.property(collectedHoles, fc.subarray(['n1', 'n3']), fc.boolean(), (collected, added, isLimited) => {
      const rerun = { asked: 1, runs: [], added, ...(isLimited ? { limit: 'web' } : {}) };
      const { code, verdict } = decideExit({ ...ALL_WELL, collected, rerun });
      const isWhole =
        collected.missing.length === 0 && collected.added.length === 0 && (added.length === 0 || isLimited);
      assert.equal(code, isWhole ? 0 : 3, verdict);
      assert.equal(verdict.includes('not known: readings without a header'), collected.completeness === 'not-known');
      for (const name of [...collected.added, ...added]) assert.ok(verdict.includes(name), verdict);
    }),
  );
});
