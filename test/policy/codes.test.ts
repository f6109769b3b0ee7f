import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CEL_FUNCTIONS } from '../../src/policy/cel-functions.js';
import { loadPolicies } from '../../src/policy/load.js';
import { FACTS } from './support.js';

const textOf = (...path: readonly string[]): string => readFileSync(join(process.cwd(), ...path), 'utf8');

const sources = readdirSync(join(process.cwd(), 'src', 'policy')).map((name) => textOf('src', 'policy', name));
const codes = new Set(sources.join('\n').match(/(?<=')(?:policy|profile)\/[a-z-]+(?=')/g));
const pages = readdirSync(join(process.cwd(), 'docs', 'reference')).filter((name) => name.startsWith('diagnostics')).map((name) => textOf('docs', 'reference', name)).join('\n');

void test('there are codes', () => assert.ok(codes.size > 12));
for (const code of codes) void test(`a page has a paragraph for ${code}`, () => assert.match(pages, new RegExp(`^### ${code}\\n\\n\\w`, 'm')));

void test('no page has a paragraph for a code that is never given', () => {
  const described = pages.match(/(?<=^### )(?:policy|profile)\/\S+/gm) ?? [];
  assert.deepEqual(described.filter((code) => !codes.has(code)), []);
});

const guide = textOf('docs', 'reference', 'policies.md');

void test('the page on policies names every function', () => {
  for (const { name } of CEL_FUNCTIONS) assert.match(guide, new RegExp(`\\b${name}\\b`));
});

void test('the policy that the page shows loads', () => {
  const [, example = ''] = /```yaml\n(# yaml[^\n]*policy\.schema[\s\S]*?)```/.exec(guide) ?? [];
  const reboot = { id: 'hung_task.reboot_by', title: 't', type: { kind: 'string' as const }, sources: ['test'] };
  assert.deepEqual(loadPolicies([{ file: 'page.yaml', text: example }], [...FACTS, reboot]).diagnostics, []);
});
