import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { checkSchema } from '../../src/text/schema.js';
import { readYaml } from '../../src/text/yaml/load.js';

const Schema = Type.Object(
  {
    version: Type.Optional(Type.String({ pattern: '^[0-9.]+$', description: 'digits and dots' })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
    level: Type.Optional(Type.Enum(['alpha', 'beta'])),
    flag: Type.Optional(Type.Boolean()),
    names: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true })),
    items: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String(),
          Type.Object({ name: Type.String(), port: Type.Optional(Type.Integer()) }, { additionalProperties: false }),
        ]),
      ),
    ),
    labels: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        propertyNames: { type: 'string', pattern: '^[a-z]+$', description: 'small letters' },
      }),
    ),
  },
  { additionalProperties: false },
);

/** Text, then `line:column code: message (help)` of every mistake. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['version: 6.10\n', ['1:10 schema/type: version must be a text, and is a number (write it in quotes: "6.10")']],
  ['version: x1\n', ['1:10 schema/value: version cannot be "x1" (digits and dots)']],
  ['port: "22"\n', ['1:7 schema/type: port must be a whole number, and is a text (write it without quotes)']],
  ['port: 22.5\n', ['1:7 schema/type: port must be a whole number, and is a number']],
  ['port: 70000\n', ['1:7 schema/value: port is 70000, and must be at most 65535']],
  ['port:\n', ['1:1 schema/type: port must be a whole number, and is empty']],
  ['level: alhpa\n', ['1:8 schema/value: level is alhpa, and must be one of alpha, beta (did you mean alpha?)']],
  ['flag: yes\n', ['1:7 schema/type: flag must be true or false, and is a text']],
  ['prot: 22\n', ['1:1 schema/unknown-field: there is no field called prot here (did you mean port?)']],
  ['names: []\n', ['1:8 schema/value: names must have at least 1 in it']],
  ['names: [a, a]\n', ['1:8 schema/value: names says the same thing twice']],
  ['names: [""]\n', ['1:9 schema/value: names[0] is empty']],
  ['items: [5]\n', ['1:9 schema/type: items[0] must be a text or a mapping, and is a number']],
  ['items: [[a]]\n', ['1:9 schema/type: items[0] must be a text or a mapping, and is a list']],
  [
    'items: [{nme: x, port: a}]\n',
    [
      '1:9 schema/missing-field: items[0] has no name (add the field name)',
      '1:10 schema/unknown-field: there is no field called nme here (did you mean name?)',
      '1:24 schema/type: items[0] port',
    ],
  ],
  [
    'labels: {A: x, b: 1}\n',
    [
      '1:10 schema/value: "A" cannot be a name here (small letters)',
      '1:19 schema/type: b must be a text, and is a number (write it in quotes: "1")',
    ],
  ],
  ['[]\n', ['1:1 schema/type: the file must be a mapping, and is a list']],
  ['', ['1:1 schema/type: the file must be a mapping, and is empty']],
  [
    '"": 1\n',
    [
      '1:1 schema/unknown-field: there is no field called  here (the fields are version, port, level, flag, names, items, labels)',
    ],
  ],
  [
    '__proto__: 1\n',
    [
      '1:1 schema/unknown-field: there is no field called __proto__ here (the fields are version, port, level, flag, names, items, labels)',
    ],
  ],
];
for (const [text, expected] of cases) {
  void test(`mistakes of ${JSON.stringify(text)}`, () => {
    const source = readYaml(text, 'a.yaml').value;
    assert.ok(source);
    const { value, diagnostics } = checkSchema(Schema, source);
    assert.equal(value, undefined);
    const found = diagnostics.map(
      ({ at, code, message, help }) =>
        `${at?.line}:${at?.column} ${code}: ${message}${help === undefined ? '' : ` (${help})`}`,
    );
    assert.deepEqual(
      found.sort(),
      expected.map((line) => line.replace('items[0] port', 'port must be a whole number, and is a text')).sort(),
    );
  });
}

void test('a value that fits comes back, and a part of a file can be checked', () => {
  const source = readYaml('ignored: true\npart: {port: 22, items: [a, {name: b}]}\n', 'a.yaml').value;
  assert.ok(source);
  const { value, diagnostics } = checkSchema(Schema, source, ['part']);
  assert.deepEqual(diagnostics, []);
  assert.equal(value?.port, 22);
});

void test('positions of a part are those of the file', () => {
  const source = readYaml('part:\n  prot: 22\n', 'a.yaml').value;
  assert.ok(source);
  assert.deepEqual(checkSchema(Schema, source, ['part']).diagnostics[0]?.at, { file: 'a.yaml', line: 2, column: 3 });
});
