import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import type { Diff } from '../../src/model/diff.js';
import type { Gate, HostReport, Report } from '../../src/model/report.js';
import { DRIFTS, RESULTS, type Drift, type Result, type Verdict } from '../../src/model/verdict.js';
import { DIFF_FORMATS } from '../../src/report/diff/index.js';
import { DiffSchema } from '../../src/report/diff/schema.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { compare } from '../../src/verdict/compare.js';
import { toDrift, indexBaseline } from '../../src/verdict/drift.js';
import { hostStatus } from '../../src/verdict/host-status.js';
import { summarise } from '../../src/verdict/summary.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

const USE = { id: 'W1', justification: 'j', expires: '2027-01-01T00:00:00Z' };
function verdict(result: Result, isWaived = false): Verdict {
  return {
    host: 'h',
    rule: 'r',
    severity: 'high',
    result,
    because: '',
    evidence: [],
    ...(isWaived ? { waiver: USE } : {}),
  };
}

/** What became of it: a row is the result before, a column the result now, in the order of RESULTS. */
const NEW = 'newly-failing';
const OLD = 'still-failing';
const DONE = 'resolved';
const LOST = 'no-longer-known';
const TABLE: Readonly<Record<Result | 'no host', readonly (Drift | undefined)[]>> = {
  //              pass       fail error      unknown    n/a        notselected informational
  pass: [undefined, NEW, LOST, LOST, undefined, undefined, undefined],
  fail: [DONE, OLD, LOST, LOST, DONE, LOST, LOST],
  error: [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
  unknown: [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
  notapplicable: [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
  notselected: [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
  informational: [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
  'no host': [undefined, NEW, undefined, undefined, undefined, undefined, undefined],
};
for (const before of [...RESULTS, 'no host'] as const)
  for (const [index, now] of RESULTS.entries())
    test(`${before}, then ${now}: ${TABLE[before][index] ?? 'nothing to say'}`, () =>
      assert.equal(
        toDrift(before === 'no host' ? undefined : { result: before, severity: 'high', isWaived: false }, verdict(now)),
        TABLE[before][index],
      ));

test('a fail whose waiver has ended counts as new; one that is waived now is not resolved', () => {
  assert.equal(toDrift({ result: 'fail', severity: 'high', isWaived: true }, verdict('fail')), 'newly-failing');
  assert.equal(toDrift({ result: 'fail', severity: 'high', isWaived: true }, verdict('fail', true)), 'still-failing');
  assert.equal(toDrift({ result: 'fail', severity: 'high', isWaived: false }, verdict('fail', true)), 'still-failing');
});

const GATE: Gate = { failOn: 'info', minCoverage: 0, allowEmpty: true, exitZero: false, failOnNew: true };
function diff(old: Report, now: Report): Diff {
  return compare(indexBaseline(old), now, { from: { old: 'old.json', now: 'new.json' }, gate: GATE });
}

function unwaived(verdict: Verdict): Verdict {
  const { waiver: _, drift: __, ...each } = verdict;
  return each;
}

function fails(report: Report): number {
  return [...report.hosts].flatMap(({ verdicts }) => verdicts).filter(({ result }) => result === 'fail').length;
}

function still(found: Diff): readonly string[] {
  return [...found.rows]
    .filter(({ drift }) => drift === 'still-failing')
    .map(({ host, rule }) => `${host} ${rule}`)
    .sort();
}

/** The same hosts and rules, judged anew: some hosts gone, some new, some silent, some results others. */
function changed(report: Report & { readonly hosts: readonly HostReport[] }): fc.Arbitrary<Report> {
  return fc
    .tuple(
      fc.subarray([...report.hosts]),
      fc.array(fc.constantFrom(...RESULTS), { minLength: 1, maxLength: 20 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    )
    .map(([kept, results, reached]) => {
      const hosts = kept.map((host, at): HostReport => {
        const isReached = host.failure === undefined && reached[at % reached.length] === true;
        const verdicts = host.verdicts.map((each, index): Verdict => ({
          ...unwaived(each),
          result: isReached ? (results[(at + index) % results.length] ?? 'pass') : 'error',
        }));
        const { failure: _, isNew: __, ...bare } = host;
        return {
          ...bare,
          ...(isReached ? {} : { failure: { code: 'refused', detail: '' } }),
          status: hostStatus(verdicts, isReached, GATE),
          verdicts,
        };
      });
      return {
        header: report.header,
        hosts,
        summary: summarise(hosts, { gate: GATE, rules: report.header.rules.length, tookMs: 1 }),
      };
    });
}

function bare(
  report: Report & { readonly hosts: readonly HostReport[] },
): Report & { readonly hosts: readonly HostReport[] } {
  return {
    ...report,
    hosts: report.hosts.map((host) => ({ ...host, verdicts: host.verdicts.map(unwaived) })),
  };
}

const pairs = arbitraryReport.map(bare).chain((report) => fc.tuple(fc.constant(report), changed(report)));

test('a report against itself: nothing is new, resolved, lost or gone, and it passes a gate for what is new', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const { report: same, rows, newHosts, goneHosts, silentHosts, profiles, severities } = diff(report, report);
      assert.deepEqual([newHosts, goneHosts, silentHosts, profiles, severities], [[], [], [], [], []]);
      for (const row of rows) assert.equal(row.drift, 'still-failing');
      assert.equal(same.summary.drift?.gateNewFails, 0);
      assert.notEqual(same.summary.exitCode, 1);
    }),
    { numRuns: 60 },
  );
});

test('counts add up: every fail is new or old, and every earlier fail is still there, resolved, lost, or gone with its host', () => {
  fc.assert(
    fc.property(pairs, ([old, now]) => {
      const found = diff(old, now);
      const counts = found.report.summary.drift?.verdicts ?? assert.fail();
      assert.equal(counts['newly-failing'] + counts['still-failing'], fails(now));
      const lostFails = [...found.rows].filter(
        ({ drift, before }) => drift === 'no-longer-known' && before === 'fail',
      ).length;
      const gone = found.goneHosts.reduce((sum, host) => sum + host.fails, 0);
      assert.equal(counts['still-failing'] + counts.resolved + lostFails + gone, fails(old));
      for (const drift of DRIFTS)
        assert.equal([...found.rows].filter((row) => row.drift === drift).length, counts[drift]);
    }),
    { numRuns: 80 },
  );
});

test('a host that does not answer has nothing resolved', () => {
  fc.assert(
    fc.property(pairs, ([old, now]) => {
      for (const host of diff(old, now).report.hosts)
        if (host.status === 'unreachable')
          for (const { drift } of host.verdicts) assert.ok(drift === undefined || drift === 'no-longer-known');
    }),
    { numRuns: 60 },
  );
});

test('the other way round, hosts that are new are gone, and what stays the same stays the same', () => {
  fc.assert(
    fc.property(pairs, ([old, now]) => {
      const [there, back] = [diff(old, now), diff(now, old)];
      assert.deepEqual(
        there.newHosts,
        back.goneHosts.map(({ host }) => host),
      );
      assert.deepEqual(
        there.goneHosts.map(({ host }) => host),
        back.newHosts,
      );
      assert.deepEqual(there.silentHosts, back.answeringHosts);
      assert.deepEqual(still(there), still(back));
      const resolved = [...there.rows]
        .filter(({ drift }) => drift === 'resolved')
        .map(({ host, rule }) => `${host} ${rule}`);
      const newly = new Set(
        [...back.rows].filter(({ drift }) => drift === 'newly-failing').map(({ host, rule }) => `${host} ${rule}`),
      );
      for (const each of resolved) assert.ok(newly.has(each), each);
    }),
    { numRuns: 60 },
  );
});

test('a rule that the earlier report does not have is neither new nor old, and is said', () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const without: Report = {
    ...mixed,
    header: { ...mixed.header, rules: mixed.header.rules.slice(1) },
    hosts: [...mixed.hosts].map((host) => ({ ...host, verdicts: host.verdicts.slice(1) })),
  };
  const found = diff(without, mixed);
  assert.deepEqual(found.report.header.baseline?.newRules, ['hung-task-auto-reboot']);
  assert.ok([...found.rows].every(({ rule }) => rule !== 'hung-task-auto-reboot'));
  assert.equal(found.report.summary.drift?.failsOfNewRules, 1);
  for (const format of ['table', 'markdown', 'github', 'html', 'sarif', 'json', 'jsonl']) {
    const told = [
      ...(FORMATS.get(format)?.render(found.report, { includePasses: false, colour: false, columns: 200 }) ?? []),
    ].join('');
    assert.match(
      told.replaceAll(/\s+/g, ' '),
      /1 fail of any severity is let through because the baseline does not have its rule/,
      format,
    );
  }
  assert.deepEqual(diff(mixed, without).report.header.baseline?.goneRules, ['hung-task-auto-reboot']);
});

test('every form is the same bytes again, json has its schema, csv a row a change and a host that is gone', () => {
  const isDiff = new Ajv2020({ strict: true }).compile(DiffSchema);
  fc.assert(
    fc.property(pairs, ([old, now]) => {
      const found = diff(old, now);
      for (const { id, render } of DIFF_FORMATS.values()) {
        const text = [...render(found, { colour: false, columns: 100 })].join('');
        assert.equal([...render(diff(old, now), { colour: false, columns: 100 })].join(''), text, id);
        if (id === 'json') assert.ok(isDiff(JSON.parse(text)), JSON.stringify(isDiff.errors?.slice(0, 2)));
        else assert.doesNotMatch(text, /[^\P{Cc}\r\n]/u, id);
        if (id === 'csv')
          assert.equal(text.trimEnd().split('\r\n').length, 1 + [...found.rows].length + found.goneHosts.length);
        if (id === 'markdown') assert.ok(Buffer.byteLength(text) <= 65_000);
      }
    }),
    { numRuns: 40 },
  );
});
