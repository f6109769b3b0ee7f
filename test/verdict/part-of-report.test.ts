import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseReport } from '../../src/run/earlier/read-report.js';
import { json } from '../../src/report/formats/json.js';
import { HOST_STATUSES } from '../../src/model/report.js';
import { SEVERITIES } from '../../src/model/verdict.js';
import { partOf } from '../../src/verdict/part-of-report.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

const NOBODY = { namedBy: () => new Set<string>() } as const;

test('the parts of a report have all of its hosts and findings, once, and can be read again', () => {
  fc.assert(
    fc.property(arbitraryReport, fc.integer({ min: 1, max: 3 }), (report, many) => {
      const parts = Array.from({ length: many }, (_, place) => {
        const mine = new Set(report.hosts.filter((_host, index) => index % many === place).map(({ host }) => host));
        return partOf(report, { ...NOBODY, limit: `part ${place}`, isChosen: ({ host }) => mine.has(host) });
      });
      const sum = (of: (summary: (typeof report)['summary']) => number): number =>
        parts.reduce((total, { summary }) => total + of(summary), 0);
      assert.equal(
        sum(({ hosts }) => hosts),
        report.summary.hosts,
      );
      for (const status of HOST_STATUSES)
        assert.equal(
          sum(({ statuses }) => statuses[status]),
          report.summary.statuses[status],
          status,
        );
      for (const severity of SEVERITIES)
        assert.equal(
          sum(({ fails }) => fails[severity]),
          report.summary.fails[severity],
          severity,
        );
      for (const part of parts) {
        const written = [...json.render(part, { includePasses: false, colour: false, columns: 80 })].join('');
        assert.deepEqual(parseReport(written, 'part.json').diagnostics, []);
        assert.notEqual(part.header.runId, report.header.runId);
      }
    }),
    { numRuns: 40 },
  );
});

test('waivers and rules over groups that are none of its business are left out', () => {
  const { waived, groups } = CANONICAL_REPORTS;
  assert.ok(waived && groups);
  const [host = assert.fail()] = waived.hosts;
  const options = { limit: 'web', isChosen: () => true } as const;
  assert.equal(partOf(waived, { ...options, ...NOBODY }).summary.waivers?.length, 0);
  const named = partOf(waived, { ...options, namedBy: () => new Set([host.host]) });
  assert.deepEqual(named.summary.waivers, waived.summary.waivers);
  const part = partOf(groups, { ...options, ...NOBODY, isChosen: ({ labels }) => labels['cluster'] === 'cluster-0' });
  assert.deepEqual(
    [...new Set(part.summary.groupVerdicts?.map(({ label, group }) => `${label ?? 'group'}=${group}`))],
    ['cluster=cluster-0', 'group=web'],
  );
});
