import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { CATALOGUE } from '../support/declared.js';

function told(rule: string): readonly string[] {
  const text = `policy: x\ntitle: x\nrules:\n  - { id: x, title: x, severity: low, because: x, ${rule} }\n`;
  const diagnostics = lintPolicies([{ file: 'x.yaml', text }], CATALOGUE);
  assert.deepEqual(
    diagnostics.filter(({ code }) => !code.startsWith('policy/missing-') && code !== 'policy/vendor-release'),
    [],
  );
  return diagnostics.filter(({ code }) => code === 'policy/vendor-release').map(({ message }) => message);
}

const UPSTREAM = `versionAtLeast(uname.release, "6.1.77", "upstream")`;
const RPM = `versionAtLeast(uname.release, "5.14.0-427.el9", "rpm")`;

for (const [name, rule, expected] of [
  ['kernel.org', `requires: '${UPSTREAM}'`, /^x compares uname\.release as "upstream" whatever distribution it is of/],
  ['a scheme of packages', `requires: '${RPM}'`, /as "rpm"/],
  ['within a condition', `requires: 'sysctl.kernel.panic == 0 || !${RPM}'`, /as "rpm"/],
  ['where the rule applies', `appliesTo: '${RPM}', requires: 'sysctl.kernel.panic == 0'`, /as "rpm"/],
  [
    'a text that is made of it',
    `requires: 'versionAtLeast(uname.release.split("-")[0], "6.1", "upstream")'`,
    /"upstream"/,
  ],
] as const)
  test(`the release of any vendor's kernel is compared: ${name}`, () => {
    const [message, ...others] = told(rule);
    assert.match(message ?? '', expected);
    assert.deepEqual(others, []);
  });

for (const [name, rule] of [
  ['of one distribution', `appliesTo: 'os.id == "rhel"', requires: '${RPM}'`],
  ['of those that are like one', `requires: '!("rhel" in os.id_like) || ${RPM}'`],
  ['another version', `requires: 'versionAtLeast(os.version_id, "9", "rpm")'`],
  ['a pattern', `requires: 'rematch(uname.release, "el9")'`],
] as const)
  test(`nothing is said of versions: ${name}`, () => assert.deepEqual(told(rule), []));
