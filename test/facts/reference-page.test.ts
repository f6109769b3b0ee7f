import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { FACTS, FURTHER_FACTS } from '../../src/facts/index.js';
import { factsPage } from '../../src/facts/reference-page.js';
import { ReadingsSchema } from '../../src/facts/schema.js';
import { readRecording } from '../../src/probe/recording.js';

test('the page has a heading, a source and a place for every fact', () => {
  const page = factsPage();
  for (const { id } of [...FACTS, ...FURTHER_FACTS]) assert.ok(page.includes(`\n### \`${id}\`\n`), id);
  assert.equal(page.split('\n* known from: ').length, FACTS.length + FURTHER_FACTS.length + 1);
  assert.equal(page, factsPage());
});

test('the schema takes the readings of a recorded host, and no others', () => {
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(JSON.stringify(ReadingsSchema)));
  const readings = Object.fromEntries(readRecording(readFileSync('policies/hosts/debian-12.probe')));
  assert.ok(validate(readings), JSON.stringify(validate.errors));
  assert.ok(!validate({ ...readings, 'sysctl.kernel.no_such': { state: 'absent', witness: '' } }));
  assert.ok(!validate({ ...readings, 'thp.enabled': { state: 'known', value: 'sometimes', raw: '' } }));
  assert.ok(!validate({ ...readings, 'sysctl.kernel.panic': { state: 'known', value: '5', raw: '5\n' } }));
});
