import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const FOLDERS = ['docs', 'bench', 'policies', 'examples'];
const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

/** What stands between fences is an example, and may link to anything. */
function prose(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** As GitHub makes an anchor of a heading. */
function anchors(page: string): ReadonlySet<string> {
  return new Set(
    [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

for (const page of pages)
  test(`every link of ${page} leads somewhere`, () => {
    // What stands in backticks is no link.
    const dead = [
      ...prose(page)
        .replaceAll(/`[^`\n]*`/g, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
      const found =
        existsSync(target) && (anchor === undefined || !target.endsWith('.md') || anchors(target).has(anchor));
      return found ? [] : [link];
    });
    assert.deepEqual(dead, []);
  });

/** Pages for whoever changes kernward: a path in them is one of this repository. */
const OURS = pages.filter(
  (page) => /^(?:ARCHITECTURE|CONTRIBUTING|SECURITY)\.md$/.test(page) || /^(?:docs.development|bench)/.test(page),
);

for (const page of OURS)
  test(`every path that ${page} names is there`, () => {
    const gone = [
      ...prose(page).matchAll(/`((?:src|test|policies|scripts|docs|bench|examples|schemas)\/[\w./@-]*)`/g),
    ].flatMap(([, path = '']) => (existsSync(path) ? [] : [path]));
    assert.deepEqual(gone, []);
  });

test('every name stands in the file that a page says it stands in', () => {
  // A line may end within what a page says.
  const named = OURS.flatMap((page) => [
    ...prose(page).matchAll(/`(\w+)`\s+in\s+`((?:src|test|scripts|bench)\/[\w./-]+\.\w+)`/g),
  ]);
  assert.ok(named.length > 60, `${named.length} names`);
  const gone = named.flatMap(([, name = '', path = '']) =>
    existsSync(path) && new RegExp(`\\b${name}\\b`).test(readFileSync(path, 'utf8')) ? [] : [`${name} in ${path}`],
  );
  assert.deepEqual(gone, []);
});
