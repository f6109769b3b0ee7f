import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

const OPTIONS = { colour: false, columns: 100 };

/** The report, and how many of its hosts were taken; its summary is there when all of them were and somebody wants more. */
function watched(report: Report): { readonly report: Report; readonly taken: () => number; readonly end: () => void } {
  const hosts = [...report.hosts];
  let taken = 0;
  let isOver = false;
  return {
    taken: () => taken,
    end: () => {
      isOver = true;
    },
    report: {
      header: report.header,
      hosts: {
        *[Symbol.iterator]() {
          for (const host of hosts) {
            taken += 1;
            yield host;
          }
        },
      },
      get summary() {
        assert.ok(isOver, 'the summary was read before all hosts were there');
        return report.summary;
      },
    },
  };
}

const gradual = [...FORMATS.values()].filter(({ isGradual }) => isGradual === true);

test('what tells of hosts one after another can be written so', () => {
  assert.deepEqual(
    gradual.map(({ id }) => id),
    ['json', 'jsonl', 'csv', 'csv-hosts'],
  );
});

for (const { id, render } of gradual)
  describe(id, () => {
    for (const [name, canonical] of Object.entries(CANONICAL_REPORTS))
      for (const includePasses of [false, true])
        test(`${name}${includePasses ? ', passes too' : ''}: a text takes a host at most, and the summary is read behind the last`, () => {
          const size = [...canonical.hosts].length;
          const { report, taken, end } = watched(canonical);
          const texts: string[] = [];
          const walk = render(report, { ...OPTIONS, includePasses })[Symbol.iterator]();
          for (;;) {
            const before = taken();
            // As a writer does that waits for all before it asks for what stands behind the last host.
            if (before === size) end();
            const { done, value } = walk.next();
            assert.ok(taken() - before <= 1, `${taken() - before} hosts at once`);
            if (done === true) break;
            texts.push(value);
          }
          assert.equal(texts.join(''), [...render(canonical, { ...OPTIONS, includePasses })].join(''));
        });
  });
