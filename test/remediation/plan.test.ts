import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, known, unreadable, type Readings } from '../../src/model/reading.js';
import type { HostReport, RuleSummary } from '../../src/model/report.js';
import { planRemedies, unsettledLines, type Plan } from '../../src/remediation/index.js';
import { headerOf, hostOf, number, ruleOf, setting, unreachable } from '../support/remediation/reports.js';

const PANIC = 'kernel.hung_task_panic';
const ENABLED = '/sys/kernel/mm/transparent_hugepage/enabled';

/** As a kernward before this one wrote it. */
function older({
  id,
  policy,
  title,
  severity,
  rationale,
  remediation,
  settings,
  mayBreak,
  references,
}: RuleSummary): RuleSummary {
  return {
    id,
    policy,
    title,
    severity,
    rationale,
    remediation,
    settings,
    mayBreak,
    references,
  };
}

const RULES: readonly RuleSummary[] = [
  ruleOf('no-panic', 'high', { sysctl: [setting(PANIC, '0')] }),
  ruleOf('panic-too', 'critical', { sysctl: [setting(PANIC, '0'), setting('kernel.panic', '10')] }),
  ruleOf('do-panic', 'low', { sysctl: [setting(PANIC, '1')] }),
  ruleOf('thp-madvise', 'low', {
    sysfs: [setting(ENABLED, 'madvise', 'never')],
    bootParameters: ['transparent_hugepage=madvise'],
  }),
  ruleOf('thp-never', 'medium', { sysfs: [setting(ENABLED, 'never')], bootParameters: ['transparent_hugepage=never'] }),
  ruleOf('new-kernel', 'medium', { packages: ['kernel 6.1'], commands: ['reboot'] }),
  ruleOf('crash-kernel', 'medium', { bootParameters: ['crashkernel=512M'] }),
  ruleOf('hostile-name', 'low', { sysctl: [setting('kernel.x\nkernel.panic', '0'), setting('kernel.y', '$(reboot)')] }),
  older(ruleOf('old-report', 'low', {}, { settings: 'sysctl: kernel.panic=1' })),
];

function plan(...hosts: readonly HostReport[]): Plan {
  return planRemedies(headerOf(RULES), hosts);
}
function assigned({ remedies }: Plan) {
  return remedies.map(({ hosts, assignments }) => ({
    hosts,
    set: assignments.map(({ name, value, rules }) => `${name}=${value} for ${rules.join(' ')}`),
  }));
}
function byHand({ remedies }: Plan): readonly string[] {
  return remedies.flatMap(({ instructions }) =>
    instructions.flatMap(({ rule, lines }) => lines.map((line) => `${rule}: ${line}`)),
  );
}

interface Case {
  readonly name: string;
  readonly fails: readonly string[];
  readonly readings?: Readings;
  readonly set: readonly string[];
  readonly told?: readonly RegExp[];
  readonly notTold?: readonly RegExp[];
  readonly contradictions?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'two rules that agree share a key',
    fails: ['no-panic', 'panic-too'],
    set: [`${PANIC}=0 for no-panic panic-too`, 'kernel.panic=10 for panic-too'],
  },
  {
    name: 'two rules that contradict each other are refused, by name, and the rest is written',
    fails: ['do-panic', 'panic-too'],
    set: ['kernel.panic=10 for panic-too'],
    contradictions: [PANIC],
    told: [/^do-panic: not written, because another rule wants the opposite: kernel.hung_task_panic = 1$/],
  },
  {
    name: 'what the host has and the rule accepts stays',
    fails: ['thp-madvise'],
    readings: new Map([['thp.enabled', known('never', 'always madvise [never]')]]),
    set: [`${ENABLED}=never for thp-madvise`],
  },
  {
    name: 'a value that both rules accept is taken, and so is its boot parameter',
    fails: ['thp-madvise', 'thp-never'],
    set: [`${ENABLED}=never for thp-madvise thp-never`],
    told: [/^thp-never: .*on the kernel command line as well: transparent_hugepage=never/],
    notTold: [/transparent_hugepage=madvise/],
  },
  {
    name: 'a key that the kernel has not is left out and told',
    fails: ['panic-too'],
    readings: new Map([
      ['sysctl.kernel.hung_task_panic', absent('no such file')],
      ['sysctl.kernel.panic', number(0)],
    ]),
    set: ['kernel.panic=10 for panic-too'],
    told: [/^panic-too: left out, because this kernel has no such setting: kernel.hung_task_panic = 0$/],
  },
  {
    name: 'a key that could not be read is set all the same',
    fails: ['no-panic'],
    readings: new Map([['sysctl.kernel.hung_task_panic', unreadable('denied', 'mode 600')]]),
    set: [`${PANIC}=0 for no-panic`],
  },
  {
    name: 'what no file can do is told',
    fails: ['new-kernel', 'crash-kernel'],
    set: [],
    told: [
      /^new-kernel: packages: kernel 6.1$/,
      /^new-kernel: as root: reboot$/,
      /^crash-kernel: on the kernel command line: crashkernel=512M$/,
      /grubby .*--args="crashkernel=512M"/,
    ],
  },
  {
    name: 'a boot parameter that sets the same is told, with how to take it away',
    fails: ['no-panic'],
    readings: new Map([['cmdline', known({ hung_task_panic: '1', panic: '5' }, 'x')]]),
    set: [`${PANIC}=0 for no-panic`],
    told: [/the kernel command line has hung_task_panic=1, /, /--remove-args="hung_task_panic"/],
    notTold: [/panic=5/],
  },
  {
    name: 'a name or value that is more than a word is never written, and is told',
    fails: ['hostile-name'],
    set: [],
    told: [/may not stand in a file as it is: kernel\.x\\nkernel\.panic = 0, kernel\.y = \$\(reboot\)/],
  },
  {
    name: 'a report of an older kernward is told from, never guessed from',
    fails: ['old-report'],
    set: [],
    told: [/does not tell settings one by one: sysctl: kernel\.panic=1/],
  },
];

for (const { name, fails, readings, set, told, notTold, contradictions } of cases)
  test(name, () => {
    const made = plan(hostOf('db1', Object.fromEntries(fails.map((id) => [id, 'fail' as const])), readings));
    assert.deepEqual(assigned(made), [{ hosts: ['db1'], set }]);
    assert.deepEqual(
      made.remedies.flatMap((remedy) => remedy.contradictions.map((each) => each.name)),
      contradictions ?? [],
    );
    const lines = byHand(made);
    for (const pattern of told ?? [])
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `${pattern} in ${lines.join('\n')}`,
      );
    for (const pattern of notTold ?? [])
      assert.ok(!lines.some((line) => pattern.test(line)), `${pattern} in ${lines.join('\n')}`);
  });

function had(value: number): Readings {
  return new Map([['sysctl.kernel.hung_task_panic', number(value)]]);
}

test('hosts with equal remedies share one; what each had stands apart', () => {
  const made = plan(
    hostOf('a', { 'no-panic': 'fail' }, had(1)),
    hostOf('b', { 'new-kernel': 'fail' }),
    hostOf('c', { 'no-panic': 'fail' }, had(3)),
    hostOf('d', { 'no-panic': 'pass' }),
  );
  assert.deepEqual(
    assigned(made).map(({ hosts }) => hosts),
    [['a', 'c'], ['b']],
  );
  assert.deepEqual(
    [...(made.remedies[0]?.before.get(PANIC) ?? [])],
    [
      ['1', ['a']],
      ['3', ['c']],
    ],
  );
  assert.deepEqual([made.hosts, made.content], [4, 1]);
});

test('who was not reached, is undecided or waived stands apart, and nothing is written for them', () => {
  const waiver = { id: 'W-1', justification: 'known', expires: '2027-01-01T00:00:00Z' };
  const made = plan(
    unreachable('gone'),
    hostOf('open', { 'no-panic': 'unknown' }),
    hostOf('waived', { 'no-panic': waiver }),
    hostOf('unchecked', { 'no-panic': 'notselected' }, new Map(), { status: 'unchecked' }),
  );
  assert.deepEqual(made.remedies, []);
  assert.deepEqual(unsettledLines(made), [
    'not reached, so nothing is known to remedy (refused: connection refused): gone',
    'undecided, so nothing is known to remedy: no-panic on open',
    'undecided, so nothing is known to remedy: host-not-checked on unchecked',
    'waived, so left as it is (no-panic (waiver W-1, until 2027-01-01T00:00:00Z)): waived',
  ]);
  assert.deepEqual([made.hosts, made.content], [4, 1]);
});

test('only the rules that are asked for', () => {
  const made = planRemedies(
    headerOf(RULES),
    [hostOf('a', { 'no-panic': 'fail', 'new-kernel': 'fail' })],
    new Set(['new-kernel']),
  );
  assert.deepEqual(assigned(made), [{ hosts: ['a'], set: [] }]);
  assert.deepEqual([...(made.remedies[0]?.reasons.keys() ?? [])], ['new-kernel']);
});
