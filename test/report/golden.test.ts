import test from 'node:test';
import { FORMATS } from '../../src/report/formats/index.js';
import { matchesGolden } from '../support/golden.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { withoutAssets } from './html/canonical-pages.js';

const OPTIONS = { includePasses: false, colour: false, columns: 100 };

for (const format of FORMATS.values())
  for (const [name, report] of Object.entries(CANONICAL_REPORTS))
    test(`${format.id} renders ${name}`, () =>
      matchesGolden(
        `test/golden/${name}${format.extension}`,
        withoutAssets([...format.render(report, OPTIONS)].join('')),
      ));

const variants = [
  ['csv', 'mixed', 'passes.csv', { ...OPTIONS, includePasses: true }],
  ['table', 'mixed', 'colour.txt', { ...OPTIONS, colour: true }],
  ['table', 'mixed', 'narrow.txt', { ...OPTIONS, columns: 20 }],
] as const;

for (const [id, name, ending, options] of variants)
  test(`${id} renders ${name} as ${ending}`, () => {
    const report = CANONICAL_REPORTS[name];
    const format = FORMATS.get(id);
    if (report === undefined || format === undefined) throw new Error('no such report or format');
    matchesGolden(`test/golden/${name}.${ending}`, [...format.render(report, options)].join(''));
  });
