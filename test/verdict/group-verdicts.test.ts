import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known, unreadable, type Reading, type Readings } from '../../src/model/reading.js';
import type { GroupVerdict, HostReport } from '../../src/model/report.js';
import type { GroupRule } from '../../src/policy/groups/group-rule.js';
import { openGroup } from '../../src/policy/groups/evaluate-group.js';
import { loadPolicies } from '../../src/policy/load.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { openGroupVerdicts } from '../../src/verdict/group-verdicts.js';
import { hostOf, unreachable } from '../support/remediation/reports.js';

const FACTS = [
  { id: 'down', title: 'goes down', type: { kind: 'bool' } as const, sources: [] },
  { id: 'kernel', title: 'release', type: { kind: 'string' } as const, sources: [] },
];

function ruleText(id: string, groups: string, requires: string, more = ''): string {
  return `  - id: ${id}
    title: ${id}
    severity: high
    groups: ${groups}
    requires: ${requires}
    because: '{group.name}: {group.matching} of {group.hosts} ({group.examples.join(", ")}; {group.values.join(", ")})'
${more}`;
}

function loaded(...rules: readonly string[]): readonly GroupRule[] {
  const { value, diagnostics } = loadPolicies(
    [{ file: 'p.yaml', text: `policy: p\ntitle: p\ngroupRules:\n${rules.join('')}` }],
    FACTS,
  );
  assert.ok(value, renderDiagnostics(diagnostics, { colour: false }));
  return value.flatMap(({ groupRules }) => groupRules);
}

const BOUNDS = [
  '{ atMost: { share: 1/3, of: down } }',
  '{ atMost: { hosts: 1, of: down } }',
  '{ atLeast: { share: 50%, of: down } }',
  '{ atLeast: { hosts: 2, of: down } }',
  '{ uniform: kernel }',
] as const;
const RULES = BOUNDS.map(
  (requires, index) => loaded(ruleText(`r${index}`, '{ label: cluster }', requires))[0] ?? assert.fail(),
);

type State = { readonly down: boolean; readonly kernel: string } | 'unknown' | 'unreachable';

function readingsOf(state: State): Readings | undefined {
  if (state === 'unreachable') return undefined;
  if (state === 'unknown')
    return new Map([
      ['down', unreadable('denied', 'no')],
      ['kernel', unreadable('denied', 'no')],
    ]);
  return new Map<string, Reading>([
    ['down', known(state.down, '')],
    ['kernel', known(state.kernel, '')],
  ]);
}

function judged(rule: GroupRule, states: readonly State[]): string {
  const group = openGroup(rule);
  for (const [index, state] of states.entries()) group.add(`h${index}`, readingsOf(state));
  return group.judge('g').result;
}

const KNOWN: readonly State[] = [
  { down: true, kernel: 'a' },
  { down: false, kernel: 'a' },
  { down: false, kernel: 'b' },
];

/** Every way in which the hosts that are not known may turn out. */
function completions(states: readonly State[]): readonly (readonly State[])[] {
  return states.reduce<readonly (readonly State[])[]>(
    (done, state) =>
      done.flatMap((before) => (typeof state === 'string' ? KNOWN : [state]).map((one) => [...before, one])),
    [[]],
  );
}

const states = fc.array(fc.constantFrom<State>(...KNOWN, 'unknown', 'unreachable'), { minLength: 2, maxLength: 6 });

for (const rule of RULES)
  test(`${BOUNDS[RULES.indexOf(rule)]}: pass and fail hold whatever the hosts are that are not known; unknown only where it matters`, () => {
    fc.assert(
      fc.property(states, (group) => {
        const result = judged(rule, group);
        const possible = new Set(completions(group).map((whole) => judged(rule, whole)));
        if (result !== 'unknown') assert.deepEqual([...possible], [result]);
        else if (group.some((state) => typeof state !== 'string'))
          assert.equal(possible.size, 2, 'it is not called unknown where it could be known');
        assert.equal(judged(rule, group.toReversed()), result, 'whatever the order');
      }),
    );
  });

test('of a group of which nothing is known nothing is said, however wide the bound', () => {
  const [rule] = loaded(ruleText('r', '{ label: cluster }', '{ atMost: { hosts: 100, of: down } }'));
  assert.ok(rule);
  assert.equal(judged(rule, ['unreachable', 'unreachable']), 'unknown');
  assert.equal(judged(rule, ['unknown', 'unreachable']), 'unknown');
});

test('two values that are shown alike are not one', () => {
  const { value } = loadPolicies(
    [
      {
        file: 'p.yaml',
        text: `policy: p\ntitle: p\ngroupRules:\n${ruleText('r', '{ label: c }', '{ uniform: some.words }')}`,
      },
    ],
    [{ id: 'some.words', title: 'l', type: { kind: 'list' }, sources: [] }],
  );
  const group = openGroup(value?.[0]?.groupRules[0] ?? assert.fail());
  group.add('a', new Map([['some.words', known(['x, y'], '')]]));
  group.add('b', new Map([['some.words', known(['x', 'y'], '')]]));
  assert.equal(group.judge('g').result, 'fail');
});

function verdictsOf(rules: readonly GroupRule[], hosts: Iterable<HostReport>): readonly GroupVerdict[] {
  const groups = openGroupVerdicts(rules);
  for (const host of hosts) groups.add(host);
  return groups.verdicts();
}

const MIXED = loaded(
  ruleText('by-label', '{ label: cluster }', '{ uniform: kernel }'),
  ruleText('by-name', "{ names: ['db*', web] }", '{ atMost: { share: 1/3, of: down } }', '    minHosts: 1\n'),
);

const host = fc.record({
  groups: fc.subarray(['db1', 'db2', 'web', 'other']),
  cluster: fc.option(fc.constantFrom('x', 'y', '__proto__')),
  isReached: fc.boolean(),
  down: fc.boolean(),
});
const fleet = fc.array(host, { maxLength: 8 }).map((rows) =>
  rows.map(({ groups, cluster, isReached, down }, index) => {
    const labels = cluster === null ? { owner: 'me' } : { cluster, owner: 'me' };
    const base = isReached
      ? hostOf(
          `h${index}`,
          {},
          new Map<string, Reading>([
            ['down', known(down, '')],
            ['kernel', known('a', '')],
          ]),
        )
      : unreachable(`h${index}`);
    return { ...base, groups, labels };
  }),
);

test('conservation: there is a verdict for each group and each rule over groups, once', () => {
  fc.assert(
    fc.property(fleet, (hosts) => {
      const verdicts = verdictsOf(MIXED, hosts);
      const sets = new Set(
        hosts.flatMap(({ groups, labels }) => [
          ...groups.map((group) => JSON.stringify([group])),
          ...('cluster' in labels ? [JSON.stringify([labels.cluster, 'cluster'])] : []),
        ]),
      );
      assert.equal(verdicts.length, sets.size * MIXED.length);
      assert.equal(
        new Set(verdicts.map(({ group, label, rule }) => JSON.stringify([group, label, rule]))).size,
        verdicts.length,
      );
      for (const verdict of verdicts) {
        const isAbout =
          verdict.rule === 'by-label'
            ? verdict.label === 'cluster'
            : verdict.label === undefined && /^(?:db|web)/.test(verdict.group);
        assert.equal(verdict.result === 'notselected', !isAbout);
      }
      assert.deepEqual(verdictsOf(MIXED, hosts.toReversed()), verdicts, 'whatever the order of the hosts');
    }),
  );
});

test('hosts that the run did not select are not known; a group of which none was selected has no verdict', () => {
  const groups = openGroupVerdicts(MIXED);
  const asked = {
    ...hostOf(
      'a',
      {},
      new Map<string, Reading>([
        ['down', known(true, '')],
        ['kernel', known('k', '')],
      ]),
    ),
    groups: ['web'],
    labels: { cluster: 'x' },
  };
  groups.add(asked);
  for (const cluster of ['x', 'x', 'y']) groups.addNotSelected({ groups: ['web'], labels: { cluster } });
  assert.deepEqual(
    groups
      .verdicts()
      .filter(({ result }) => result !== 'notselected')
      .map(({ group, rule, result, hosts, notSelected, because }) => [
        group,
        rule,
        result,
        hosts,
        notSelected,
        because,
      ]),
    [
      [
        'web',
        'by-name',
        'unknown',
        4,
        3,
        'cannot be decided: at most 1/3 of the hosts with down: 1 of 4 hosts; 3 hosts were not selected',
      ],
      [
        'x',
        'by-label',
        'unknown',
        3,
        2,
        'cannot be decided: one value of kernel on all hosts: 1 value on 1 host; 2 hosts were not selected',
      ],
    ],
  );
});

test('the sentence of a fail shows the group, and says the same whoever answers first', () => {
  const hosts = ['c', 'a', 'b'].map((name) => ({
    ...hostOf(
      name,
      {},
      new Map<string, Reading>([
        ['down', known(true, '')],
        ['kernel', known(`k-${name}`, '')],
      ]),
    ),
    groups: ['web'],
    labels: { cluster: 'x' },
  }));
  const because = Object.fromEntries(
    verdictsOf(MIXED, hosts)
      .filter(({ result }) => result === 'fail')
      .map((verdict) => [verdict.rule, verdict.because]),
  );
  assert.equal(because['by-name'], 'web: 3 of 3 (a, b, c; true (3 hosts))');
  assert.equal(because['by-label'], 'x: 1 of 3 (b, c; k-a (1 host), k-b (1 host), k-c (1 host))');
});
