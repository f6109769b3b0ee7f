import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOMS = ['text', 'inventory'];
const source = ROOMS.flatMap((room) => readdirSync(join('src', room), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join('src', room, name), 'utf8'))).join('\n');
const codes = new Set([...source.matchAll(/'((?:yaml|schema|inventory)\/[a-z-]+)'/g)].map(([, code]) => code ?? ''));
const page = readFileSync(join('docs', 'reference', 'diagnostics.md'), 'utf8');

void test('there are codes', () => assert.ok(codes.size > 25));
for (const code of codes) void test(`the page has a paragraph for ${code}`, () => assert.match(page, new RegExp(`^### ${code}\\n\\n\\w`, 'm')));

void test('the page has no paragraph for a code of these rooms that is never given', () => {
  const explained = [...page.matchAll(/^### ((?:yaml|schema|inventory)\/[a-z-]+)$/gm)].map(([, code]) => code ?? '');
  assert.deepEqual(explained.filter((code) => !codes.has(code)), []);
});
