import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = process.cwd();
const PAGE = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');

const CODES = readFileSync(join(ROOT, 'docs', 'reference', 'diagnostics.md'), 'utf8');

/** Rooms of test/ whose files, or folders with a slash at the end, the page names. */
const NAMED =
  /`(?<path>(?:cli|e2e|history|news|notify|policy|remediation|report|rooms|run|text|transports)\/[a-z0-9/-]*)`(?:: "(?<title>[^"]+)")?/gu;

function fileOf(path: string): string {
  const file = join(ROOT, 'test', `${path}.test.ts`);
  return path.startsWith('e2e/ways-') ? join(ROOT, 'test', 'support', 'over-jump-hosts.ts') : file;
}

test('every test that docs/security.md names is there, with the title that it gives', () => {
  const named = [...PAGE.replaceAll('\n', ' ').matchAll(NAMED)];
  assert.ok(named.length > 30, String(named.length));
  const missing: string[] = [];
  for (const { groups } of named) {
    const { path = '', title } = groups ?? {};
    if (CODES.includes(`### ${path}\n`)) continue; // what kernward says, and no test
    if (path.endsWith('/')) {
      if (!existsSync(join(ROOT, 'test', path)) || !statSync(join(ROOT, 'test', path)).isDirectory())
        missing.push(path);
    } else if (!existsSync(join(ROOT, 'test', `${path}.test.ts`))) missing.push(path);
    else if (title !== undefined && !readFileSync(fileOf(path), 'utf8').includes(title))
      missing.push(`${path}: ${title}`);
  }
  assert.deepEqual(missing, []);
});
