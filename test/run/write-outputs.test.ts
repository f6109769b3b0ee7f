import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeFileAtomically } from '../../src/run/write-outputs.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fileWith = (name: string, text: string, mode: number): string => {
  const file = join(folder, name);
  writeFileSync(file, text, { mode });
  return file;
};
const mode = (file: string): number => statSync(file).mode & 0o777;

const breakingOff = function* (): Generator<string> {
  yield 'x'.repeat(100_000);
  throw new Error('no more');
};

test('an output that breaks off leaves the old file and nothing beside it', () => {
  const file = fileWith('old.csv', 'old', 0o644);
  assert.throws(() => writeFileAtomically(file, breakingOff()), /no more/);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['old.csv']);
});

test('who could not read the old file cannot read the new one', () => {
  const file = fileWith('private.csv', 'old', 0o600);
  writeFileAtomically(file, ['new']);
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(mode(file), 0o600);
});

test('a link is followed', () => {
  const file = fileWith('target.csv', 'old', 0o640);
  const link = join(folder, 'link.csv');
  symlinkSync(file, link);
  writeFileAtomically(link, ['new']);
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(mode(file), 0o640);
});

test('what a killed run of the same process id left behind is in nobody\'s way', () => {
  const file = join(folder, 'again.csv');
  writeFileSync(join(folder, `.again.csv.${process.pid}.tmp`), 'half');
  writeFileAtomically(file, ['whole']);
  assert.equal(readFileSync(file, 'utf8'), 'whole');
});
