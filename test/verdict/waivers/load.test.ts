import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readYaml } from '../../../src/text/yaml/load.js';
import { loadWaivers } from '../../../src/verdict/waivers/load.js';
import { toUtc } from '../../../src/verdict/waivers/time.js';

const EXAMPLE = readFileSync('waivers.example.yaml', 'utf8');

test('the example is without a mistake, by the loader and by the schema that editors read, and shows every field', () => {
  const { value, diagnostics } = loadWaivers([{ file: 'waivers.example.yaml', text: EXAMPLE }]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    value?.map(({ id, starts, expires, definedAt }) => [id, starts, expires, definedAt.line]),
    [
      ['W-2026-014', '2026-09-01T00:00:00Z', '2026-12-31T00:00:00Z', 13],
      ['W-2026-015', undefined, '2027-03-31T18:00:00Z', 25],
    ],
  );
  const schema: { readonly properties: { readonly waivers: { readonly items: { readonly properties: object } } } } =
    JSON.parse(readFileSync('schemas/waivers.schema.json', 'utf8'));
  assert.ok(new Ajv2020().compile(schema)(readYaml(EXAMPLE, 'w').value?.value));
  for (const field of Object.keys(schema.properties.waivers.items.properties))
    assert.match(EXAMPLE, new RegExp(`^ +(- )?${field}: `, 'm'), field);
});

const moments: readonly (readonly [text: string, moment: string | undefined])[] = [
  ['2026-12-31', '2026-12-31T00:00:00Z'],
  ['2026-12-31T18:00Z', '2026-12-31T18:00:00Z'],
  ['2026-12-31T18:00:05Z', '2026-12-31T18:00:05Z'],
  ['2028-02-29', '2028-02-29T00:00:00Z'],
  ['2026-02-29', undefined],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-12-31T24:00:00Z', undefined],
  ['2026-12-31T25:00:00Z', undefined],
  ['2026-13-01', undefined],
  ['2026-12-31T18:00:00', undefined],
  ['2026-12-31T18:00:00+02:00', undefined],
  ['2026-12-31 18:00:00 UTC', undefined],
  ['31.12.2026', undefined],
  ['never', undefined],
  ['', undefined],
];
for (const [text, moment] of moments)
  test(`${JSON.stringify(text)} is ${moment ?? 'no moment'}`, () => assert.equal(toUtc(text), moment));

function waiver(more: string): string {
  return `waivers:\n  - { id: W1, rule: r, hosts: all, justification: j, owner: o, approvedBy: a, ${more} }\n`;
}

const INSPEC = `
xccdf-1:
  expiration_date: 2026-12-31
  run: false
  justification: accepted
xccdf-2:
  justification: for good
  expiration_date: 2027-01-01
`;

test("InSpec's file is read: a control is a rule, on every host, and ends on its day", () => {
  const { value, diagnostics } = loadWaivers([{ file: 'i.yaml', text: INSPEC }]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    value?.map(({ id, rule, hosts, justification, expires, definedAt }) => [
      id,
      rule,
      hosts,
      justification,
      expires,
      definedAt.line,
    ]),
    [
      ['xccdf-1', 'xccdf-1', 'all', 'accepted', '2026-12-31T00:00:00Z', 2],
      ['xccdf-2', 'xccdf-2', 'all', 'for good', '2027-01-01T00:00:00Z', 6],
    ],
  );
  const json = JSON.stringify({ 'xccdf-1': { expiration_date: '2026-12-31', run: true, justification: 'accepted' } });
  assert.deepEqual(loadWaivers([{ file: 'i.json', text: json }]).diagnostics, []);
});

const mistakes: readonly (readonly [name: string, text: string, codes: readonly string[]])[] = [
  ['no end', waiver('starts: 2026-01-01'), ['schema/missing-field']],
  ['a local time', waiver("expires: '2026-12-31T18:00:00+02:00'"), ['waiver/time']],
  ['an end before its start', waiver('starts: 2026-12-31, expires: 2026-12-31'), ['waiver/order']],
  [
    'no owner',
    'waivers:\n  - { id: W1, rule: r, hosts: all, justification: j, approvedBy: a, expires: 2026-12-31 }\n',
    ['schema/missing-field'],
  ],
  [
    'an empty justification',
    waiver('expires: 2026-12-31').replace('justification: j', "justification: ''"),
    ['schema/value'],
  ],
  ['a digest of another kind', waiver('expires: 2026-12-31, digest: md5:0'), ['schema/value']],
  ['a misspelt field', waiver('expires: 2026-12-31, expire: 2026-12-31'), ['schema/unknown-field']],
  ['a rule by an expression', waiver('expires: 2026-12-31').replace('rule: r', 'rule: "~r"'), ['schema/value']],
  [
    'the same id twice',
    `${waiver('expires: 2026-12-31')}${waiver('expires: 2026-12-31').replace('waivers:\n', '')}`,
    ['waiver/duplicate'],
  ],
  ['InSpec without an end', 'c1: { justification: for good }\n', ['waiver/no-expiry']],
  ['InSpec without a reason', 'c1: { expiration_date: 2026-12-31 }\n', ['schema/missing-field']],
  ['InSpec in local time', 'c1: { justification: j, expiration_date: 2026-12-31 21:00:00 UTC }\n', ['waiver/time']],
  ['neither', 'rules: []\n', ['schema/missing-field', 'schema/unknown-field']],
  ['nothing', '', ['schema/type']],
];
for (const [name, text, codes] of mistakes)
  test(`${name} is a mistake with a place and a way out`, () => {
    const { value, diagnostics } = loadWaivers([{ file: 'w.yaml', text }]);
    assert.equal(value, undefined);
    assert.deepEqual(diagnostics.map(({ code }) => code).sort(), codes);
    for (const { at, help } of diagnostics) assert.ok(at?.file === 'w.yaml' && at.line >= 1 && (help ?? '') !== '');
  });

test('two files with one id', () => {
  const text = waiver('expires: 2026-12-31');
  const { diagnostics } = loadWaivers([
    { file: 'a.yaml', text },
    { file: 'b.yaml', text },
  ]);
  assert.deepEqual(
    diagnostics.map(({ code, at }) => [code, at?.file]),
    [['waiver/duplicate', 'b.yaml']],
  );
});

test('no waivers at all is an answer', () =>
  assert.deepEqual(loadWaivers([{ file: 'w.yaml', text: 'waivers: []\n' }]), { value: [], diagnostics: [] }));

test("InSpec's waivers as CSV are told once, with the line of YAML to write", () => {
  for (const text of [
    'control_id,justification,run,expiration_date\nhung-task-auto-reboot,"Watchdog fencing",false,2026-12-31\nother,x,,\n',
    '\ufeffcontrol_id;justification;run;expiration_date\r\nhung-task-auto-reboot;Watchdog fencing;false;2026-12-31\r\n',
  ]) {
    const { value, diagnostics } = loadWaivers([{ file: 'w.csv', text }]);
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['waiver/csv'],
    );
    const yaml = (diagnostics[0]?.help ?? '').replace('write each row as ', '');
    assert.deepEqual(
      loadWaivers([{ file: 'w.yaml', text: yaml }]).value?.map(({ rule, expires, justification }) => [
        rule,
        expires,
        justification,
      ]),
      [['hung-task-auto-reboot', '2026-12-31T00:00:00Z', 'Watchdog fencing']],
      yaml,
    );
  }
});
