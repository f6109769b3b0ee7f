import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openSpool, TEXT } from '../../../src/run/spool/spool.js';

const scratch = mkdtempSync(join(tmpdir(), 'kernward-spool-test-'));
after(() => rmSync(scratch, { recursive: true }));

for (const memory of [0, 500, 1 << 20])
  test(`gives back what was kept, in any order, with ${memory} bytes of memory`, () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 12 }), (texts) => {
        const spool = openSpool(TEXT, memory);
        try {
          for (const index of texts.keys())
            spool.keep(texts.length - 1 - index, texts[texts.length - 1 - index] ?? assert.fail());
          for (const [index, kept] of texts.entries()) assert.equal(spool.at(index), kept);
          assert.equal(spool.at(texts.length), undefined);
          assert.equal(spool.error(), undefined);
        } finally {
          spool.close();
        }
      }),
      { numRuns: 60 },
    );
  });

const sample = 'what came of a host';

test('a run that is killed leaves no file behind', () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(scratch, 'private-'));
  process.env['TMPDIR'] = folder;
  try {
    const spool = openSpool(TEXT, 0);
    spool.keep(0, sample);
    assert.deepEqual(readdirSync(folder), [], 'its name is gone while it is in use');
    assert.equal(spool.error(), undefined);
    assert.equal(spool.at(0), sample);
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
    const spool = openSpool(TEXT, 0);
    spool.keep(0, sample);
    spool.keep(1, sample);
    assert.equal(spool.at(0), sample);
    assert.equal(spool.at(1), sample);
    assert.match(spool.error() ?? '', /not-a-folder.*kept in memory/);
    spool.close();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
