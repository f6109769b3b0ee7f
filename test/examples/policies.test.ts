import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadDeclaredFacts } from '../../src/policy/declared-facts.js';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { testPolicies } from '../../src/policy/test-policies.js';
import { readRecording } from '../../src/probe/recording.js';
import { allFacts, loadRuleSet } from '../../src/run/rule-set.js';
import { recordedHost, shippedPolicies, shippedProfiles } from '../../src/run/shipped/package-files.js';

const FOLDER = join('examples', 'policies');
const FILES = readdirSync(FOLDER).map((name) => ({
  file: join(FOLDER, name),
  text: readFileSync(join(FOLDER, name), 'utf8'),
}));

test('the policies of examples/ have no mistake, and stand beside those that kernward ships', () => {
  assert.deepEqual(lintPolicies(FILES, allFacts([])), []);
  const { value, diagnostics } = loadRuleSet({
    policies: [...shippedPolicies(), ...FILES],
    profiles: shippedProfiles(),
    known: [],
    fixes: [],
    support: [],
    allowRead: 'any',
  });
  const ofOthers = diagnostics.filter(({ at }) => at?.file.startsWith(FOLDER) === true);
  assert.deepEqual(ofOthers, []);
  assert.ok(value === undefined || value.rules.length > 12);
});

test('each of their twelve rules reads a fact that they declare, and its cases pass', () => {
  const { value, diagnostics } = loadRuleSet({
    policies: FILES,
    profiles: [],
    known: [],
    fixes: [],
    support: [],
    allowRead: 'any',
  });
  assert.ok(value, JSON.stringify(diagnostics));
  assert.equal(value.rules.length, 12);
  const declared = new Set(value.declared.map(({ id }) => id));
  for (const { id, requires } of value.rules)
    assert.ok(
      requires.facts.some((fact) => declared.has(fact)),
      id,
    );
  for (const { id } of value.declared)
    assert.ok(
      value.rules.some(({ requires }) => requires.facts.includes(id)),
      id,
    );
  const results = testPolicies({
    policies: value.policies,
    facts: allFacts([], value.declared),
    base: (name) => {
      const bytes = recordedHost(name);
      return bytes === undefined ? undefined : readRecording(bytes, value.declared);
    },
    derived: value.derived,
  });
  assert.deepEqual(
    results.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(results.length > 36);
});

test('a run that allows nothing below /etc refuses the one that wants it, and no other', () => {
  const { diagnostics } = loadDeclaredFacts(FILES, allFacts([]), []);
  assert.deepEqual(
    diagnostics.map(({ code, at }) => `${code} ${at?.file}`),
    [`policy/not-allowed ${join(FOLDER, 'database-hosts.yaml')}`],
  );
});
