import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import type { Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { ReportSchema } from '../../src/report/schema.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

function render(id: 'json' | 'jsonl', report: Report): string {
  return [...(FORMATS.get(id)?.render(report, { includePasses: false, colour: false, columns: 80 }) ?? [])].join('');
}

/** JSON numbers have no −0 and its objects no prototype of their own: only what is written is compared. */
function plain({ header, hosts, summary }: Report): unknown {
  return { header, hosts: [...hosts], summary };
}

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(ReportSchema);

function isValid(text: string): void {
  return assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors?.slice(0, 3)));
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: valid by the schema, and read back equal from json and jsonl`, () => {
    isValid(render('json', report));
    for (const id of ['json', 'jsonl'] as const) {
      const { value, diagnostics } = parseAsWritten(render(id, report), 'report');
      assert.deepEqual(diagnostics, []);
      assert.ok(value);
      assert.deepEqual(plain(value), plain(report));
      assert.equal(render(id, value), render(id, report));
    }
  });

test('any report: valid by the schema, and read back equal from json and jsonl', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      isValid(render('json', report));
      for (const id of ['json', 'jsonl'] as const) {
        const { value, diagnostics } = parseAsWritten(render(id, report), 'report');
        assert.deepEqual(diagnostics, []);
        assert.ok(value);
        assert.deepEqual(plain(value), plain(report));
      }
    }),
    { numRuns: 60 },
  );
});

test('every line of json between the brackets is one host, every line of jsonl one object', () => {
  const report = CANONICAL_REPORTS['mixed'];
  assert.ok(report);
  const hosts = [...report.hosts];
  assert.equal(render('json', report).trimEnd().split('\n').length, hosts.length + 4);
  const kinds = render('jsonl', report)
    .trimEnd()
    .split('\n')
    .map((line) => /^\{"kind":"(?<kind>\w+)"/.exec(line)?.groups?.['kind']);
  assert.deepEqual(kinds, ['header', ...hosts.map(() => 'host'), 'summary']);
});

test('a name that means something to a prototype stays a name', () => {
  const report = CANONICAL_REPORTS['hostile'];
  assert.ok(report);
  const { value } = parseAsWritten(render('json', report), 'report');
  const [host] = [...(value?.hosts ?? [])];
  assert.equal(host?.readings.get('__proto__')?.state, 'known');
  assert.ok(Object.hasOwn(host?.labels ?? {}, '__proto__'));
  assert.equal(Object.getPrototypeOf(host?.labels), Object.prototype);
});

const clean = CANONICAL_REPORTS['clean'];
if (clean === undefined) throw new Error('there is no canonical report clean');
const text = render('json', clean);
const lines = render('jsonl', clean);

/** The report with one piece of its text replaced; the piece must be in it. */
function edited(piece: string, by: string): string {
  assert.ok(text.includes(piece), `no ${piece} in the report`);
  return text.replace(piece, by);
}

const hostLine = text.split('\n')[2] ?? '';
const lastVerdict = hostLine.slice(hostLine.lastIndexOf(',{"host":'), -2);

const wrong: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  ['nothing', '', 'report/not-json', /not JSON/],
  ['half a document', text.slice(0, -40), 'report/not-json', /not JSON/],
  ['not JSON at all', 'host,rule\n', 'report/not-json', /not JSON/],
  ['another document', '{"hello":1}', 'report/wrong-shape', /no header/],
  ['a list', '[]', 'report/wrong-shape', /no header/],
  ['null', 'null', 'report/wrong-shape', /no header/],
  ['a number', '12', 'report/wrong-shape', /no header/],
  ['a newer shape', edited('"schema":2', '"schema":3'), 'report/too-new', /shape 3; this kernward knows 2/],
  ['lines without the last', lines.split('\n').slice(0, -2).join('\n'), 'report/cut-short', /no summary/],
  ['lines cut in a host', lines.slice(0, lines.indexOf('"kind":"host"') + 200), 'report/not-json', /not JSON/],
  ['lines with two headers', `${lines}${lines}`, 'report/wrong-shape', /second of its kind/],
  ['a document without hosts', edited('"hosts":[\n', '"machines":[\n'), 'report/wrong-shape', /no list of hosts/],
  [
    'a severity that there is not',
    edited('"failOn":"high"', '"failOn":"huge"'),
    'report/wrong-shape',
    /header: gate\/failOn/,
  ],
  [
    'a status that there is not',
    edited('"status":"clean"', '"status":"fine"'),
    'report/wrong-shape',
    /hosts\/0: status/,
  ],
  [
    'a reading without a state',
    edited('{"state":"absent",', '{'),
    'report/wrong-shape',
    /readings\/ksm\.run: is none of the shapes/,
  ],
  ['a fraction', edited('"value":-1,', '"value":0.5,'), 'report/wrong-shape', /readings\/sysctl\.kernel\.panic/],
  [
    'a host twice',
    edited(hostLine, `${hostLine},${hostLine}`).replace('"summary":{"hosts":1', '"summary":{"hosts":2'),
    'report/inconsistent',
    /1 host stands in it more than once/,
  ],
  ['a host taken out', edited(hostLine, ''), 'report/inconsistent', /counts 1 host and it holds 0/],
  [
    'a verdict taken out',
    edited(lastVerdict, ''),
    'report/inconsistent',
    /web01\.example\.com has no verdict for 1 rule/,
  ],
  [
    'a verdict twice',
    edited(lastVerdict, `${lastVerdict}${lastVerdict}`),
    'report/inconsistent',
    /6 verdicts for 5 rules/,
  ],
  [
    'a verdict of another',
    edited(lastVerdict, lastVerdict.replace('web01', 'web02')),
    'report/inconsistent',
    /verdict of another host/,
  ],
];

test('what is no JSON is named with the line on which that shows', () => {
  const places: readonly (readonly [text: string, line: number])[] = [
    ['# a comment\nhosts:\n  web: {}\n', 1],
    ['{"header":{},\n"hosts":[\n{"host":"web01.example.com" "groups":[]},\n{}\n]}\n', 3],
    ['{"header":{},\n"hosts":[\n{"host":"web01.example.com","groups":[tru]},\n{}\n]}\n', 3],
    ['{"header":{},\n"hosts":[\n', 2],
  ];
  for (const [input, line] of places)
    assert.equal(parseAsWritten(input, 'report.json').diagnostics[0]?.at?.line, line, input);
});

for (const [name, input, code, message] of wrong)
  test(`${name} is a diagnostic, ${code}`, () => {
    const { value, diagnostics } = parseAsWritten(input, 'report.json');
    assert.equal(value, undefined);
    assert.equal(diagnostics[0]?.code, code);
    assert.match(diagnostics[0]?.message ?? '', message);
    assert.equal(diagnostics[0]?.at?.file, 'report.json');
    assert.ok(diagnostics.every(({ help }) => help !== undefined));
  });

test('the line of a mistake is given, and of many mistakes the first twenty', () => {
  const broken = lines.replace('"port":22', '"port":"22"');
  assert.deepEqual(parseAsWritten(broken, 'r').diagnostics[0]?.at, { file: 'r', line: 2, column: 1 });
  const many = `${lines.split('\n')[0]}\n${'{}\n'.repeat(100)}`;
  assert.equal(parseAsWritten(many, 'r').diagnostics.length, 21);
});

test('what jq -c or an editor made of it is read too', () => {
  for (const again of [
    JSON.stringify(JSON.parse(text)),
    JSON.stringify(JSON.parse(text), null, 2),
    `\ufeff${text}`,
    text.replaceAll('\n', '\r\n'),
  ])
    assert.deepEqual(parseAsWritten(again, 'r').diagnostics, []);
  assert.deepEqual(parseAsWritten(lines.replaceAll('\n', '\r\n'), 'r').diagnostics, []);
});

test('the bytes of a host do not depend on how it was put together', () => {
  const [host] = [...clean.hosts];
  assert.ok(host);
  const { host: name, readings, ...others } = host;
  const shuffled = { readings: new Map([...readings].reverse()), ...others, host: name };
  assert.notDeepEqual(Object.keys(shuffled), Object.keys(host));
  for (const id of ['json', 'jsonl'] as const)
    assert.equal(render(id, { ...clean, hosts: [shuffled] }), render(id, clean));
});
