import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { Report } from '../../src/model/report.js';
import { MAX_MARKDOWN_BYTES, markdown } from '../../src/report/formats/markdown.js';
import { markdownCell, markdownCode, markdownText } from '../../src/render/markdown.js';
import { clean } from '../../src/text/clean.js';
import { arbitraryReport, arbitraryText } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

function render(report: Report): string {
  return [...markdown.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
}

/** Code spans by the rule of CommonMark 6.1: from a run of backticks to the next run of the same length. */
const SPAN = /(?<!`)(?<fence>`+)(?!`)(?<inside>.*?[^`])\k<fence>(?!`)/g;

/** What a reader of the page sees of one code span: a space at both ends is taken away. */
function inside(text: string): string | undefined {
  const found = new RegExp(`^${SPAN.source}$`).exec(text)?.groups?.['inside'];
  return found !== undefined && /^ .* $/.test(found) && found.trim() !== '' ? found.slice(1, -1) : found;
}

test('any text comes back from a code span, and from one in a table', () => {
  const text = fc.oneof(
    arbitraryText,
    fc.string({ unit: fc.constantFrom('`', '|', '\\', ' ', 'a', '<', '&'), maxLength: 12 }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const shown = clean(each);
      if (shown.trim() === '') return assert.equal(markdownCode(each, 10_000), '');
      assert.equal(inside(markdownCode(each, 10_000)), shown);
      const cell = markdownCell(each, 10_000);
      assert.doesNotMatch(cell, /(?<!\\)\|/, 'a pipe that would end the cell');
      assert.equal(inside(cell.replaceAll('\\|', '|')), shown);
    }),
    { numRuns: 500 },
  );
});

test('a sentence has nothing in it that Markdown or HTML would act on', () => {
  assert.equal(
    markdownText('<img src=x> | `a` **b** [c](d) &amp;', 100),
    '&#60;img src=x&#62; &#124; &#96;a&#96; &#42;&#42;b&#42;&#42; &#91;c&#93;(d) &#38;amp;',
  );
});

function isRight(report: Report): void {
  const text = render(report);
  assert.ok(Buffer.byteLength(text) <= MAX_MARKDOWN_BYTES);
  let columns = 0;
  let previous = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('| ')) {
      const bars = line.match(/(?<!\\)\|/g)?.length ?? 0;
      if (previous === '') columns = bars;
      assert.equal(bars, columns, line);
    }
    assert.doesNotMatch(line.replaceAll(SPAN, ''), /[<`]|\]\(|&(?!#\d+;)/, line);
    previous = line;
  }
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: whole tables, nothing but text outside of code spans`, () => isRight(report));

test('any report: whole tables, nothing but text outside of code spans', () => {
  fc.assert(fc.property(arbitraryReport, isRight), { numRuns: 60 });
});

test('the longest texts and the most hosts fit, and what is left out is counted in every table', () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const long = '日|<&`'.repeat(2_000);
  const hosts = Array.from({ length: 300 }, (_, index) =>
    [...mixed.hosts].map((host) => ({
      ...host,
      host: `${index}${long}`,
      verdicts: host.verdicts.map((verdict) => ({ ...verdict, host: `${index}${long}`, because: long })),
    })),
  ).flat();
  const rules = mixed.header.rules.map((rule) => ({ ...rule, remediation: long }));
  const report: Report = {
    header: { ...mixed.header, rules, inventory: [long, long], limit: long },
    hosts,
    summary: { ...mixed.summary, verdict: long },
  };
  isRight(report);
  const text = render(report);
  assert.ok(Buffer.byteLength(text) > MAX_MARKDOWN_BYTES / 2);
  const rows = text.split('\n').filter((line) => line.startsWith('| `')).length;
  const left = [...text.matchAll(/^… and (?<left>\d+) more/gm)].reduce(
    (sum, match) => sum + Number(match.groups?.['left']),
    0,
  );
  assert.equal(rows + left, 300 * (1 + 5 + 5), 'hosts not reached, fails, undecided');
  assert.match(text, /### Undecided: 1500 results/);
});
