import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostStatus } from '../../src/model/report.js';
import { type FailOn, isAtGate, RESULTS, type Result, SEVERITIES, type Verdict } from '../../src/model/verdict.js';
import { byGate, hostStatus } from '../../src/verdict/host-status.js';
import { compliantHosts, hostsAtGate } from '../../src/report/status-words.js';
import { summarise } from '../../src/verdict/summary.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

const WAIVER = { id: 'w', justification: 'j', expires: '2027-01-01' };

/** `low fail!`: a waived fail of severity low; without a severity it is high. */
type Word = `${'low ' | ''}${Result}${'!' | ''}`;

function verdict(word: Word): Verdict {
  const result = RESULTS.find((each) => word.replace('low ', '').startsWith(each)) ?? 'pass';
  return {
    host: 'h',
    rule: word,
    severity: word.startsWith('low ') ? 'low' : 'high',
    result,
    because: '',
    evidence: [],
    ...(word.endsWith('!') ? { waiver: WAIVER } : {}),
  };
}

const STATUSES: readonly (readonly [words: readonly Word[], reached: boolean, status: HostStatus, gate?: FailOn])[] = [
  [['error', 'error'], false, 'unreachable'],
  [['pass'], false, 'unreachable'],
  [['pass', 'fail', 'unknown'], true, 'failing'],
  [['pass', 'fail!', 'unknown'], true, 'undecided'],
  [['pass', 'error'], true, 'undecided'],
  [['unknown'], true, 'undecided'],
  [['pass', 'unknown!', 'error!'], true, 'clean'],
  [['pass', 'notapplicable'], true, 'clean'],
  [['fail!'], true, 'clean'],
  [['unknown!'], true, 'unchecked'],
  [['notapplicable', 'notselected', 'informational'], true, 'unchecked'],
  [[], true, 'unchecked'],
  [['pass', 'low fail'], true, 'lesser'],
  [['low fail'], true, 'lesser'],
  [['pass', 'low unknown'], true, 'lesser'],
  [['low unknown'], true, 'unchecked'],
  [['low fail', 'unknown'], true, 'undecided'],
  [['low fail', 'fail'], true, 'failing'],
  [['pass', 'low fail!'], true, 'clean'],
  [['pass', 'low fail'], true, 'failing', 'info'],
  [['pass', 'low fail'], true, 'failing', 'low'],
  [['pass', 'fail'], true, 'lesser', 'critical'],
  [['pass', 'fail'], true, 'lesser', 'never'],
  [['pass', 'unknown'], true, 'lesser', 'never'],
  [['pass'], true, 'clean', 'never'],
];

for (const [words, reached, status, failOn = 'high'] of STATUSES)
  test(`a host with [${words.join(', ')}], ${reached ? 'reached' : 'not reached'}, is ${status} at the gate ${failOn}`, () =>
    assert.equal(hostStatus(words.map(verdict), reached, { failOn }), status));

test('at any gate: failing hosts are those with a fail that counts, and what complies has nothing at the gate', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.constantFrom<FailOn>(...SEVERITIES, 'never'), ({ header, hosts }, failOn) => {
      const gate = { failOn, minCoverage: 100, allowEmpty: true, exitZero: false };
      const summary = summarise(hosts, { gate, rules: header.rules.length, tookMs: 1 });
      const seen = hosts.map((host) => byGate(host, gate));
      for (const [status, count] of Object.entries(summary.statuses))
        assert.equal(count, seen.filter((host) => host.status === status).length, status);
      const gated = seen.map(({ verdicts }) =>
        verdicts.filter(({ severity, waiver }) => waiver === undefined && isAtGate(failOn, severity)),
      );
      const failing = gated.filter((verdicts) => verdicts.some(({ result }) => result === 'fail')).length;
      assert.equal(summary.statuses.failing, failing);
      assert.equal(hostsAtGate(summary.hostsByWorstFail ?? assert.fail(), gate), failing);
      const open = gated.filter((verdicts) => verdicts.some(({ result }) => /fail|error|unknown/.test(result))).length;
      assert.ok(compliantHosts(summary.statuses) <= hosts.length - open);
    }),
    { numRuns: 60 },
  );
});
