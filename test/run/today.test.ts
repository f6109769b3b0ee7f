import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derive } from '../../src/kernel/derive-facts.js';
import type { Host } from '../../src/model/host.js';
import type { HostOutcome } from '../../src/model/outcome.js';
import { known } from '../../src/model/reading.js';
import { allRules } from '../../src/policy/policy.js';
import { parseSaved } from '../../src/run/collected/parse-saved.js';
import { savedLine } from '../../src/run/collected/saved-readings.js';
import { asOf, withToday } from '../../src/run/support-date.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { ALL_FACTS, DERIVED, POLICIES, PROFILES, recordedHost } from '../support/shipped-policies.js';

const HOST: Host = {
  name: 'a',
  address: 'a',
  port: 22,
  identityFiles: [],
  groups: [],
  labels: {},
  transport: 'recorded',
  at: { file: 'i', line: 1, column: 1 },
};
const READ = recordedHost('debian-12') ?? new Map();
const RULES = allRules(POLICIES);

function supportOf(outcome: HostOutcome): Readonly<Record<string, string>> {
  const profile = PROFILES.get('stay-up');
  assert.ok(profile !== undefined && outcome.reached);
  const { verdicts } = judgeHost({ ...outcome, readings: derive(outcome.readings, DERIVED) }, RULES, profile);
  return Object.fromEntries(
    verdicts.filter(({ rule }) => rule.startsWith('os-support')).map(({ rule, result }) => [rule, result]),
  );
}

function collected(day: string): HostOutcome {
  return {
    host: 'a',
    reached: true,
    readings: withToday(READ, day),
    tookMs: 1,
  };
}

void test('the day travels with the readings: what was saved is judged as it would have been then', () => {
  const outcome = collected('2026-08-22');
  const saved = parseSaved(savedLine(HOST, outcome), 'r.jsonl', ALL_FACTS);
  const [again] = saved.value ?? [];
  assert.ok(again !== undefined);
  assert.deepEqual(
    again.outcome.reached && again.outcome.readings.get('support.today'),
    known('2026-08-22', '2026-08-22 (UTC)'),
  );
  assert.deepEqual(supportOf(again.outcome), supportOf(outcome));
  assert.deepEqual(supportOf(outcome), {
    'os-support-ended': 'pass',
    'os-support-ends-soon': 'notapplicable',
    'os-support-extended-only': 'fail',
  });
});

void test('--as-of judges the same readings as of another day', () => {
  assert.equal(supportOf(asOf(collected('2026-08-22'), '2026-01-01'))['os-support-extended-only'], 'pass');
  assert.equal(supportOf(asOf(collected('2026-08-22'), '2028-07-01'))['os-support-ended'], 'fail');
  const outcome = collected('2026-08-22');
  assert.equal(asOf(outcome, undefined), outcome);
});

void test('readings without a day are unknown, never a pass', () => {
  const results = Object.values(supportOf({ host: 'a', reached: true, readings: READ, tookMs: 1 }));
  assert.deepEqual(results, ['unknown', 'unknown', 'unknown']);
});
