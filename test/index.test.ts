import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as kernward from 'kernward';

test('the package can be imported by its name, with everything that its face promises', () => {
  const promised = [...readFileSync('src/index.ts', 'utf8').matchAll(/^export \{ ([^}]+) \}/gm)].flatMap(
    ([, names = '']) =>
      names
        .split(', ')
        .filter((name) => !name.startsWith('type '))
        .map((name) => name.trim()),
  );
  assert.ok(promised.length > 10);
  assert.deepEqual(Object.keys(kernward).toSorted(), promised.toSorted());
});
