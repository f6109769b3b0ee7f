import assert from 'node:assert/strict';
import test from 'node:test';
import { decideExit } from '../../src/verdict/exit-code.js';
import type { ExitFacts } from '../../src/verdict/exit-code.js';
import { ALL_WELL } from '../support/exit-facts.js';

const { gate: GATE } = ALL_WELL;

const cases: readonly (readonly [
  name: string,
  change: Partial<ExitFacts>,
  gate: Partial<ExitFacts['gate']>,
  code: number,
  verdict: string,
])[] = [
  [
    'all well',
    {},
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived',
  ],
  [
    'one host',
    { hosts: 1, coveredHosts: 1 },
    { failOn: 'critical' },
    0,
    'compliant: the host answered, and every rule of severity critical passed, does not apply or is waived',
  ],
  [
    'shipped rules left out',
    { notJudged: { notLoaded: 61, notSelected: 0 } },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; 61 rules of kernward were not judged, as --no-shipped asks',
  ],
  [
    'rules that no profile selects, and a fail',
    {
      notJudged: { notLoaded: 1, notSelected: 1 },
      fails: 1,
      gateFails: 1,
      counting: { fails: 1, hosts: 1 },
    },
    {},
    1,
    'not compliant: 1 unwaived fail of severity high or above on 1 host; 1 rule of kernward was not judged, as --no-shipped asks; 1 rule was not judged, because no profile of the hosts selects it',
  ],
  [
    'fails below the gate',
    { fails: 3 },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived',
  ],
  [
    'any severity',
    {},
    { failOn: 'info' },
    0,
    'compliant: all 10 hosts answered, and every rule of any severity passed, does not apply or is waived',
  ],
  ['never', { fails: 3 }, { failOn: 'never' }, 0, 'all 10 hosts answered; --fail-on never: 3 fails do not count'],
  [
    'a fail',
    { fails: 1, gateFails: 1, counting: { fails: 1, hosts: 1 } },
    {},
    1,
    'not compliant: 1 unwaived fail of severity high or above on 1 host',
  ],
  [
    'a fail and a hole',
    { fails: 2, gateFails: 2, counting: { fails: 2, hosts: 1 }, coveredHosts: 9, unreachedHosts: 1 },
    {},
    1,
    'not compliant: 2 unwaived fails of severity high or above on 1 host; incomplete too: 1 host was not reached',
  ],
  [
    'a fail, exit zero',
    { fails: 1, gateFails: 1, counting: { fails: 1, hosts: 1 } },
    { exitZero: true },
    0,
    'not compliant: 1 unwaived fail of severity high or above on 1 host; exit 0 instead of 1, as --exit-zero asks',
  ],
  [
    'not reached',
    { coveredHosts: 8, unreachedHosts: 2 },
    {},
    3,
    'incomplete: 2 hosts were not reached; 8 of 10 hosts decided (80 %), --min-coverage is 100',
  ],
  [
    'undecided',
    { coveredHosts: 9, gateUndecided: 1 },
    {},
    3,
    'incomplete: 1 result of severity high or above is undecided; 9 of 10 hosts decided (90 %), --min-coverage is 100',
  ],
  [
    'unchecked',
    { coveredHosts: 9, uncheckedHosts: 1 },
    {},
    3,
    'incomplete: 1 host has neither a pass nor a fail; 9 of 10 hosts decided (90 %), --min-coverage is 100',
  ],
  [
    'everything at once',
    { coveredHosts: 5, unreachedHosts: 2, uncheckedHosts: 2, gateUndecided: 3 },
    {},
    3,
    'incomplete: 2 hosts were not reached, 3 results of severity high or above are undecided, 2 hosts have neither a pass nor a fail; 5 of 10 hosts decided (50 %), --min-coverage is 100',
  ],
  [
    'incomplete, exit zero',
    { coveredHosts: 9, unreachedHosts: 1 },
    { exitZero: true },
    0,
    'incomplete: 1 host was not reached; 9 of 10 hosts decided (90 %), --min-coverage is 100; exit 0 instead of 3, as --exit-zero asks',
  ],
  [
    'exactly covered',
    { coveredHosts: 9, unreachedHosts: 1 },
    { minCoverage: 90 },
    0,
    'compliant as far as asked: 1 host was not reached; 9 of 10 hosts decided (90 %), which --min-coverage 90 accepts',
  ],
  [
    'just not covered',
    { coveredHosts: 9, unreachedHosts: 1 },
    { minCoverage: 90.1 },
    3,
    'incomplete: 1 host was not reached; 9 of 10 hosts decided (90 %), --min-coverage is 90.1',
  ],
  [
    'a hole in 10,000 does not read as 100 %',
    { hosts: 10_000, coveredHosts: 9_999, unreachedHosts: 1 },
    {},
    3,
    'incomplete: 1 host was not reached; 9999 of 10000 hosts decided (99.9 %), --min-coverage is 100',
  ],
  [
    'a fraction that floats get wrong',
    { hosts: 1000, coveredHosts: 161, unreachedHosts: 839 },
    { minCoverage: 16.1 },
    0,
    'compliant as far as asked: 839 hosts were not reached; 161 of 1000 hosts decided (16.1 %), which --min-coverage 16.1 accepts',
  ],
  [
    'nobody answered, whatever the coverage',
    { coveredHosts: 0, unreachedHosts: 10 },
    { minCoverage: 0 },
    3,
    'incomplete: 10 hosts were not reached; 0 of 10 hosts decided (0 %), --min-coverage is 0',
  ],
  [
    'not reached, never',
    { coveredHosts: 9, unreachedHosts: 1 },
    { failOn: 'never' },
    3,
    'incomplete: 1 host was not reached; 9 of 10 hosts decided (90 %), --min-coverage is 100',
  ],
  [
    'a rule over groups fails',
    { gateGroupFails: 2 },
    {},
    1,
    'not compliant: 2 fails of severity high or above of rules over groups',
  ],
  [
    'a rule over groups fails, and a hole',
    { gateGroupFails: 1, coveredHosts: 9, unreachedHosts: 1 },
    {},
    1,
    'not compliant: 1 fail of severity high or above of rules over groups; incomplete too: 1 host was not reached',
  ],
  [
    'a rule over groups is undecided',
    { gateGroupUndecided: 1 },
    {},
    3,
    'incomplete: 1 result of severity high or above of rules over groups is undecided',
  ],
  [
    'a rule over groups is undecided because of an accepted hole',
    { gateGroupUndecided: 1, coveredHosts: 9, unreachedHosts: 1 },
    { minCoverage: 90 },
    0,
    'compliant as far as asked: 1 host was not reached, 1 result of severity high or above of rules over groups is undecided; 9 of 10 hosts decided (90 %), which --min-coverage 90 accepts',
  ],
  [
    'a rule over groups is undecided, and no host is missing whose hole was accepted',
    { gateGroupUndecided: 1 },
    { minCoverage: 90 },
    3,
    'incomplete: 1 result of severity high or above of rules over groups is undecided; every host is decided, so --min-coverage 90 accepts nothing of it',
  ],
  [
    'old fails, and fails of rules that the baseline does not have',
    { fails: 5, gateFails: 5, gateFailsOfNewRules: 2 },
    { failOnNew: true },
    0,
    'all 10 hosts answered, and no fail counts; 3 fails of severity high or above are not new since the baseline; 2 fails of severity high or above are let through because the baseline does not have their rules',
  ],
  [
    'only fails of rules that the baseline does not have',
    { fails: 1, gateFails: 1, gateFailsOfNewRules: 1 },
    { failOnNew: true },
    0,
    'all 10 hosts answered, and no fail counts; 1 fail of severity high or above is let through because the baseline does not have its rule',
  ],
  [
    'a new fail beside fails of rules that the baseline does not have',
    { fails: 3, gateFails: 3, counting: { fails: 1, hosts: 1 }, gateFailsOfNewRules: 2 },
    { failOnNew: true },
    1,
    'not compliant: 1 new unwaived fail of severity high or above on 1 host; 2 fails of severity high or above are let through because the baseline does not have their rules',
  ],
  [
    'a hole beside fails of rules that the baseline does not have',
    { fails: 1, gateFails: 1, gateFailsOfNewRules: 1, coveredHosts: 9, unreachedHosts: 1 },
    { failOnNew: true },
    3,
    'incomplete: 1 host was not reached; 9 of 10 hosts decided (90 %), --min-coverage is 100; 1 fail of severity high or above is let through because the baseline does not have its rule',
  ],
  [
    'fails of rules over groups do not read as compliant',
    { gateGroupFailsLetThrough: 2 },
    { failOnNew: true },
    0,
    'all 10 hosts answered, and no fail counts; 2 fails of severity high or above of rules over groups are let through because nobody knows what the groups did before',
  ],
  [
    'a shard of the day before yesterday',
    {
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-26T02:00:00Z', newest: '2026-11-28T02:00:00Z' },
        maxApartHours: 24,
      },
    },
    {},
    3,
    'incomplete: what is judged together was collected from 2026-11-26T02:00:00Z to 2026-11-28T02:00:00Z, and --max-apart 24 allows 24 hours between: collect the older part again, or allow more',
  ],
  [
    'a shard of the day before yesterday, and a fail',
    {
      fails: 1,
      gateFails: 1,
      counting: { fails: 1, hosts: 1 },
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-26T02:00:00Z', newest: '2026-11-28T02:00:00Z' },
        maxApartHours: 1,
      },
    },
    {},
    1,
    'not compliant: 1 unwaived fail of severity high or above on 1 host; incomplete too: what is judged together was collected from 2026-11-26T02:00:00Z to 2026-11-28T02:00:00Z, and --max-apart 1 allows 1 hour between: collect the older part again, or allow more',
  ],
  [
    'a shard of the day before yesterday that was allowed',
    {
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-26T02:00:00Z', newest: '2026-11-28T02:00:00Z' },
        maxApartHours: 48,
      },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected from 2026-11-26T02:00:00Z to 2026-11-28T02:00:00Z',
  ],
  [
    'readings of the week before',
    {
      startedAt: '2026-12-05T02:00:00Z',
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-28T02:00:00Z', newest: '2026-11-28T02:00:00Z' },
        maxApartHours: 24,
      },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected 2026-11-28T02:00:00Z',
  ],
  [
    'a report of Friday of which some were asked again on Monday',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 1, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-27T02:00:00Z' }] },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected from 2026-11-27T02:00:00Z to 2026-11-30T02:00:00Z',
  ],
  [
    'a collection of Friday of which some were asked again on Monday',
    {
      startedAt: '2026-11-30T02:01:00Z',
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-27T02:00:00Z', firstRun: '2026-11-30T02:00:00Z', newest: '2026-11-30T02:00:00Z' },
        maxApartHours: 24,
      },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected from 2026-11-27T02:00:00Z to 2026-11-30T02:00:00Z',
  ],
  [
    'a shard that was asked again, and one of the week before',
    {
      startedAt: '2026-11-30T02:01:00Z',
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-16T02:00:00Z', firstRun: '2026-11-23T02:00:00Z', newest: '2026-11-30T02:00:00Z' },
        maxApartHours: 24,
      },
    },
    {},
    3,
    'incomplete: what is judged together was collected from 2026-11-23T02:00:00Z to 2026-11-30T02:00:00Z, and --max-apart 24 allows 24 hours between: collect the older part again, or allow more; collected from 2026-11-16T02:00:00Z to 2026-11-30T02:00:00Z',
  ],
  [
    'a report of the day before',
    {
      startedAt: '2026-11-28T02:00:00Z',
      rerun: { asked: 1, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-27T02:00:00Z' }] },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived',
  ],
  [
    'a report of the week before of which nobody was asked again',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 0, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-21T02:00:00Z' }] },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected 2026-11-21T02:00:00Z',
  ],
  [
    'a report of the week before of which all were asked again',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 10, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-21T02:00:00Z' }] },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived',
  ],
  [
    'a judged collection of the week before of which some were asked again',
    {
      startedAt: '2026-11-30T02:00:00Z',
      collected: {
        completeness: 'complete',
        missing: [],
        times: { oldest: '2026-11-21T02:00:00Z', newest: '2026-11-21T02:00:00Z' },
        maxApartHours: 24,
      },
      rerun: { asked: 1, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-30T01:00:00Z' }] },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected from 2026-11-21T02:00:00Z to 2026-11-30T02:00:00Z',
  ],
  [
    'a report that is older than a rerun may carry',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 1, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-27T02:00:00Z' }], maxApartHours: 71 },
    },
    {},
    3,
    'incomplete: what is carried was asked from 2026-11-27T02:00:00Z on, and --max-apart 71 allows 71 hours before 2026-11-30T02:00:00Z: scan every host again, or allow more',
  ],
  [
    'a report that is as old as a rerun may carry',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 1, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-27T02:00:00Z' }], maxApartHours: 72 },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived; collected from 2026-11-27T02:00:00Z to 2026-11-30T02:00:00Z',
  ],
  [
    'an old report of which nothing is asked again',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 0, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-21T02:00:00Z' }], maxApartHours: 24 },
    },
    {},
    3,
    'incomplete: what is carried was asked from 2026-11-21T02:00:00Z on, and --max-apart 24 allows 24 hours before 2026-11-30T02:00:00Z: scan every host again, or allow more',
  ],
  [
    'an old report of which every host is asked again',
    {
      startedAt: '2026-11-30T02:00:00Z',
      rerun: { asked: 10, runs: [{ runId: '0123456789abcdef', startedAt: '2026-11-21T02:00:00Z' }], maxApartHours: 24 },
    },
    {},
    0,
    'compliant: all 10 hosts answered, and every rule of severity high or above passed, does not apply or is waived',
  ],
  ['no hosts', { hosts: 0, coveredHosts: 0 }, {}, 2, 'no host was selected: nothing was checked'],
  [
    'no hosts, exit zero',
    { hosts: 0, coveredHosts: 0 },
    { exitZero: true },
    2,
    'no host was selected: nothing was checked',
  ],
  [
    'no hosts, allowed',
    { hosts: 0, coveredHosts: 0 },
    { allowEmpty: true },
    0,
    'no host was selected, which --allow-empty accepts: nothing was checked',
  ],
  ['no rules', { rules: 0 }, {}, 2, 'no rule was loaded: nothing was checked'],
  [
    'no rules, everything allowed',
    { rules: 0 },
    { allowEmpty: true, exitZero: true },
    2,
    'no rule was loaded: nothing was checked',
  ],
  [
    'a bug of ours',
    { internalErrors: 2 },
    { exitZero: true },
    4,
    'kernward itself failed on 2 hosts: a bug, please report it',
  ],
  ['an output not written', { unwrittenOutputs: 1 }, { exitZero: true }, 4, '1 output could not be written'],
  [
    'interrupted',
    { interruptedBy: 'SIGINT' },
    { exitZero: true },
    130,
    'interrupted by SIGINT, with 10 of 10 hosts decided (100 %): the report holds what was known by then',
  ],
  [
    'terminated',
    { interruptedBy: 'SIGTERM' },
    {},
    143,
    'interrupted by SIGTERM, with 10 of 10 hosts decided (100 %): the report holds what was known by then',
  ],
];

function ended(...matches: readonly number[]) {
  return matches.map((each, index) => ({ id: `W${index}\u001b[2J`, matches: each }));
}
function verdictOf(change: Partial<ExitFacts>): string {
  return decideExit({ ...ALL_WELL, ...change }).verdict;
}

test('a waiver that has ended and is needed is named, whatever the code is', () => {
  assert.match(verdictOf({ endedWaivers: ended(3) }), /waived; the waiver W0\\x1b\[2J \(3 results\) has ended$/);
  assert.match(
    verdictOf({ endedWaivers: ended(0, 1, 2) }),
    /; the waivers W1\S+ \(1 result\), W2\S+ \(2 results\) have ended$/,
  );
  assert.match(verdictOf({ endedWaivers: ended(1, 1, 1, 1, 1, 1, 1) }), / and 2 more have ended$/);
  assert.doesNotMatch(verdictOf({ endedWaivers: ended(0) }), /ended/);
  assert.match(verdictOf({ interruptedBy: 'SIGINT', endedWaivers: ended(1) }), /has ended$/);
});

for (const [name, change, gate, code, verdict] of cases)
  test(`exit ${code}: ${name}`, () => {
    const { insteadOf, ...decided } = decideExit({ ...ALL_WELL, ...change, gate: { ...GATE, ...gate } });
    assert.deepEqual(decided, { code, verdict });
    assert.equal(
      insteadOf,
      /exit 0 instead of 1/.test(verdict) ? 1 : /exit 0 instead of 3/.test(verdict) ? 3 : undefined,
    );
  });

/** Each condition alone, in order of precedence. */
const conditions = [
  [130, { interruptedBy: 'SIGINT' }],
  [4, { internalErrors: 1 }],
  [4, { unwrittenOutputs: 1 }],
  [2, { rules: 0 }],
  [2, { hosts: 0, coveredHosts: 0 }],
  [1, { fails: 1, gateFails: 1, counting: { fails: 1, hosts: 1 } }],
  [3, { coveredHosts: 0, unreachedHosts: 10 }],
] as const satisfies readonly (readonly [number, Partial<ExitFacts>])[];

test('every set of conditions gives the code of its first, in all 128 combinations', () => {
  for (let set = 0; set < 2 ** conditions.length; set += 1) {
    const chosen = conditions.filter((_, index) => (set & (1 << index)) !== 0);
    const facts: ExitFacts = Object.assign({ ...ALL_WELL }, ...[...chosen].reverse().map(([, change]) => change));
    assert.equal(decideExit(facts).code, chosen[0]?.[0] ?? 0, JSON.stringify(facts));
    const excused = decideExit({ ...facts, gate: { ...GATE, exitZero: true } }).code;
    assert.equal(excused, chosen[0] === undefined || chosen[0][0] === 1 || chosen[0][0] === 3 ? 0 : chosen[0][0]);
  }
});
