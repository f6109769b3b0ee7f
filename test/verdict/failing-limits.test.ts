import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { FailingLimit, Gate, HostReport } from '../../src/model/report.js';
import type { Result, Verdict } from '../../src/model/verdict.js';
import { isExceeded } from '../../src/verdict/failing-limits.js';
import { hostStatus } from '../../src/verdict/host-status.js';
import { summarise } from '../../src/verdict/summary.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

function gate(maxFailing: readonly FailingLimit[], more: Partial<Gate> = {}): Gate {
  return {
    failOn: 'high',
    minCoverage: 0,
    allowEmpty: false,
    exitZero: false,
    maxFailing,
    ...more,
  };
}

function host(
  name: string,
  high: Result,
  low: Result,
  groups: readonly string[] = [],
  more: Partial<Verdict> = {},
): HostReport {
  const verdicts: readonly Verdict[] = [
    { host: name, rule: 'high-rule', severity: 'high', result: high, because: '', evidence: [], ...more },
    { host: name, rule: 'low-rule', severity: 'low', result: low, because: '', evidence: [] },
  ];
  const isReached = high !== 'error';
  return {
    host: name,
    address: name,
    port: 22,
    groups,
    labels: {},
    profile: 'p',
    transport: 'ssh2',
    status: hostStatus(verdicts, isReached, { failOn: 'high' }),
    tookMs: 1,
    ...(isReached ? {} : { failure: { code: 'refused', detail: '' } }),
    readings: new Map(),
    verdicts,
  };
}

function fleet(failing: number, passing: number, groups: readonly string[] = []): readonly HostReport[] {
  return [
    ...Array.from({ length: failing }, (_, index) => host(`f${index}`, 'fail', 'pass', groups)),
    ...Array.from({ length: passing }, (_, index) => host(`p${index}`, 'pass', 'fail', groups)),
  ];
}

const cases: readonly (readonly [
  name: string,
  hosts: readonly HostReport[],
  gate: Gate,
  code: number,
  verdict: RegExp,
])[] = [
  [
    '2 of 100 at 2 %',
    fleet(2, 98),
    gate([{ percent: 2 }]),
    0,
    /2 fails of severity high or above are within --max-failing/,
  ],
  [
    '3 of 100 at 2 %',
    fleet(3, 97),
    gate([{ percent: 2 }]),
    1,
    /3 of 100 judged hosts \(3 %\) fail, and --max-failing 2% allows no more/,
  ],
  ['1 of 1001 at 0.1 %', fleet(1, 1000), gate([{ percent: 0.1 }]), 0, /within/],
  [
    '1 of 1001, which is 0.09990 %, at 0.0999 %',
    fleet(1, 1000),
    gate([{ percent: 0.0999 }]),
    1,
    /1 of 1001 judged hosts \(0\.1 %\) fails/,
  ],
  ['one fail at 0 %', fleet(1, 9), gate([{ percent: 0 }]), 1, /allows no more/],
  [
    'hosts that did not answer thin nothing out',
    [...fleet(1, 9), ...Array.from({ length: 90 }, (_, index) => host(`u${index}`, 'error', 'error'))],
    gate([{ percent: 5 }]),
    1,
    /1 of 10 judged hosts/,
  ],
  [
    'a rule below the gate, by its name',
    fleet(0, 4),
    gate([{ rule: 'low-rule', percent: 50 }]),
    1,
    /4 of 4 judged hosts \(100 %\) fail, and --max-failing low-rule=50% allows no more/,
  ],
  [
    'a rule by its name, whatever the gate',
    fleet(0, 4),
    gate([{ rule: 'low-rule', percent: 50 }], { failOn: 'never' }),
    1,
    /low-rule=50%/,
  ],
  [
    'a limit of another rule covers nothing',
    fleet(1, 99),
    gate([{ rule: 'low-rule', percent: 100 }]),
    1,
    /1 unwaived fail of severity high or above on 1 host/,
  ],
  [
    'a group that is within, and a host outside of it',
    [...fleet(1, 9, ['web']), host('x', 'fail', 'pass')],
    gate([{ group: 'web', percent: 10 }]),
    1,
    /1 unwaived fail .* on 1 host$/,
  ],
  [
    'a group that is beyond',
    fleet(2, 8, ['web']),
    gate([{ group: 'web', percent: 10 }, { percent: 100 }]),
    1,
    /--max-failing group:web=10% allows no more/,
  ],
  [
    'a group without a host',
    fleet(0, 3),
    gate([{ group: 'db', percent: 10 }]),
    0,
    /no host was judged by --max-failing group:db=10%/,
  ],
  [
    'a waived fail',
    [host('a', 'fail', 'pass', [], { waiver: { id: 'W', justification: '', expires: '' } })],
    gate([{ percent: 0 }]),
    0,
    /^compliant/,
  ],
  [
    'an old fail, where only what is new counts',
    [host('a', 'fail', 'pass', [], { drift: 'still-failing' })],
    gate([{ percent: 0 }], { failOnNew: true }),
    0,
    /1 fail .* is not new since the baseline or within --max-failing/,
  ],
  [
    'a new fail, where only what is new counts',
    [host('a', 'fail', 'pass', [], { drift: 'newly-failing' })],
    gate([{ percent: 0 }], { failOnNew: true }),
    1,
    /1 of 1 judged host /,
  ],
];
for (const [name, hosts, asked, code, verdict] of cases)
  test(`${name}: exit ${code}`, () => {
    const summary = summarise(hosts, { gate: asked, rules: 2, tookMs: 1 });
    assert.match(summary.verdict, verdict);
    assert.equal(summary.exitCode, code);
  });

test('no rounding lets a breach through: by whole numbers, for any share with four decimals', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.nat(100_000),
      (judgedHosts, units, some) => {
        const failingHosts = some % (judgedHosts + 1);
        const expected = BigInt(failingHosts) * 1_000_000n > BigInt(units) * BigInt(judgedHosts);
        assert.equal(
          isExceeded({ limit: { percent: units / 10_000 }, hosts: judgedHosts, judgedHosts, failingHosts }),
          expected,
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test('a limit of 0 % on all hosts stops what no limit at all stops, and nothing else; a limit of 100 % lets every fail through', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const code = (maxFailing: readonly FailingLimit[] | undefined): number => {
        const { maxFailing: _, failOnNew: __, ...rest } = report.header.gate;
        return summarise(report.hosts, {
          gate: { ...rest, exitZero: false, ...(maxFailing === undefined ? {} : { maxFailing }) },
          rules: report.header.rules.length,
          tookMs: 1,
        }).exitCode;
      };
      assert.equal(code([{ percent: 0 }]) === 1, code(undefined) === 1);
      assert.notEqual(code([{ percent: 100 }]), 1);
    }),
    { numRuns: 100 },
  );
});
