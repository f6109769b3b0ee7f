import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintPolicies } from '../../../src/policy/lint-policies.js';
import { loadPolicies } from '../../../src/policy/load.js';

const FACTS = [
  { id: 'down', title: 'goes down', type: { kind: 'bool' } as const, sources: [] },
  { id: 'kernel', title: 'release', type: { kind: 'string' } as const, sources: [] },
];

function whole(fields: Readonly<Record<string, string>>): string {
  return `policy: p\ntitle: p\ngroupRules:\n  - ${Object.entries({
    id: 'r',
    title: 'r',
    severity: 'high',
    groups: '{ label: cluster }',
    requires: '{ uniform: kernel }',
    because: "'{group.name}'",
    ...fields,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('    ')}`;
}

/** What is wrong, where it stands (line:column), and the code. */
const mistakes: readonly {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly gives: readonly string[];
}[] = [
  { name: 'nothing', fields: {}, gives: [] },
  { name: 'no such fact', fields: { requires: '{ uniform: kernl }' }, gives: ['8:26 policy/unknown-fact'] },
  {
    name: 'a condition that is none',
    fields: { requires: '{ atMost: { hosts: 1, of: kernel } }' },
    gives: ['8:41 policy/wrong-type'],
  },
  {
    name: 'a comparison of different types',
    fields: { requires: '{ atMost: { hosts: 1, of: kernel == 1 } }' },
    gives: ['8:41 policy/wrong-type'],
  },
  { name: 'the same on every host', fields: { requires: '{ uniform: 1 + 1 }' }, gives: ['8:26 policy/no-evidence'] },
  {
    name: 'two requirements',
    fields: { requires: '{ uniform: kernel, atMost: { hosts: 1, of: down } }' },
    gives: ['8:5 policy/one-of'],
  },
  { name: 'no requirement', fields: { requires: '{}' }, gives: ['8:5 policy/one-of'] },
  { name: 'a label and names', fields: { groups: '{ label: a, names: [b] }' }, gives: ['7:5 policy/one-of'] },
  {
    name: 'a bound of two kinds',
    fields: { requires: '{ atMost: { hosts: 1, share: 1/3, of: down } }' },
    gives: ['8:17 policy/one-of'],
  },
  {
    name: 'a bound that every group keeps',
    fields: { requires: '{ atMost: { share: 100%, of: down } }' },
    gives: ['8:25 policy/no-evidence'],
  },
  {
    name: 'the other bound that every group keeps',
    fields: { requires: '{ atLeast: { hosts: 0, of: down } }' },
    gives: ['8:26 policy/no-evidence'],
  },
  {
    name: 'a share that is none',
    fields: { requires: '{ atMost: { share: a third, of: down } }' },
    gives: ['8:34 schema/value'],
  },
  { name: 'a sentence about a host', fields: { because: "'{kernel}'" }, gives: ['9:16 policy/unknown-fact'] },
  {
    name: 'a case with a fact that there is not',
    fields: { cases: '[{ name: a, hosts: [{ facts: { kernl: x } }], gives: pass }]' },
    gives: ['10:43 policy/unknown-fact'],
  },
  {
    name: 'a host that was not reached and says something',
    fields: { cases: '[{ name: a, hosts: [{ facts: { kernel: x }, unreachable: true }], gives: pass }]' },
    gives: ['10:34 policy/one-of'],
  },
];

for (const { name, fields, gives } of mistakes)
  test(name, () => {
    const { diagnostics } = loadPolicies([{ file: 'p.yaml', text: whole(fields) }], FACTS);
    assert.deepEqual(
      diagnostics.map(({ at, code }) => `${at?.line}:${at?.column} ${code}`),
      gives,
    );
  });

test('a policy without any rule is a mistake', () => {
  const { diagnostics } = loadPolicies([{ file: 'p.yaml', text: 'policy: p\ntitle: p\n' }], FACTS);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['policy/no-rules'],
  );
});

test('a rule over groups and a rule cannot have one id', () => {
  const text = `${whole({})}rules:\n  - { id: r, title: r, severity: low, requires: down, because: x }\n`;
  assert.deepEqual(
    loadPolicies([{ file: 'p.yaml', text }], FACTS).diagnostics.map(({ code }) => code),
    ['policy/duplicate'],
  );
});

test('lint asks of a rule over groups what it asks of a rule', () => {
  const codes = lintPolicies([{ file: 'p.yaml', text: whole({}) }], FACTS).map(
    ({ code, message }) => `${code} ${message}`,
  );
  assert.deepEqual(codes, [
    'policy/missing-words r has no rationale',
    'policy/missing-words r has no remediation',
    'policy/missing-words r has no references',
    'policy/missing-case r has no case that gives pass',
    'policy/missing-case r has no case that gives fail',
    'policy/missing-case r has no case that gives unknown',
  ]);
});
