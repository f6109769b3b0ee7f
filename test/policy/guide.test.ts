import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CEL_FUNCTIONS } from '../../src/policy/cel/functions.js';
import { loadPolicies } from '../../src/policy/load.js';
import { FACTS } from '../support/policies.js';

function textOf(...path: readonly string[]): string {
  return readFileSync(join(process.cwd(), ...path), 'utf8');
}

const guide = textOf('docs', 'reference', 'policies.md');

void test('the page on policies names every function', () => {
  for (const { name } of CEL_FUNCTIONS) assert.match(guide, new RegExp(`\\b${name}\\b`));
});

void test('the policy that the page shows loads', () => {
  const [, example = ''] = /```yaml\n(# yaml[^\n]*policy\.schema[\s\S]*?)```/.exec(guide) ?? [];
  const reboot = { id: 'hung_task.reboot_by', title: 't', type: { kind: 'string' as const }, sources: ['test'] };
  assert.deepEqual(loadPolicies([{ file: 'page.yaml', text: example }], [...FACTS, reboot]).diagnostics, []);
});
