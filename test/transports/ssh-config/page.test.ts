import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOUBTS } from '../../../src/transports/ssh-config/doubt.js';

const room = join('src', 'transports', 'ssh-config');
const source = [
  ...readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name)),
  join('src', 'transports', 'targets', 'plan-diagnostics.ts'),
  join('src', 'transports', 'targets', 'plan-targets.ts'),
]
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const page = readFileSync(join('docs', 'reference', 'ssh-config.md'), 'utf8');
const codes = [...new Set([...source.matchAll(/'(ssh-config\/[a-z-]+)'/g)].map(([, code]) => code ?? ''))].sort();

void test('the page has a paragraph for each diagnostic, and no other', () => {
  assert.deepEqual([...page.matchAll(/^### (ssh-config\/.*)\n\n\w/gm)].map(([, code]) => code ?? '').sort(), codes);
});

void test('the page has a row for each reason to ask ssh, and no other', () => {
  assert.deepEqual(
    [...page.matchAll(/^\| `([a-z-]+)` \| .+ \|$/gm)].map(([, reason]) => reason),
    [...DOUBTS],
  );
});
