import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bootDisagreements, bootPredictionOf } from './compare-boots.js';
import { disagreements, predictionOf } from './compare.js';
import { DISK_TREES } from './disk-trees.js';
import { DEBIAN_KERNEL_NAMES } from '../support/debian-kernels.js';
import { readObserved } from './observed.js';
import { truthPage } from './page.js';
import { ROWS, rowName } from './rows.js';
import { notHealed, REMEDIES, REMEDY_ON_DISK } from './remedies.js';
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

  test('each tree on a disk was restarted, and nothing else', () => {
    assert.deepEqual(
      Object.keys(observed.diskTrees),
      DISK_TREES.map(({ name }) => name),
      'run npm run truth -- --lacking',
    );
    assert.deepEqual(
      Object.keys(observed.diskRemedies),
      REMEDY_ON_DISK.map(({ rule }) => rule),
      'run npm run truth -- --lacking',
    );
  });

  for (const { name, isOpen } of DISK_TREES) {
    const booted = observed.diskTrees[name];
    if (booted === undefined) continue;
    test(`restarted by systemd, ${name}`, () => {
      assert.deepEqual(bootDisagreements(booted), []);
      assert.equal(Object.keys(bootPredictionOf(booted).values).length > 10, isOpen !== true);
    });
  }

  for (const [rule, healed] of Object.entries(observed.diskRemedies))
    test(`the remedy of ${rule} on a disk: it ${healed.seen}`, () => {
      assert.deepEqual(notHealed(healed), []);
    });

  test('of a prediction with two ends each end was seen', () => {
    const seen = new Map<string, Set<string>>();
    for (const row of ROWS) {
      const observation = observed.rows[rowName(row)];
      if (observation === undefined) continue;
      const { sees } = predictionOf(row, observation.readings);
      if (sees.length > 1) seen.set(sees.join(), (seen.get(sees.join()) ?? new Set()).add(observation.seen));
    }
    assert.ok(seen.size > 0);
    for (const [ends, found] of seen) assert.deepEqual([...found].sort(), ends.split(/,(?! )/u).sort());
  });

  test('each kernel was asked ten things', () => {
    for (const kernel of DEBIAN_KERNEL_NAMES)
      if (observed.lacking[kernel] === undefined)
        assert.ok(ROWS.filter((row) => row.kernel === kernel && observed.rows[rowName(row)]).length >= 10, kernel);
  });

  test('docs/truth.md says so, and the README leads there', () => {
    assert.equal(readFileSync('docs/truth.md', 'utf8'), truthPage(observed), 'run npm run truth -- --lacking');
    assert.match(readFileSync('README.md', 'utf8'), /\(docs\/truth\.md\)/);
  });
});
