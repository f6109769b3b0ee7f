import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openSpool, TEXT } from '../../../src/run/spool/spool.js';

const scratch = mkdtempSync(join(tmpdir(), 'kernward-spool-test-'));
after(() => rmSync(scratch, { recursive: true }));

/** A few of them are written at once, or by itself. */
const LONG = fc.constantFrom(20_000, 60_000, 70_000).map((length) => 'é'.repeat(length / 2));

for (const memory of [0, 500, 1 << 20])
  test(`gives back what was kept, in any order, with ${memory} bytes of memory`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), LONG), { maxLength: 12 }), (texts) => {
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
const long = sample.repeat(5000);

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined; // the one that the list was read by
  }
}

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => linkOf(fd) ?? []);
}

test('a run that is killed leaves no file behind', () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(scratch, 'private-'));
  process.env['TMPDIR'] = folder;
  try {
    const spool = openSpool(TEXT, 0);
    spool.keep(0, long);
    spool.keep(1, sample);
    assert.deepEqual(readdirSync(folder), [], 'its name is gone while it is in use');
    assert.ok(openFiles().some((name) => name.startsWith(folder) && name.endsWith('(deleted)')));
    assert.equal(spool.error(), undefined);
    assert.equal(spool.at(0), long);
    assert.equal(spool.at(1), sample);
    spool.close();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('of two that are kept at one place the later one stands there, wherever either waits', () => {
  for (const [former, later] of [
    [sample, long],
    [long, sample],
    [sample, 'another'],
  ] as const) {
    const spool = openSpool(TEXT, 0);
    try {
      spool.keep(0, former);
      spool.keep(0, later);
      spool.keep(1, long);
      assert.equal(spool.at(0), later);
      assert.equal(spool.at(1), long);
    } finally {
      spool.close();
    }
  }
});

/** The file of the spool whose folder for temporary files this is. */
function bytesOnDisk(folder: string): number {
  const fd = readdirSync('/proc/self/fd').find((name) => linkOf(name)?.startsWith(folder));
  return fd === undefined ? 0 : statSync(`/proc/self/fd/${fd}`).size;
}

test('few writes are made for many hosts, one after another', () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(scratch, 'few-'));
  process.env['TMPDIR'] = folder;
  const spool = openSpool(TEXT, 0);
  try {
    const sizes = new Set<number>();
    for (let index = 0; index < 400; index += 1) {
      spool.keep(index, 'x'.repeat(1000));
      sizes.add(bytesOnDisk(folder));
    }
    assert.deepEqual([...sizes], [0, 66_000, 132_000, 198_000, 264_000, 330_000, 396_000]);
  } finally {
    spool.close();
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
    for (const [index, text] of [sample, sample, long, sample, long].entries()) spool.keep(index, text);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((index) => spool.at(index)),
      [sample, sample, long, sample, long],
    );
    assert.match(spool.error() ?? '', /not-a-folder.*kept in memory/);
    spool.close();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
