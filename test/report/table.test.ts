import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostReport, Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { wrap } from '../../src/render/wrap.js';
import { summarise } from '../../src/verdict/summary.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS, GATE } from '../support/report/canonical.js';
import { cpuMsOf } from '../support/cpu-time.js';

function render(report: Report, colour = false, columns = 100): string {
  return [...(FORMATS.get('table')?.render(report, { includePasses: false, colour, columns }) ?? [])].join('');
}

// eslint-disable-next-line no-control-regex
const SGR = /\u001b\[[0-9;]*m/g;

test('nothing of a host reaches the terminal as a control character, with colours or without', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.boolean(), fc.integer({ min: 0, max: 300 }), (report, colour, columns) => {
      const text = render(report, colour, columns);
      const visible = colour ? text.replaceAll(SGR, '') : text;
      assert.doesNotMatch(visible.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      assert.equal(visible, render(report, false, columns), 'colour changes nothing else');
    }),
    { numRuns: 60 },
  );
});

test('a colour ends where its line ends', () => {
  for (const line of render(CANONICAL_REPORTS['mixed'] ?? assert.fail(), true).split('\n')) {
    const codes = line.match(SGR) ?? [];
    if (codes.length > 0) assert.equal(codes.at(-1), '\u001b[0m', line);
  }
});

test('a fleet of plain names fits the terminal', () => {
  for (const name of ['mixed', 'failures', 'interrupted', 'clean', 'empty'])
    for (const columns of [80, 100, 160])
      for (const line of render(CANONICAL_REPORTS[name] ?? assert.fail(), false, columns).split('\n'))
        assert.ok(line.length <= columns, `${name} at ${columns}: ${line}`);
});

test('every host that is not compliant is named, with why', () => {
  const report = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const text = render(report, false, 200);
  for (const host of report.hosts) assert.equal(text.includes(host.host), host.status !== 'clean', host.host);
  for (const host of CANONICAL_REPORTS['failures']?.hosts ?? [])
    assert.ok(render(CANONICAL_REPORTS['failures'] ?? assert.fail()).includes(`${host.host} `));
});

const [clean] = [...(CANONICAL_REPORTS['clean']?.hosts ?? [])];
const [, failing, , , unreached] = [...(CANONICAL_REPORTS['mixed']?.hosts ?? [])];
function renamed(host: HostReport | undefined, name: string): HostReport {
  if (host === undefined) throw new Error('there is no such host');
  return { ...host, host: name, verdicts: host.verdicts.map((verdict) => ({ ...verdict, host: name })) };
}

/** A third each of compliant, failing and not reached; made anew whenever it is iterated. */
function fleet(size: number): Iterable<HostReport> {
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < size; index += 1)
        yield renamed([clean, failing, unreached][index % 3], `host${index}`);
    },
  };
}

test('3,000 hosts are a page: two hundred rows, and how many are left out', () => {
  const header = CANONICAL_REPORTS['mixed']?.header ?? assert.fail();
  const hosts = fleet(3000);
  const text = render({ header, hosts, summary: summarise(hosts, { gate: GATE, rules: 5, tookMs: 1 }) });
  assert.equal(text.match(/│ host\d+ +│/g)?.length, 200);
  assert.match(text, /│ critical │ hung-task-auto-reboot +│ +1000 │/);
  assert.match(text, /Not reached: 1000 hosts \(1000 refused\)/);
  assert.match(text, /… and 950 more hosts that were not reached: -o csv writes all of them/);
  assert.match(text, /… and 2900 more fails/);
  assert.match(text, /… and 950 more undecided results/);
  assert.match(
    text,
    /exit 1: not compliant: 2000 unwaived fails of severity high or above on 1000 hosts; incomplete too/,
  );
});

test('two hundred long sentences take no minutes', () => {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const because = '日本語 and so on '.repeat(300);
  const hosts = Array.from({ length: 100 }, (_, index) => {
    const host = renamed(failing, `host${index}`);
    return { ...host, verdicts: host.verdicts.map((verdict) => ({ ...verdict, because })) };
  });
  assert.ok(cpuMsOf(() => render({ ...mixed, hosts })) < 10_000);
});

test('a line is broken between words, and within one only where it must', () => {
  assert.deepEqual(wrap('a bb ccc', 4), ['a bb', 'ccc']);
  assert.deepEqual(wrap('abcdefgh ij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(wrap('日本語', 4), ['日本', '語']);
  assert.deepEqual(wrap('', 4), ['']);
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const lines = wrap(text, width);
      assert.ok(lines.every((line) => line.length <= width));
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    }),
  );
});
