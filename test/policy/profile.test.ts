import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fitsGlob } from '../../src/policy/glob.js';
import { loadPolicies } from '../../src/policy/load.js';
import { loadProfiles } from '../../src/policy/profile.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { FACTS, matchesGolden } from './support.js';

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
for (const [pattern, name, fits] of FITS) void test(`${pattern} ${fits ? 'fits' : 'does not fit'} ${name}`, () => assert.equal(fitsGlob(pattern, name), fits));

void test('globs agree with the regular expression they stand for', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), letters, (parts, name) => {
      assert.equal(fitsGlob(parts.join('*'), name), new RegExp(`^${parts.join('.*')}$`).test(name));
    }),
  );
});

void test('many stars take no time', () => {
  const from = performance.now();
  assert.equal(fitsGlob(`${'a*'.repeat(500)}b`, 'a'.repeat(100_000)), false);
  assert.ok(performance.now() - from < 400);
});

const rule = (id: string, severity: string): string => `  - { id: ${id}, title: t, severity: ${severity}, requires: 'os.id == "a"', because: x }`;
const policies = loadPolicies([{ file: 'p.yaml', text: ['policy: p', 'title: t', 'rules:', rule('thp-always', 'low'), rule('thp-defrag', 'low'), rule('hung-task', 'high')].join('\n') }], FACTS).value ?? [];

void test('a profile selects, leaves out and changes severities', () => {
  const text = 'profile: quiet\ntitle: t\ninclude: ["*"]\nexclude: [thp-d*]\nseverities: { thp-always: critical, thp-defrag: high }';
  const { value, diagnostics } = loadProfiles([{ file: 'quiet.yaml', text }], policies);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(Object.fromEntries(value?.get('quiet')?.rules ?? []), { 'hung-task': 'high', 'thp-always': 'critical' });
});

void test('the mistakes of profiles, all at once', () => {
  const wrong = 'profile: wrong\ntitle: t\ninclude: [hung-taks, "sysctl-*"]\nexclude: [thp-alway]\nseverities: { thp-alwyas: high }\n';
  const files = [
    { file: 'wrong.yaml', text: wrong },
    { file: 'again.yaml', text: 'profile: wrong\ntitle: t\ninclude: ["*"]\n' },
    { file: 'shape.yaml', text: 'profile: shape\ntitle: t\ninculde: ["*"]\nseverities: { hung-task: hihg }\n' },
  ];
  const { value, diagnostics } = loadProfiles(files, policies);
  assert.equal(value, undefined);
  matchesGolden('policy-mistakes/profiles.txt', renderDiagnostics(diagnostics, { colour: false }));
});
