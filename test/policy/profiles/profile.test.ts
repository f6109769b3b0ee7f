import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchesWildcard } from '../../../src/text/wildcard.js';
import { loadPolicies } from '../../../src/policy/load.js';
import type { Host } from '../../../src/model/host.js';
import { withProfilesOfLabels } from '../../../src/policy/profiles/profile-by-labels.js';
import { loadProfiles } from '../../../src/policy/profiles/load-profiles.js';
import { renderDiagnostics } from '../../../src/text/render-diagnostics.js';
import { FACTS, matchesGolden } from '../../support/policies.js';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';

const FITS: readonly (readonly [pattern: string, name: string, fits: boolean])[] = [
  ['*', 'anything', true],
  ['*', '', true],
  ['thp-*', 'thp-always', true],
  ['thp-*', 'thp-', true],
  ['thp-*', 'xthp-a', false],
  ['*-always', 'thp-always', true],
  ['t*a*s', 'thp-always', true],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['**', 'x', true],
  ['thp', 'thp', true],
  ['thp', 'thp-always', false],
  ['thp.*', 'thpx', false],
  ['', 'x', false],
];
for (const [pattern, name, fits] of FITS)
  void test(`${pattern} ${fits ? 'fits' : 'does not fit'} ${name}`, () =>
    assert.equal(matchesWildcard(pattern, name), fits));

void test('globs agree with the regular expression they stand for', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), letters, (parts, name) => {
      assert.equal(matchesWildcard(parts.join('*'), name), new RegExp(`^${parts.join('.*')}$`).test(name));
    }),
  );
});

void test('many stars take no time', () => {
  const tookMs = cpuMsOf(() => assert.equal(matchesWildcard(`${'a*'.repeat(500)}b`, 'a'.repeat(100_000)), false));
  assertComputed(tookMs, 400);
});

function rule(id: string, severity: string): string {
  return `  - { id: ${id}, title: t, severity: ${severity}, requires: 'os.id == "a"', because: x }`;
}
const policies =
  loadPolicies(
    [
      {
        file: 'p.yaml',
        text: [
          'policy: p',
          'title: t',
          'rules:',
          rule('thp-always', 'low'),
          rule('thp-defrag', 'low'),
          rule('hung-task', 'high'),
        ].join('\n'),
      },
    ],
    FACTS,
  ).value ?? [];

void test('a profile selects, leaves out and changes severities', () => {
  const text =
    'profile: quiet\ntitle: t\ninclude: ["*"]\nexclude: [thp-d*]\nseverities: { thp-always: critical, thp-defrag: high }';
  const { value, diagnostics } = loadProfiles([{ file: 'quiet.yaml', text }], policies);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(Object.fromEntries(value?.get('quiet')?.rules ?? []), {
    'hung-task': 'high',
    'thp-always': 'critical',
  });
});

void test('the mistakes of profiles, all at once', () => {
  const wrong =
    'profile: wrong\ntitle: t\ninclude: [hung-taks, "sysctl-*"]\nexclude: [thp-alway]\nseverities: { thp-alwyas: high }\n';
  const files = [
    { file: 'wrong.yaml', text: wrong },
    { file: 'again.yaml', text: 'profile: wrong\ntitle: t\ninclude: ["*"]\n' },
    { file: 'shape.yaml', text: 'profile: shape\ntitle: t\ninculde: ["*"]\nseverities: { hung-task: hihg }\n' },
  ];
  const { value, diagnostics } = loadProfiles(files, policies);
  assert.equal(value, undefined);
  matchesGolden('policy-mistakes/profiles.txt', renderDiagnostics(diagnostics, { colour: false }));
});

function load(files: Readonly<Record<string, string>>, from = policies) {
  return loadProfiles(
    Object.entries(files).map(([name, body]) => ({
      file: `${name}.yaml`,
      text: `profile: ${name}\ntitle: t\n${body}`,
    })),
    from,
  );
}

void test('a profile starts from the one that it extends, wherever that is defined', () => {
  const { value, diagnostics } = load({
    child: 'extends: base\ninclude: [thp-defrag]\nexclude: [hung-task]\n',
    grandchild: 'extends: child\nseverities: { thp-always: info }\n',
    base: 'include: [thp-always, hung-task]\nseverities: { thp-always: critical }\nlabels: { role: base }\n',
  });
  assert.deepEqual(diagnostics, []);
  assert.deepEqual([...(value?.keys() ?? [])], ['child', 'grandchild', 'base']);
  assert.deepEqual(Object.fromEntries(value?.get('child')?.rules ?? []), {
    'thp-always': 'critical',
    'thp-defrag': 'low',
  });
  assert.deepEqual(Object.fromEntries(value?.get('grandchild')?.rules ?? []), {
    'thp-always': 'info',
    'thp-defrag': 'low',
  });
  assert.deepEqual(value?.get('child')?.labels, {});
});

void test('the mistakes of extending, all at once', () => {
  const { value, diagnostics } = load({
    one: 'extends: two\n',
    two: 'extends: three\n',
    three: 'extends: one\n',
    self: 'extends: self\n',
    lost: 'extends: onne\n',
    after: 'extends: one\n',
    empty: 'exclude: []\n',
  });
  assert.equal(value, undefined);
  matchesGolden('policy-mistakes/extends.txt', renderDiagnostics(diagnostics, { colour: false }));
});

void test('a conflict names a profile that there is', () => {
  const text = `policy: p\ntitle: t\nrules:\n${rule('thp-always', 'low').replace(' }', ", conflicts: [{ with: w, says: s, profile: queit, source: 'https://example.com/x' }] }")}`;
  const from = loadPolicies([{ file: 'p.yaml', text }], FACTS).value ?? [];
  assert.equal(from.length, 1);
  const { diagnostics } = load({ quiet: 'include: ["*"]\n' }, from);
  assert.deepEqual(
    diagnostics.map(({ code, help, at }) => [code, help, at?.file, at?.line]),
    [['policy/unknown-profile', 'did you mean quiet?', 'p.yaml', 4]],
  );
  assert.deepEqual(load({ queit: 'include: ["*"]\n' }, from).diagnostics, []);
});

function host(name: string, labels: Readonly<Record<string, string>>, profile?: string): Host {
  return {
    name,
    address: name,
    port: 22,
    identityFiles: [],
    groups: [],
    labels,
    transport: 'ssh2',
    at: { file: 'inventory.yaml', line: 1, column: 1 },
    ...(profile === undefined ? {} : { profile }),
  };
}

const labelled = load({
  mongo: 'include: ["*"]\nlabels: { role: mongodb }\n',
  mongo8: 'include: ["*"]\nlabels: { role: mongodb, version: "8" }\n',
  redis: 'include: ["*"]\nlabels: { role: redis }\n',
  plain: 'include: ["*"]\n',
});

const LABELS: readonly (readonly [Host, string | undefined, string?])[] = [
  [host('a', {}), undefined],
  [host('b', { role: 'redis' }), 'redis'],
  [host('c', { role: 'redis', owner: 'x' }), 'redis'],
  [host('d', { role: 'other' }), undefined],
  [host('e', { role: 'redis' }, 'redis'), 'redis'],
  [host('f', {}, 'plain'), 'plain'],
  [
    host('g', { role: 'redis' }, 'plain'),
    undefined,
    'the inventory gives g the profile plain, and its labels ask for redis (role: redis)',
  ],
  [
    host('h', { role: 'mongodb', version: '8' }),
    undefined,
    'the labels of h ask for mongo (role: mongodb) and mongo8 (role: mongodb, version: 8)',
  ],
  [host('i', { role: 'mongodb', version: '7' }), 'mongo'],
];

for (const [one, profile, problem] of LABELS)
  void test(`labels ${JSON.stringify(one.labels)}${one.profile === undefined ? '' : ` and the profile ${one.profile}`}`, () => {
    const { value, diagnostics } = withProfilesOfLabels([one], labelled.value?.values() ?? []);
    assert.deepEqual(
      diagnostics.map(({ code, message }) => [code, message]),
      problem === undefined ? [] : [['profile/conflict', problem]],
    );
    if (problem === undefined) assert.equal(value?.[0]?.profile, profile);
  });
