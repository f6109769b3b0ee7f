import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostReport, Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { readReportLines } from '../../src/report/report-lines.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

type Id = 'json' | 'jsonl';

function render(id: Id, report: Report): string {
  return [...(FORMATS.get(id)?.render(report, { includePasses: false, colour: false, columns: 80 }) ?? [])].join('');
}

function linesOf(text: string): readonly { text: string; place: string }[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => ({ text: line, place: line }));
}

interface Read {
  readonly report: unknown;
  /** The hosts again, each from its line. */
  readonly again: readonly HostReport[];
}

function readByLines(text: string): Read | undefined {
  const hosts: HostReport[] = [];
  const places: string[] = [];
  const read = readReportLines(linesOf(text), (host, place) => {
    hosts.push(host);
    places.push(place);
  });
  return read && { report: { header: read.header, hosts, summary: read.summary }, again: places.map(read.hostOf) };
}

function plain({ header, hosts, summary }: Report): unknown {
  return { header, hosts: [...hosts], summary };
}

function readsAlike(text: string): void {
  const { value } = parseAsWritten(text, 'r');
  const read = readByLines(text);
  assert.ok(value);
  assert.ok(read);
  assert.deepEqual(read.report, plain(value));
  assert.deepEqual(read.again, [...value.hosts]);
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: the same by lines and as a whole`, () => {
    for (const id of ['json', 'jsonl'] as const) readsAlike(render(id, report));
  });

test('any report: the same by lines and as a whole', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.constantFrom<Id>('json', 'jsonl'), (report, id) => readsAlike(render(id, report))),
    { numRuns: 60 },
  );
});

const WORDS = [
  '"host"',
  '"header":',
  '"summary":',
  '"kind":',
  '"rule"',
  '"status"',
  '"schema":1',
  ',',
  '{',
  '}',
  '\n',
  ':',
  '0',
  '],',
];

const arbitraryDamage = fc.oneof(
  fc.record({
    how: fc.constantFrom('take-line', 'double-line', 'swap-lines', 'empty-line', 'join-lines'),
    where: fc.nat(),
  }),
  fc.record({ how: fc.constantFrom('take', 'double', 'cut'), where: fc.nat(), word: fc.constantFrom(...WORDS) }),
);

type Damage = { readonly how: string; readonly where: number; readonly word?: string };

function damagedLines(lines: readonly string[], { how, where }: Damage): readonly string[] {
  const at = where % lines.length;
  const [before, line, after] = [lines.slice(0, at), lines.slice(at, at + 1), lines.slice(at + 1)];
  if (how === 'take-line') return [...before, ...after];
  if (how === 'double-line') return [...before, ...line, ...line, ...after];
  if (how === 'swap-lines') return [...before, ...after.slice(0, 1), ...line, ...after.slice(1)];
  if (how === 'empty-line') return [...before, '', ...line, ...after];
  return [...before, [...line, ...after.slice(0, 1)].join(''), ...after.slice(1)];
}

function damaged(text: string, damage: Damage): string {
  const { how, where, word } = damage;
  if (word === undefined) return damagedLines(text.split('\n'), damage).join('\n');
  const places = [...text.matchAll(new RegExp(word.replaceAll(/[{}[\]]/g, '\\$&'), 'g'))].map(({ index }) => index);
  const at = places[where % Math.max(places.length, 1)];
  if (at === undefined) return text;
  if (how === 'take') return text.slice(0, at) + text.slice(at + word.length);
  return how === 'double' ? text.slice(0, at) + word + text.slice(at) : text.slice(0, at);
}

test('what is read by lines is read as a whole, and is the same: no damage gets past', () => {
  const texts = [CANONICAL_REPORTS['clean'], CANONICAL_REPORTS['mixed']].flatMap((report) =>
    report === undefined ? [] : [render('json', report), render('jsonl', report)],
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...texts), arbitraryDamage, (text, damage) => {
      const wrong = damaged(text, damage);
      const read = readByLines(wrong);
      if (read === undefined) {
        refused += 1;
        return;
      }
      const { value } = parseAsWritten(wrong, 'r');
      assert.ok(value, 'read by lines, refused as a whole');
      assert.deepEqual(read.report, plain(value));
    }),
    { numRuns: 500 },
  );
  assert.ok(refused > 200, `only ${refused} of 500 were refused`);
});

const clean = CANONICAL_REPORTS['clean'];
if (clean === undefined) throw new Error('there is no canonical report clean');
const [only] = [...clean.hosts];
if (only === undefined) throw new Error('the canonical report clean has no host');

const contradictions: readonly (readonly [name: string, report: Report])[] = [
  ['a host twice', { ...clean, hosts: [only, only], summary: { ...clean.summary, hosts: 2 } }],
  ['a host too few', { ...clean, hosts: [] }],
  ['a verdict too few', { ...clean, hosts: [{ ...only, verdicts: only.verdicts.slice(1) }] }],
  ['a verdict of another', { ...clean, hosts: [{ ...only, host: 'other' }] }],
];

for (const [name, report] of contradictions)
  test(`${name}: left to the whole reading, which says so`, () => {
    for (const id of ['json', 'jsonl'] as const) {
      assert.equal(readByLines(render(id, report)), undefined);
      assert.equal(parseAsWritten(render(id, report), 'r').diagnostics[0]?.code, 'report/inconsistent');
    }
  });
