import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../src/model/reading.js';
import type { HostReport } from '../../src/model/report.js';
import { hostTexts } from '../../src/report/host-text.js';
import { hostToJson } from '../../src/report/host-json.js';
import { safeJson } from '../../src/text/safe-json.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

function hostText(host: HostReport): string {
  return [...hostTexts(host)].join('');
}

function plainly(host: HostReport): string {
  return safeJson(hostToJson(host));
}

const CANONICAL = Object.values(CANONICAL_REPORTS).flatMap(({ hosts }) => [...hosts]);

test('a host of the canonical reports is the same text as by JSON.stringify, twice', () => {
  for (const host of CANONICAL) {
    assert.equal(hostText(host), plainly(host));
    assert.equal(hostText(host), plainly(host));
  }
});

test('any host is the same text as by JSON.stringify, but for the order of what a verdict says', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      for (const host of report.hosts) {
        const sorted = {
          ...host,
          verdicts: host.verdicts.map(({ host: name, rule, severity, result, because, evidence, ...others }) => ({
            host: name,
            rule,
            severity,
            result,
            because,
            evidence,
            ...others,
          })),
        };
        assert.equal(hostText(host), plainly(sorted));
      }
    }),
    { numRuns: 100 },
  );
});

test('a fact that is called like a number stands where JavaScript puts it', () => {
  const [host] = CANONICAL;
  assert(host !== undefined);
  const odd = { ...host, readings: new Map([...host.readings, ['7', known(1, '1')]]) };
  assert.equal(hostText(odd), plainly(odd));
});

test('a verdict that differs in one word from what was said by the same evidence has its own text', () => {
  const host = CANONICAL.find(({ verdicts }) => verdicts.length > 0);
  assert(host !== undefined);
  hostText(host);
  for (const changed of [
    { because: 'another' },
    { severity: 'info' },
    { result: 'unknown' },
    { digest: 'sha256:0' },
    { drift: 'resolved' },
    { since: '2026-01-01T00:00:00Z' },
    { flaps: 7 },
    { nextBoot: { result: 'fail' } },
    { waiver: { id: 'w', justification: 'j', expires: '2027-01-01T00:00:00Z' } },
  ] as const) {
    const other: HostReport = { ...host, verdicts: host.verdicts.map((verdict) => ({ ...verdict, ...changed })) };
    assert.deepEqual(JSON.parse(hostText(other)), JSON.parse(plainly(other)));
  }
});

test('a verdict that names another host keeps that name', () => {
  const host = CANONICAL.find(({ verdicts }) => verdicts.length > 1);
  assert(host !== undefined);
  const [first, ...others] = host.verdicts;
  assert(first !== undefined);
  const odd: HostReport = { ...host, verdicts: [...others, { ...first, host: 'another' }] };
  assert.deepEqual(JSON.parse(hostText(odd)), JSON.parse(plainly(odd)));
});
