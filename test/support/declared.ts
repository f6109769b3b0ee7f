import assert from 'node:assert/strict';
import type { FactDefinition } from '../../src/facts/definition.js';
import { loadDeclaredFacts } from '../../src/policy/declared-facts.js';
import { allFacts } from '../../src/run/rule-set.js';

export const CATALOGUE = allFacts([]);

/** What a policy's `facts:` declare, checked; JSON is YAML. */
export function declare(
  facts: Readonly<Record<string, unknown>>,
  allowed: readonly string[] | 'any' = 'any',
): readonly FactDefinition[] {
  const text = `policy: test\ntitle: test\nfacts: ${JSON.stringify(facts)}\n`;
  const { definitions, diagnostics } = loadDeclaredFacts([{ file: 'test.yaml', text }], CATALOGUE, allowed);
  assert.deepEqual(diagnostics, []);
  assert.equal(definitions.length, Object.keys(facts).length);
  return definitions;
}

/** The codes of what is wrong with one declaration. */
export function refusals(
  facts: Readonly<Record<string, unknown>>,
  allowed: readonly string[] | 'any' = 'any',
): readonly string[] {
  const text = `policy: test\ntitle: test\nfacts: ${JSON.stringify(facts)}\n`;
  const { definitions, diagnostics } = loadDeclaredFacts([{ file: 'test.yaml', text }], CATALOGUE, allowed);
  if (diagnostics.length > 0) assert.equal(definitions.length, 0);
  return diagnostics.map(({ code }) => code);
}
