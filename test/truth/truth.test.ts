import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bootDisagreements, bootPredictionOf } from './compare-boots.js';
import { disagreements } from './compare.js';
import { readObserved } from './observed.js';
import { truthPage } from './page.js';
import { ROWS, rowName } from './rows.js';
import { notHealed, REMEDIES } from './remedies.js';
import { TREES } from './trees.js';

/** What machines did when `npm run truth` was run last, against what is predicted now. */
describe('what real machines did', () => {
  const observed = readObserved();

  test('each row is named once', () => {
    assert.equal(new Set(ROWS.map(rowName)).size, ROWS.length);
  });

  test('each row was seen, and nothing else', () => {
    const wanted = ROWS.filter(({ kernel }) => observed.lacking[kernel] === undefined).map(rowName);
    assert.deepEqual(
      wanted.filter((name) => observed.rows[name] === undefined),
      [],
      'run npm run truth -- --lacking',
    );
    assert.deepEqual(
      Object.keys(observed.rows).filter((name) => !wanted.includes(name)),
      [],
    );
  });

  for (const row of ROWS) {
    const observation = observed.rows[rowName(row)];
    if (observation === undefined) continue;
    test(`${rowName(row)}: it ${observation.seen}`, () => {
      assert.deepEqual(disagreements(row, observation), []);
    });
  }

  test('each tree was started, and nothing else', () => {
    assert.deepEqual(
      Object.keys(observed.trees),
      TREES.map(({ name }) => name),
      'run npm run truth -- --lacking',
    );
  });

  for (const { name, isOpen } of TREES) {
    const booted = observed.trees[name];
    if (booted === undefined) continue;
    test(`started again, ${name}`, () => {
      assert.deepEqual(bootDisagreements(booted), []);
      assert.equal(Object.keys(bootPredictionOf(booted).values).length > 10, isOpen !== true);
    });
  }

  test('each remedy was tried, and nothing else', () => {
    assert.deepEqual(
      Object.keys(observed.remedies),
      REMEDIES.map(({ rule }) => rule),
      'run npm run truth -- --lacking',
    );
  });

  for (const [rule, healed] of Object.entries(observed.remedies))
    test(`the remedy of ${rule}: it ${healed.seen}`, () => {
      assert.deepEqual(notHealed(healed), []);
    });

  test('docs/truth.md says so, and the README leads there', () => {
    assert.equal(readFileSync('docs/truth.md', 'utf8'), truthPage(observed), 'run npm run truth -- --lacking');
    assert.match(readFileSync('README.md', 'utf8'), /\(docs\/truth\.md\)/);
  });
});
