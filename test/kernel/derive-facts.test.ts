import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { derive, deriveWhenAsked } from '../../src/kernel/derive-facts.js';
import { DERIVED, recordedHost } from '../support/shipped-policies.js';

const HOSTS = readdirSync('policies/hosts').flatMap((name) =>
  name.endsWith('.probe') ? [basename(name, '.probe')] : [],
);

for (const name of HOSTS)
  void test(`each fact of ${name} is the same, whichever is asked for first`, () => {
    const readings = recordedHost(name);
    assert.ok(readings !== undefined);
    const all = derive(readings, DERIVED);
    const asked = deriveWhenAsked(readings, DERIVED);
    for (const { id } of DERIVED.toReversed()) assert.deepEqual(asked.get(id), all.get(id), id);
    for (const [id, reading] of readings) assert.equal(asked.get(id), reading);
    assert.equal(asked.get('no.such.fact'), undefined);
  });
