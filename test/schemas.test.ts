import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';

for (const name of readdirSync('schemas'))
  test(`${name} is a strict JSON Schema 2020-12`, () => {
    const schema: object = JSON.parse(readFileSync(`schemas/${name}`, 'utf8'));
    assert.ok(new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema));
  });
