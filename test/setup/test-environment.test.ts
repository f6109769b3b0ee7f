import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What `process.env['KERNWARD_…']` a file of the tests reads. */
function variablesOf(path: string): readonly string[] {
  return [...readFileSync(path, 'utf8').matchAll(/process\.env\['(?<name>KERNWARD_[A-Z_]+)'\]/g)].map(
    ({ groups }) => groups?.['name'] ?? '',
  );
}

/** Set by the tests themselves, or by the script that runs them. */
const OWN = ['KERNWARD_TEST_TOKEN', 'KERNWARD_TEST_SLOWNESS', 'KERNWARD_TEST_CPU', 'KERNWARD_COMMIT'];

/** A variable that asks a test for more and is not handed on asks for nothing: `npm run mutate` tried a sample for a while. */
void test('what a run of the tests can be asked by the environment is handed on to them', () => {
  const asked = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => variablesOf(`test/${name}`))
    .filter((name) => !OWN.includes(name));
  assert.ok(asked.includes('KERNWARD_MUTATE'));
  const kept = readFileSync('scripts/test-environment.mjs', 'utf8');
  for (const name of asked) assert.ok(kept.includes(`'${name}'`), `${name} is not in scripts/test-environment.mjs`);
});
