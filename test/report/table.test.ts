import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostReport, Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { wrap } from '../../src/render/wrap.js';
import { summarise } from '../../src/verdict/summary.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS, GATE } from '../support/report/canonical.js';
import { fleetOf } from './html/fleet.js';
import { assertComputed } from '../support/computed-within.js';
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

test('every host that is not clean is named, with why', () => {
  const report = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const text = render(report, false, 200);
  for (const [status, hosts, why] of [
    ['failing', 'web02.example.com', /1 critical, 1 high, 1 medium/],
    ['failing', 'web05.example.com', /1 high/],
    ['lesser', 'web04.example.com', /1 low/],
  ] as const)
    assert.match(text, new RegExp(`^${status} +${hosts}: ${why.source}`, 'm'));
  assert.match(text, /^1 host +web03\.example\.com: nobody listens on that port \(refused\)$/m);
  const failures = CANONICAL_REPORTS['failures'] ?? assert.fail();
  const told = render(failures);
  for (const { failure } of failures.hosts) {
    assert.ok(failure);
    assert.match(told, new RegExp(`\\(${failure.code}\\)`));
    assert.ok(told.replaceAll(/\s+/g, ' ').includes(failure.detail));
  }
});

test('what is not there is not mentioned', () => {
  const text = render(CANONICAL_REPORTS['clean'] ?? assert.fail());
  assert.match(text, /^exit 0: compliant/);
  assert.match(text, /^hosts +1: 1 clean$/m);
  assert.doesNotMatch(text.replace(/^exit 0.*\n.*/, ''), /Not reached|Undecided|waive|since|gone|worst|doctor|lesser/);
  assert.doesNotMatch(text, /\b0\b(?!\.)(?=[ ,])/);
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

test('3,000 hosts of three kinds are a page: each kind in one row, its names folded', () => {
  const header = CANONICAL_REPORTS['mixed']?.header ?? assert.fail();
  const hosts = fleet(3000);
  const text = render({ header, hosts, summary: summarise(hosts, { gate: GATE, rules: 5, tookMs: 1 }) });
  assert.ok(text.split('\n').length < 70, text);
  assert.match(text, /^exit 1: not compliant: 2000 unwaived fails of severity high or above on 1000 hosts; incomplete/);
  assert.match(text, /^hosts +3000: 1000 failing \(high or above\), 1000 not reached, 1000 clean$/m);
  assert.match(text, /^critical +hung-task-auto-reboot: 1000 hosts/m);
  assert.match(text, /^failing +host1, host4, [^:]* and \d+ more: 1 critical, 1 high, 1\s+medium/m);
  assert.match(text, /^1000 hosts host2, host5, [^:]* and \d+\s+more: nobody\s+listens/m);
});

test('fifty equal hosts take one row', () => {
  const header = CANONICAL_REPORTS['mixed']?.header ?? assert.fail();
  const hosts = Array.from({ length: 50 }, (_, index) => renamed(failing, `web${String(index + 1).padStart(2, '0')}`));
  const text = render({ header, hosts, summary: summarise(hosts, { gate: GATE, rules: 5, tookMs: 1 }) });
  assert.match(text, /^failing +web\[01-50\]: 1 critical, 1 high, 1 medium/m);
  assert.doesNotMatch(text, /web17/);
});

test('many kinds of hosts are cut, and how many hosts are left out is said', () => {
  const header = CANONICAL_REPORTS['mixed']?.header ?? assert.fail();
  const base = renamed(failing, 'x');
  const hosts = Array.from({ length: 32 }, (_, index) => {
    const host = renamed(base, `kind${index}`);
    const verdicts = host.verdicts.map((verdict, place) => ({
      ...verdict,
      result: (index >> place) % 2 === 1 ? ('fail' as const) : ('pass' as const),
      because: `because ${index}`,
    }));
    return { ...host, status: 'failing' as const, verdicts };
  });
  const text = render({ header, hosts, summary: summarise(hosts, { gate: GATE, rules: 5, tookMs: 1 }) });
  assert.match(text, /… and 2 more hosts: -o csv-hosts writes all of them/);
  assert.match(text, /and 12 hosts with other values/);
});

test('the first screen of 80 columns has the verdict, the counts and the worst five rules', () => {
  for (const name of ['mixed', 'drifted', 'interrupted', 'waived', 'failures']) {
    const screen = render(CANONICAL_REPORTS[name] ?? assert.fail(), false, 80)
      .split('\n')
      .slice(0, 24)
      .join('\n');
    assert.match(screen, /^exit \d+: /);
    assert.match(screen, /^hosts +\d/m);
  }
  const screen = render(fleetOf(240), false, 80).split('\n').slice(0, 23).join('\n');
  assert.equal(screen.match(/^(?:critical|high|medium|low) +\S+: \d+ hosts?/gm)?.length, 5, screen);
  assert.ok((screen.match(/^ {10}\S/gm)?.length ?? 0) >= 5, screen);
});

test('two hundred long sentences take no minutes', () => {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const because = '日本語 and so on '.repeat(300);
  const hosts = Array.from({ length: 100 }, (_, index) => {
    const host = renamed(failing, `host${index}`);
    return { ...host, verdicts: host.verdicts.map((verdict) => ({ ...verdict, because })) };
  });
  assertComputed(
    cpuMsOf(() => render({ ...mixed, hosts })),
    10_000,
  );
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
