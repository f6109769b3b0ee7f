import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../src/policy/load.js';
import { checkSchema } from '../../src/text/schema.js';
import { readYaml } from '../../src/text/yaml/load.js';
import { Type } from 'typebox';

test('a policy of 200,000 empty rules is told to be too long, and not rule by rule', () => {
  const text = `policy: mine\ntitle: x\nrules:\n${'  - {}\n'.repeat(200_000)}`;
  const { value, diagnostics } = loadPolicies([{ file: 'p.yaml', text }], []);
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['policy/too-many-rules'],
  );
});

test('of a file of nothing but mistakes some are told', () => {
  const { value } = readYaml(`[${'x, '.repeat(100_000)}x]`, 'x.yaml');
  assert.ok(value);
  const { diagnostics } = checkSchema(Type.Array(Type.Number()), value);
  assert.ok(diagnostics.length <= 10_001);
  assert.equal(diagnostics.at(-1)?.code, 'schema/more');
});
