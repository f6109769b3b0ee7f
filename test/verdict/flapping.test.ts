import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gate, HostReport } from '../../src/model/report.js';
import type { Result } from '../../src/model/verdict.js';
import { type PastChanges, withFlapping } from '../../src/verdict/flapping.js';
import { summarise } from '../../src/verdict/summary.js';
import { night } from '../support/told-runs.js';

const GATE: Gate = { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false };
const IGNORE: Gate = { ...GATE, flapping: 'ignore' };

function host(name: string, result: Result, past?: PastChanges): HostReport {
  const [made] = night(1, [{ host: name, judged: { 'panic-freezes': result, 'thp-always': 'pass' } }]).hosts;
  if (made === undefined) throw new Error('no host was made');
  return withFlapping(made, (_, rule) => (rule === 'panic-freezes' ? past : undefined));
}
const flapsOf = (each: HostReport): number | undefined => each.verdicts[0]?.flaps;

test('a run may bring the change that makes three', () => {
  assert.equal(flapsOf(host('a', 'fail', { changes: 2, last: 'pass' })), 3);
  assert.equal(flapsOf(host('a', 'fail', { changes: 2, last: 'fail' })), undefined);
  assert.equal(flapsOf(host('a', 'fail', { changes: 3, last: 'fail' })), 3);
  assert.equal(flapsOf(host('a', 'unknown', { changes: 2, last: 'fail' })), undefined);
  assert.equal(flapsOf(host('a', 'unknown', { changes: 3, last: 'fail' })), 3);
  assert.equal(flapsOf(host('a', 'fail')), undefined);
});

const FLAPS = { changes: 4, last: 'fail' } as const;
const codeOf = (hosts: readonly HostReport[], gate: Gate) => summarise(hosts, { gate, rules: 2, tookMs: 0 });

test('a fail that flaps counts, unless the gate lets it through, and then that is said', () => {
  const hosts = [host('a', 'fail', FLAPS), host('b', 'pass')];
  assert.equal(codeOf(hosts, GATE).exitCode, 1);
  const { exitCode, verdict, statuses, flappingFails } = codeOf(hosts, IGNORE);
  assert.equal(exitCode, 0);
  assert.equal(verdict, 'all 2 hosts answered, and no fail counts; 1 fail of severity high or above is flapping');
  assert.equal(statuses.failing, 1);
  assert.equal(flappingFails?.high, 1);
});

test('a steady fail beside it counts, and is counted alone', () => {
  const { exitCode, verdict } = codeOf([host('a', 'fail', FLAPS), host('b', 'fail')], IGNORE);
  assert.equal(exitCode, 1);
  assert.match(verdict, /^not compliant: 1 unwaived fail of severity high or above on 1 host/);
});

test('what is not known is not let through', () => {
  assert.equal(codeOf([host('a', 'unknown', FLAPS)], IGNORE).exitCode, 3);
});

test('with a limit a fail that flaps is none of those that may be', () => {
  const limits: Gate = { ...IGNORE, maxFailing: [{ percent: 0 }] };
  assert.equal(codeOf([host('a', 'fail', FLAPS), host('b', 'pass')], limits).exitCode, 0);
  assert.equal(codeOf([host('a', 'fail', FLAPS), host('b', 'fail')], limits).exitCode, 1);
});

test('with --fail-on-new neither is a new one', () => {
  const newly = { ...host('a', 'fail', FLAPS) };
  const hosts = [
    { ...newly, verdicts: newly.verdicts.map((verdict) => ({ ...verdict, drift: 'newly-failing' as const })) },
    host('b', 'pass'),
  ];
  assert.equal(codeOf(hosts, { ...GATE, failOnNew: true }).exitCode, 1);
  assert.equal(codeOf(hosts, { ...IGNORE, failOnNew: true }).exitCode, 0);
});
