import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadPolicies } from '../../src/policy/load.js';
import type { TextFile } from '../../src/text/text-file.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';
import { FACTS, matchesGolden } from '../support/policies.js';
import { codePoint } from '../support/code-point.js';

function broken(name: string): TextFile {
  return {
    file: `${name}.yaml`,
    text: readFileSync(join(process.cwd(), 'test', 'golden', 'policy-mistakes', `${name}.yaml`), 'utf8'),
  };
}

for (const name of ['scalars', 'shape', 'cases', 'not-yaml']) {
  void test(`the mistakes of ${name}.yaml, all at once, each with its place`, () => {
    const { value, diagnostics } = loadPolicies([broken(name)], FACTS);
    assert.equal(value, undefined);
    matchesGolden(`policy-mistakes/${name}.txt`, renderDiagnostics(diagnostics, { colour: false }));
  });
}

void test('a name that another file took is a mistake', () => {
  const { diagnostics } = loadPolicies([broken('cases'), broken('again')], FACTS);
  matchesGolden(
    'policy-mistakes/again.txt',
    renderDiagnostics(
      diagnostics.filter(({ at }) => at?.file === 'again.yaml'),
      { colour: false },
    ),
  );
});

void test('every mistake has a place in its file', () => {
  for (const name of ['scalars', 'shape', 'cases', 'not-yaml']) {
    for (const { at, code } of loadPolicies([broken(name)], FACTS).diagnostics) {
      assert.equal(at?.file, `${name}.yaml`, code);
    }
  }
});

for (const condition of ['1 == 1', 'true', 'os.id == "a" || true', 'false && has(thp.enabled)']) {
  void test(`a condition that no fact decides is a mistake: ${condition}`, () => {
    const text = `policy: p\ntitle: t\nrules:\n  - { id: r, title: t, severity: low, requires: '${condition}', because: x }\n`;
    assert.deepEqual(
      loadPolicies([{ file: 'p.yaml', text }], FACTS).diagnostics.map(({ code }) => code),
      ['policy/no-evidence'],
    );
  });
}

void test('no change of a file makes loading throw; it has a value exactly where no diagnostic is an error', () => {
  const { text } = broken('scalars');
  const change = fc.tuple(
    fc.nat(text.length),
    fc.nat(40),
    fc.oneof(
      fc.constantFrom('"', "'", '{', '}', '\n', '  ', ': ', '- ', '&a ', '*a', '|', '>-', '\t', '#'),
      fc.string({ maxLength: 5, unit: codePoint }),
    ),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = changes.reduce(
        (all, [at, length, inserted]) => all.slice(0, at) + inserted + all.slice(at + length),
        text,
      );
      const { value, diagnostics } = loadPolicies([{ file: 'p.yaml', text: changed }], FACTS);
      assert.equal(
        value === undefined,
        diagnostics.some(({ severity }) => severity === 'error'),
      );
      for (const { at } of diagnostics) assert.equal(at?.file, 'p.yaml');
    }),
    { numRuns: 150 },
  );
});

void test('a sound file has no diagnostics, and keeps what it says', () => {
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
  assert.deepEqual(
    rule.cases.map(({ host, gives }) => [host, gives]),
    [
      ['debian-12', 'pass'],
      ['rhel-7', 'unknown'],
    ],
  );
  assert.equal(rule.cases[1]?.facts.get('thp.enabled')?.state, 'unreadable');
});
