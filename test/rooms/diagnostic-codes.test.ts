import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const REFERENCE = join('docs', 'reference');
const pages = readdirSync(REFERENCE).filter((name) => name.endsWith('.md'));

/** Literals that look like a code and are none. */
const NO_CODES = new Set(['csv-stringify/sync', 'kernward/v1']);

const codes = new Set<string>();
for (const name of sources) {
  for (const [, code = ''] of readFileSync(join('src', name), 'utf8').matchAll(
    /'([a-z]+(?:-[a-z]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*)'/g,
  ))
    if (!NO_CODES.has(code)) codes.add(code);
}

/** `### code` and the paragraph under it. */
const explained = pages.flatMap((page) =>
  [...readFileSync(join(REFERENCE, page), 'utf8').matchAll(/^### ([a-z-]+\/[a-z0-9-]+)\n\n(?=[\w`])/gm)].map(
    ([, code = '']) => ({ code, page }),
  ),
);

test('there are codes', () => assert.ok(codes.size > 80, `${codes.size} codes`));

for (const code of codes)
  test(`one page has a paragraph for ${code}`, () =>
    assert.equal(explained.filter((paragraph) => paragraph.code === code).length, 1));

test('no page has a paragraph for a code that is never given', () =>
  assert.deepEqual(
    explained.filter(({ code }) => !codes.has(code)),
    [],
  ));

test('what is not said of ssh itself stands on one page', () => {
  for (const { code, page } of explained)
    assert.equal(page, code.startsWith('ssh-config/') ? 'ssh-config.md' : 'diagnostics.md', code);
});
