import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { HostReport, WaiverState } from '../../../src/model/report.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { openWaivers, resolveWaivers, type Waivers } from '../../../src/verdict/waivers/open.js';
import type { Waiver } from '../../../src/verdict/waivers/waiver.js';
import { arbitraryReport } from '../../support/report/arbitrary.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const NOW = '2026-11-24T02:00:00Z';

function waiver(more: Partial<Waiver> = {}): Waiver {
  return {
    id: 'W1',
    rule: 'hung-*',
    hosts: 'web',
    justification: 'j',
    owner: 'o',
    approvedBy: 'a',
    expires: '2027-06-01T00:00:00Z',
    definedAt: { file: 'w.yaml', line: 2 },
    ...more,
  };
}

function verdict(rule: string, result: Verdict['result'], more: Partial<Verdict> = {}): Verdict {
  return {
    host: 'web1',
    rule,
    severity: 'high',
    result,
    because: '',
    evidence: [],
    ...more,
  };
}

function host(name: string, verdicts: readonly Verdict[], more: Partial<HostReport> = {}): HostReport {
  return {
    host: name,
    address: name,
    port: 22,
    groups: [],
    labels: {},
    profile: 'p',
    transport: 'ssh2',
    status: 'failing',
    tookMs: 1,
    readings: new Map(),
    verdicts,
    ...more,
  };
}

const RULES = ['hung-a', 'hung-b', 'other'];
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  web: ['web1', 'web2'],
  db: ['db1'],
  nobody: [],
  all: ['web1', 'web2', 'db1'],
};

function open(waivers: readonly Waiver[], now = NOW): Waivers {
  const { value, diagnostics } = resolveWaivers(waivers, {
    rules: RULES,
    hostsNamed: (pattern) => ({ value: new Set(GROUPS[pattern]), diagnostics: [] }),
    selected: new Set(['web1', 'web2']),
    now,
  });
  assert.ok(value, JSON.stringify(diagnostics));
  return openWaivers(value, { failOn: 'high' });
}

const FAILING = host('web1', [
  verdict('hung-a', 'fail', { digest: DIGEST }),
  verdict('hung-b', 'pass'),
  verdict('other', 'fail'),
]);

const states: readonly (readonly [
  name: string,
  state: WaiverState,
  waiver: Partial<Waiver>,
  counts: readonly [number, number, number],
])[] = [
  ['in force', 'in-force', {}, [1, 1, 0]],
  ['exactly 30 days before its end', 'expiring', { expires: '2026-12-24T02:00:00Z' }, [1, 1, 0]],
  ['a second more than 30 days before its end', 'in-force', { expires: '2026-12-24T02:00:01Z' }, [1, 1, 0]],
  ['at its end', 'expired', { expires: NOW }, [1, 0, 0]],
  ['a second before its end', 'expiring', { expires: '2026-11-24T02:00:01Z' }, [1, 1, 0]],
  ['at its start', 'in-force', { starts: NOW }, [1, 1, 0]],
  ['a second before its start', 'not-yet-valid', { starts: '2026-11-24T02:00:01Z' }, [1, 0, 0]],
  ['no such rule', 'no-rule', { rule: 'hang-*' }, [0, 0, 0]],
  ['no such host', 'no-host', { hosts: 'nobody' }, [0, 0, 0]],
  ['only hosts that were not asked', 'not-selected', { hosts: 'db' }, [0, 0, 0]],
  ['a rule that passes', 'unused', { rule: 'hung-b' }, [0, 0, 0]],
  ['the same evidence', 'in-force', { digest: DIGEST }, [1, 1, 0]],
  ['other evidence', 'void', { digest: OTHER }, [1, 0, 1]],
  ['a digest, and a verdict without evidence', 'void', { digest: DIGEST, rule: 'other' }, [1, 0, 1]],
  ['every rule', 'in-force', { rule: '*' }, [2, 2, 0]],
];
for (const [name, state, more, [matches, uses, voided]] of states)
  test(`${name}: ${state}`, () => {
    const waivers = open([waiver(more)]);
    const waived = waivers.waive(FAILING, { count: true });
    const [summary] = waivers.summaries();
    assert.deepEqual(summary && [summary.state, summary.matches, summary.uses, summary.voided], [
      state,
      matches,
      uses,
      voided,
    ]);
    assert.equal(waived.verdicts.filter(({ waiver: use }) => use?.id === 'W1').length, uses);
  });

test('a host whose every fail is waived complies, and the results stay what they are', () => {
  const { status, verdicts } = open([waiver({ rule: '*' })]).waive(FAILING);
  assert.equal(status, 'clean');
  assert.deepEqual(
    verdicts.map(({ result }) => result),
    ['fail', 'pass', 'fail'],
  );
  assert.deepEqual(verdicts[0]?.waiver, {
    id: 'W1',
    justification: 'j',
    expires: '2027-06-01T00:00:00Z',
    owner: 'o',
    approvedBy: 'a',
  });
});

test('a host that was not reached is covered by nothing', () => {
  const lost = host('web1', [verdict('hung-a', 'error')], {
    status: 'unreachable',
    failure: { code: 'refused', detail: 'no' },
  });
  const waivers = open([waiver()]);
  assert.deepEqual(waivers.waive(lost, { count: true }), lost);
  assert.equal(waivers.summaries()[0]?.state, 'unused');
});

test('of several waivers the one that holds longest is shown, then the first by id; the others count as well', () => {
  const late = { expires: '2028-01-01T00:00:00Z' };
  for (const order of [
    ['W1', 'W2', 'W3'],
    ['W3', 'W2', 'W1'],
  ]) {
    const all: Readonly<Record<string, Waiver>> = {
      W1: waiver(),
      W2: waiver({ id: 'W2', ...late }),
      W3: waiver({ id: 'W3', ...late }),
    };
    const waivers = open(order.flatMap((id) => all[id] ?? []));
    assert.equal(waivers.waive(FAILING, { count: true }).verdicts[0]?.waiver?.id, 'W2');
    assert.deepEqual(
      waivers.summaries().map(({ id, uses }) => [id, uses]),
      order.map((id) => [id, 1]),
    );
  }
});

test('what a saved report says of other waivers goes', () => {
  const before = open([waiver()]).waive(FAILING);
  const after = open([waiver({ id: 'W9', rule: 'other' })]).waive(before);
  assert.deepEqual(
    after.verdicts.map(({ waiver: use }) => use?.id),
    [undefined, undefined, 'W9'],
  );
  assert.deepEqual(
    open([])
      .waive(before)
      .verdicts.map(({ waiver: use }) => use?.id),
    [undefined, undefined, undefined],
  );
});

test('a waiver of a rule that there is not suggests the one that was meant', () => {
  const { diagnostics } = resolveWaivers([waiver({ rule: 'hung-aa' })], {
    rules: RULES,
    hostsNamed: () => ({ value: new Set(), diagnostics: [] }),
    selected: new Set(),
    now: NOW,
  });
  assert.deepEqual(
    diagnostics.map(({ code, severity, help }) => [code, severity, help]),
    [['waiver/no-rule', 'warning', 'did you mean hung-a?']],
  );
});

function bare({ verdicts }: HostReport): unknown {
  return verdicts.map((verdict) => ({ ...verdict, waiver: undefined }));
}

test('whatever the waivers, no result, no evidence and no order changes, and only fails and the undecided are covered', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.boolean(), (report, isBound) => {
      const { value } = resolveWaivers([waiver({ rule: '*', ...(isBound ? { digest: DIGEST } : {}) })], {
        rules: report.header.rules.map(({ id }) => id),
        hostsNamed: () => ({ value: new Set(report.hosts.map(({ host: name }) => name)), diagnostics: [] }),
        selected: new Set(report.hosts.map(({ host: name }) => name)),
        now: NOW,
      });
      assert.ok(value);
      const waivers = openWaivers(value, { failOn: 'high' });
      for (const each of report.hosts) {
        const waived = waivers.waive(each);
        assert.deepEqual(bare(waived), bare(each));
        for (const { waiver: use, result } of each.status === 'unreachable' ? [] : waived.verdicts)
          assert.ok(
            use === undefined ||
              ['fail', 'error', 'unknown'].includes(result) ||
              each.verdicts.some((verdict) => verdict.waiver === use),
          );
      }
    }),
    { numRuns: 100 },
  );
});
