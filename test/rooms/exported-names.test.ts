import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const DECLARED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (?<name>[\w$]+)/gmu;

test('one exported name stands for one thing: no two files declare it', () => {
  const filesOf = new Map<string, Set<string>>();
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/u.test(file)) continue;
    for (const { groups } of readFileSync(join('src', file), 'utf8').matchAll(DECLARED)) {
      const name = groups?.['name'] ?? '';
      filesOf.set(name, (filesOf.get(name) ?? new Set()).add(file));
    }
  }
  assert.ok(filesOf.size > 1000);
  assert.deepEqual(
    [...filesOf].filter(([, files]) => files.size > 1).map(([name, files]) => [name, ...files]),
    [],
  );
});
