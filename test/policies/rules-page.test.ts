import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPolicies } from '../../src/policy/load.js';
import { allRules } from '../../src/policy/policy.js';
import { loadProfiles } from '../../src/policy/profiles/load-profiles.js';
import { rulesPage } from '../../src/policy/rules-page.js';
import { formatSelection } from '../../src/policy/selection.js';
import { ALL_FACTS, POLICIES, PROFILES } from '../support/shipped-policies.js';

const PAGE = rulesPage(POLICIES, PROFILES);

/** The part of the page under a rule's heading. */
function sectionOf(id: string): string {
  return PAGE.split(/^###? /m).find((part) => part.startsWith(`${id}\n`)) ?? '';
}

void test('docs/reference/rules.md is what the shipped policies say now', () => {
  assert.equal(readFileSync(join(process.cwd(), 'docs/reference/rules.md'), 'utf8'), PAGE);
});

for (const rule of allRules(POLICIES))
  void test(`the page tells all of ${rule.id}`, () => {
    const section = sectionOf(rule.id);
    assert.ok(
      section.includes(
        `Severity: ${[rule.severity, formatSelection(rule, PROFILES.values())].filter((words) => words !== '').join('; ')}.`,
      ),
    );
    for (const conflict of rule.conflicts) assert.ok(section.includes(`<${conflict.source}>`), conflict.with);
    assert.ok(
      section.includes('**Remediation.**') && section.includes('**May break.**') && section.includes('Requires:'),
    );
    for (const name of Object.keys(rule.remediation?.sysctl ?? {})) assert.ok(section.includes(`${name} = `), name);
    for (const path of Object.keys(rule.remediation?.sysfs ?? {}))
      assert.ok(section.includes(`w ${path} - - - - `), path);
    for (const reference of rule.references) assert.ok(section.includes(`<${reference}>`), reference);
    assert.equal(section.includes('Applies to'), rule.appliesTo !== undefined);
  });

void test('words of a policy cannot become Markdown, and what a rule leaves out is left out', () => {
  const policy = `policy: mine
title: a | b
rules:
  - id: odd
    title: <script>*x*
    severity: low
    requires: sysctl.kernel.panic == 0
    because: it is {sysctl.kernel.panic}
`;
  const loaded = loadPolicies([{ file: 'mine.yaml', text: policy }], ALL_FACTS).value ?? [];
  const profiles =
    loadProfiles([{ file: 'p.yaml', text: 'profile: p\ntitle: P\ninclude: ["*"]\n' }], loaded).value ?? new Map();
  const page = rulesPage(loaded, profiles);
  assert.ok(page.includes('| [odd](#odd) | \\<script\\>\\*x\\* | low |'));
  assert.ok(page.includes('## a \\| b'));
  assert.doesNotMatch(
    page.slice(page.indexOf('### odd'), page.indexOf('## Where')),
    /Remediation|References|Applies|undefined/,
  );
});
