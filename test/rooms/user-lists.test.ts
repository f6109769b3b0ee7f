import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { append } from '../../src/text/append.js';

/** Each item becomes an argument, and there is room for some hundred thousand: then it is a stack overflow. */
const SPREAD_INTO_ARGUMENTS = /\.(?:push|unshift|concat)\(\s*\.\.\.|Math\.(?:max|min)\(\s*\.\.\./gu;

/** Lists of our own making, in which a few stand. */
const SHORT: Readonly<Record<string, number>> = {
  'src/explain/outcomes.ts': 1,
  'src/render/table.ts': 2,
  'src/render/wrap.ts': 1,
  'src/cli/actions/facts.ts': 1,
};

test('no list of a user is spread into arguments', () => {
  const found: Record<string, number> = {};
  for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    const file = join('src', name);
    if (!/\.tsx?$/u.test(name) || name.startsWith(join('report', 'html', 'browser'))) continue;
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\//gu, '');
    const count = code.match(SPREAD_INTO_ARGUMENTS)?.length ?? 0;
    if (count > 0) found[file] = count;
  }
  assert.deepEqual(found, SHORT);
});

test('a million items are appended', () => {
  const list: number[] = [];
  append(
    list,
    Array.from({ length: 1_000_000 }, (_, index) => index),
  );
  assert.equal(list.length, 1_000_000);
});
