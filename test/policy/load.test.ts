import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPolicies, type TextFile } from '../../src/policy/load.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { FACTS, matchesGolden } from './support.js';

const broken = (name: string): TextFile => ({
  file: `${name}.yaml`,
  text: readFileSync(join(process.cwd(), 'test', 'golden', 'policy-mistakes', `${name}.yaml`), 'utf8'),
});

for (const name of ['scalars', 'shape', 'cases', 'not-yaml']) {
  test(`the mistakes of ${name}.yaml, all at once, each with its place`, () => {
    const { value, diagnostics } = loadPolicies([broken(name)], FACTS);
    assert.equal(value, undefined);
    matchesGolden(`policy-mistakes/${name}.txt`, renderDiagnostics(diagnostics, { colour: false }));
  });
}

test('a name that another file took is a mistake', () => {
  const { diagnostics } = loadPolicies([broken('cases'), broken('again')], FACTS);
  matchesGolden('policy-mistakes/again.txt', renderDiagnostics(diagnostics.filter(({ at }) => at?.file === 'again.yaml'), { colour: false }));
});

test('every mistake has a place in its file', () => {
  for (const name of ['scalars', 'shape', 'cases', 'not-yaml']) {
    for (const { at, code } of loadPolicies([broken(name)], FACTS).diagnostics) {
      assert.equal(at?.file, `${name}.yaml`, code);
    }
  }
});

test('a sound file has no diagnostics, and keeps what it says', () => {
  const text = `
policy: sound
title: A policy
rules:
  - id: thp-never
    title: Huge pages must be off
    severity: medium
    informational: true
    appliesTo: has(thp.enabled)
    requires: thp.enabled == "never"
    ifAbsent: notapplicable
    because: huge pages are {thp.enabled}
    rationale: >-
      It
      matters.
    remediation: { summary: Turn them off., sysfs: { /sys/kernel/mm/transparent_hugepage/enabled: never }, mayBreak: Nothing. }
    references: [https://docs.kernel.org/admin-guide/mm/transhuge.html]
    cases:
      - { name: off, facts: { thp.enabled: never }, gives: pass }
      - { name: unread, host: rhel-7, facts: { thp.enabled: { unreadable: timed-out }, thp.sizes: { 2048kB: never }, os.id_like: [] }, gives: unknown }
`;
  const { value, diagnostics } = loadPolicies([{ file: 'sound.yaml', text }], FACTS);
  assert.deepEqual(diagnostics, []);
  const [rule] = value?.[0]?.rules ?? [];
  assert.equal(rule?.rationale, 'It matters.');
  assert.equal(rule.ifAbsent, 'notapplicable');
  assert.equal(rule.informational, true);
  assert.deepEqual(rule.at, { file: 'sound.yaml', line: 5, column: 9 });
  assert.deepEqual(rule.cases.map(({ host, gives }) => [host, gives]), [['debian-12', 'pass'], ['rhel-7', 'unknown']]);
  assert.equal(rule.cases[1]?.facts.get('thp.enabled')?.state, 'unreadable');
});
