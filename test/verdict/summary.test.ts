import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostReport } from '../../src/model/report.js';
import type { Severity } from '../../src/model/verdict.js';
import { atLeast } from '../../src/model/verdict.js';
import { countHost, emptyTally, toSummary, summarise } from '../../src/verdict/summary.js';
import { arbitraryGate, arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS, GATE } from '../support/report/canonical.js';

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

test('conservation: every verdict is counted once, every host once', () => {
  fc.assert(
    fc.property(arbitraryReport, ({ header, hosts, summary }) => {
      assert.equal(summary.hosts, hosts.length);
      assert.equal(total(summary.statuses), hosts.length);
      assert.equal(total(summary.results), hosts.length * header.rules.length);
      for (const group of summary.groups) {
        assert.equal(total(group.statuses), group.hosts);
        assert.equal(group.hosts, hosts.filter(({ groups }) => groups.includes(group.group)).length);
      }
      const names = summary.groups.map(({ group }) => group);
      assert.deepEqual(names, [...new Set(hosts.flatMap(({ groups }) => groups))].sort());
    }),
    { numRuns: 60 },
  );
});

/** The gate's counts said once more, host by host, in the words of the design. */
function isCovered(host: HostReport, failOn: Severity | 'never'): boolean {
  return (
    host.failure === undefined &&
    host.verdicts.some(({ result }) => result === 'pass' || result === 'fail') &&
    !host.verdicts.some(
      ({ result, severity, waiver }) =>
        (result === 'error' || result === 'unknown') &&
        waiver === undefined &&
        failOn !== 'never' &&
        atLeast(failOn, severity),
    )
  );
}

test('coverage, fails and undecided are those of the hosts, through any gate', () => {
  fc.assert(
    fc.property(arbitraryReport, arbitraryGate, ({ header, hosts }, gate) => {
      const summary = summarise(hosts, { gate, rules: header.rules.length, tookMs: 0 });
      assert.equal(summary.coveredHosts, hosts.filter((host) => isCovered(host, gate.failOn)).length);
      const gated = hosts
        .flatMap(({ verdicts }) => verdicts)
        .filter(
          ({ severity, waiver }) => waiver === undefined && gate.failOn !== 'never' && atLeast(gate.failOn, severity),
        );
      assert.equal(summary.gateFails, gated.filter(({ result }) => result === 'fail').length);
      assert.equal(
        summary.waived,
        hosts.flatMap(({ verdicts }) => verdicts).filter(({ waiver }) => waiver !== undefined).length,
      );
    }),
    { numRuns: 60 },
  );
});

test('exit 0 without a bending option means that every host is compliant through the gate', () => {
  fc.assert(
    fc.property(arbitraryReport, arbitraryGate, ({ header, hosts }, gate) => {
      const strict = { ...gate, minCoverage: 100, allowEmpty: false, exitZero: false };
      const { exitCode } = summarise(hosts, { gate: strict, rules: header.rules.length, tookMs: 0 });
      const hasGateFail = hosts.some(({ verdicts }) =>
        verdicts.some(
          ({ result, severity, waiver }) =>
            result === 'fail' && waiver === undefined && gate.failOn !== 'never' && atLeast(gate.failOn, severity),
        ),
      );
      const isCompliant = hosts.length > 0 && hosts.every((host) => isCovered(host, gate.failOn)) && !hasGateFail;
      assert.equal(exitCode === 0, isCompliant);
    }),
    { numRuns: 60 },
  );
});

test('host by host gives what all at once gives, and finishing takes nothing away', () => {
  const hosts = [...(CANONICAL_REPORTS['mixed']?.hosts ?? [])];
  const options = { gate: GATE, rules: 5, tookMs: 7 };
  const tally = emptyTally(GATE);
  for (const host of hosts) {
    toSummary(tally, options);
    countHost(tally, host);
  }
  assert.deepEqual(toSummary(tally, options), summarise(hosts, options));
});

test('a host on which kernward broke gives exit 4', () => {
  const failures = CANONICAL_REPORTS['failures'];
  assert.equal(failures?.summary.internalErrors, 1);
  assert.equal(failures?.summary.exitCode, 4);
});

const codes: readonly (readonly [report: string, code: number])[] = [
  ['empty', 0],
  ['clean', 0],
  ['mixed', 1],
  ['failures', 4],
  ['interrupted', 130],
  ['waived', 0],
];
for (const [name, code] of codes)
  test(`the canonical report ${name} exits ${code}`, () =>
    assert.equal(CANONICAL_REPORTS[name]?.summary.exitCode, code));

test('a host on which kernward itself failed was reached, where it has readings, and its summary says so', () => {
  const [host] = [...(CANONICAL_REPORTS['mixed']?.hosts ?? [])].filter(
    ({ failure, status }) => failure === undefined && status === 'failing',
  );
  assert.ok(host);
  const tally = countHost(emptyTally(GATE), { ...host, failure: { code: 'internal', detail: 'rule x: a bug' } });
  assert.deepEqual([tally.statuses.failing, tally.statuses.unreachable, tally.internalErrors], [1, 0, 1]);
});
