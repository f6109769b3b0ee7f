import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = process.cwd();
const TESTS = join(ROOT, 'test');
const PAGE = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');

const CODES = readFileSync(join(ROOT, 'docs', 'reference', 'diagnostics.md'), 'utf8');

const ROOMS = readdirSync(TESTS).filter((name) => statSync(join(TESTS, name)).isDirectory());
/** A file of tests, or a folder of them with a slash at the end. */
const NAMED = /`(?<path>(?<room>[a-z0-9]+)\/[^`\s]*)`(?:: "(?<title>[^"]+)")?/gu;

interface Named {
  readonly path: string;
  readonly title?: string | undefined;
}

function namedIn(text: string): readonly Named[] {
  return [...text.replaceAll('\n', ' ').matchAll(NAMED)]
    .flatMap(({ groups }): readonly Named[] =>
      ROOMS.includes(groups?.['room'] ?? '') ? [{ path: groups?.['path'] ?? '', title: groups?.['title'] }] : [],
    )
    .filter(({ path }) => !CODES.includes(`### ${path}\n`)); // what kernward says, and no test
}

function fileOf(path: string): string {
  return path.startsWith('e2e/ways-') ? join(TESTS, 'support', 'over-jump-hosts.ts') : join(TESTS, `${path}.test.ts`);
}

function isThere({ path, title }: Named): boolean {
  if (path.endsWith('/')) return existsSync(join(TESTS, path)) && statSync(join(TESTS, path)).isDirectory();
  if (!existsSync(join(TESTS, `${path}.test.ts`))) return false;
  return title === undefined || readFileSync(fileOf(path), 'utf8').includes(title);
}

test('every test that docs/security.md names is there, with the title that it gives', () => {
  const named = namedIn(PAGE);
  assert.ok(named.length > 50, String(named.length));
  assert.deepEqual(
    named.filter((each) => !isThere(each)),
    [],
  );
});

test('each claim of what somebody cannot do names its test', () => {
  const rows = PAGE.split(/^\| cannot \| test \|$/mu)
    .slice(1)
    .flatMap(
      (part) =>
        part
          .trim()
          .split(/\n(?!\|)/u)[0]
          ?.split('\n')
          .slice(1) ?? [],
    );
  assert.ok(rows.length > 15, String(rows.length));
  assert.deepEqual(
    rows.filter((row) => namedIn(row).length === 0),
    [],
  );
});
