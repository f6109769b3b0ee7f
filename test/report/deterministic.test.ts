import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { FORMATS } from '../../src/report/formats/index.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

test('the same report gives the same bytes, from a list or from hosts made anew, and stays as it was', () => {
  fc.assert(
    fc.property(
      arbitraryReport,
      fc.constantFrom(...FORMATS.values()),
      fc.boolean(),
      (report, format, includePasses) => {
        const options = { includePasses, colour: true, columns: 120 };
        const before = structuredClone(report);
        const once = [...format.render(report, options)].join('');
        const anew = {
          ...report,
          hosts: {
            *[Symbol.iterator]() {
              yield* structuredClone(report.hosts);
            },
          },
        };
        assert.equal([...format.render(anew, options)].join(''), once);
        assert.deepEqual(report, before);
      },
    ),
    { numRuns: 80 },
  );
});
