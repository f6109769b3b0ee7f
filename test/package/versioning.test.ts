/** What docs/versioning.md says of the schemas, against them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** The numbers that a schema lets stand in `schema`, wherever in it that is. */
function numbersIn(schema: unknown): readonly number[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own: unknown = Reflect.get(Object(Reflect.get(schema, 'properties')), 'schema');
  const listed: unknown = Reflect.get(Object(own), 'enum') ?? [Reflect.get(Object(own), 'const')];
  return [
    ...(Array.isArray(listed) ? listed.filter((one) => typeof one === 'number') : []),
    ...Object.values(schema).flatMap(numbersIn),
  ];
}

test('the page has the number of every schema that has one', () => {
  const page = readFileSync(join('docs', 'versioning.md'), 'utf8');
  const said = Object.fromEntries(
    [...page.matchAll(/^\| .*\(\.\.\/schemas\/(\S+?)\).*? \| (\d+) \|/gmu)].map(([, file = '', number]) => [
      file,
      Number(number),
    ]),
  );
  const real = Object.fromEntries(
    readdirSync('schemas').flatMap((file) => {
      const numbers = numbersIn(JSON.parse(readFileSync(join('schemas', file), 'utf8')));
      return numbers.length === 0 ? [] : [[file, Math.max(...numbers)]];
    }),
  );
  assert.ok(Object.keys(real).length >= 5);
  assert.deepEqual(said, real);
});
