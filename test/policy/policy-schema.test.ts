import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { memoize } from '../../src/language/memoize.js';
import { loadDeclaredFacts } from '../../src/policy/declared-facts.js';
import { policySchemaWith } from '../../src/policy/policy-schema.js';
import { isProfile } from '../../src/policy/profiles/is-profile.js';
import { PACKAGE_ROOT } from '../../src/run/shipped/package-root.js';
import { CATALOGUE } from '../support/declared.js';

const committed: object = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/policy.schema.json'), 'utf8'));

function policiesIn(folder: string) {
  return readdirSync(join(PACKAGE_ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ file: name, text: readFileSync(join(PACKAGE_ROOT, folder, name), 'utf8') }))
    .filter((file) => !isProfile(file));
}

/** The schemas know every fact, and take a second to compile. */
const compiled = memoize((schema: object) => new Ajv2020({ strict: false, allErrors: true }).compile(schema));

/** What an editor says of a file with this schema beside it. */
function mistakes(schema: object, text: string): readonly string[] {
  const validate = compiled(schema);
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

for (const { file, text } of policiesIn('policies'))
  test(`an editor with the committed schema has nothing against policies/${file}`, () => {
    assert.deepEqual(mistakes(committed, text), []);
  });

for (const { file, text } of policiesIn('examples/policies'))
  test(`an editor has nothing against examples/policies/${file}, and knows its facts`, () => {
    const declared = loadDeclaredFacts([{ file, text }], CATALOGUE, 'any').definitions;
    assert.ok(declared.length > 0);
    const schema = policySchemaWith([...CATALOGUE, ...declared]);
    assert.deepEqual(mistakes(schema, text), []);
    for (const { id } of declared) assert.ok(JSON.stringify(schema).includes(`"${id}":`), id);
  });

test('the committed schema names every fact of the catalogue, in conditions and in cases', () => {
  const text = JSON.stringify(committed);
  for (const { id } of CATALOGUE) assert.ok(text.includes(`"${id}":{"description"`), id);
  assert.match(text, /"examples":\[[^\]]*"sysctl\.kernel\.hung_task_panic"/);
  const wrong =
    'policy: x\ntitle: x\nrules: [{ id: x, title: x, severity: low, requires: "true", cases: [{ facts: { sysctl.kernel.hung_task_panic: often }, gives: pass }] }]\n';
  assert.match(mistakes(committed, wrong).join('\n'), /hung_task_panic/);
});
