import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { HostOutcome } from '../../src/model/outcome.js';
import { absent, known, type Reading, unreadable } from '../../src/model/reading.js';
import { openSpool } from '../../src/run/spool.js';

const scratch = mkdtempSync(join(tmpdir(), 'kernward-spool-test-'));
after(() => rmSync(scratch, { recursive: true }));

const reading: fc.Arbitrary<Reading> = fc.oneof(
  fc.tuple(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())), fc.string()).map(([value, raw]) => known(value, raw)),
  fc.string().map(absent),
  fc.string().map((detail) => unreadable('denied', detail)),
);

const outcome: fc.Arbitrary<HostOutcome> = fc.oneof(
  fc.record({ host: fc.string(), reached: fc.constant(true as const), readings: fc.array(fc.tuple(fc.oneof(fc.string(), fc.constant('__proto__')), reading)).map((list) => new Map(list)), tookMs: fc.nat() }, { noNullPrototype: true }),
  fc.record({ host: fc.string(), reached: fc.constant(false as const), failure: fc.record({ code: fc.constant('refused' as const), detail: fc.string() }, { noNullPrototype: true }), tookMs: fc.nat() }, { noNullPrototype: true }),
);

for (const memory of [0, 500, 1 << 20])
  test(`gives back what was kept, in any order, with ${memory} bytes of memory`, () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 12 }), (outcomes) => {
        const spool = openSpool<HostOutcome>(memory);
        try {
          for (const index of outcomes.keys()) spool.keep(outcomes.length - 1 - index, outcomes[outcomes.length - 1 - index] ?? assert.fail());
          for (const [index, kept] of outcomes.entries()) assert.deepEqual(spool.at(index), kept);
          assert.equal(spool.at(outcomes.length), undefined);
          assert.equal(spool.trouble(), undefined);
        } finally {
          spool.close();
        }
      }),
      { numRuns: 60 },
    );
  });

const sample: HostOutcome = { host: 'a', reached: true, readings: new Map([['x', known(1, '1')]]), tookMs: 1 };

test('a run that is killed leaves no file behind', () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(scratch, 'private-'));
  process.env['TMPDIR'] = folder;
  try {
    const spool = openSpool<HostOutcome>(0);
    spool.keep(0, sample);
    assert.deepEqual(readdirSync(folder), [], 'its name is gone while it is in use');
    assert.equal(spool.trouble(), undefined);
    assert.deepEqual(spool.at(0), sample);
    spool.close();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('where the disk refuses, nothing is lost and the trouble is told', () => {
  const before = process.env['TMPDIR'];
  const file = join(mkdtempSync(join(scratch, 'refuses-')), 'not-a-folder');
  writeFileSync(file, '');
  process.env['TMPDIR'] = file;
  try {
    const spool = openSpool<HostOutcome>(0);
    spool.keep(0, sample);
    spool.keep(1, sample);
    assert.deepEqual(spool.at(0), sample);
    assert.deepEqual(spool.at(1), sample);
    assert.match(spool.trouble() ?? '', /not-a-folder.*kept in memory/);
    spool.close();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
