import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { safeFileNames } from '../../../src/text/names/file-names.js';

function named(...texts: readonly string[]): readonly string[] {
  return [...safeFileNames(texts, 'none').values()];
}

test('a value becomes a file name that means nothing else', () => {
  assert.deepEqual(named('payments', 'Team A/B', '../../etc', '', '.', 'größe', 'a'), [
    'payments',
    'Team-A-B',
    'etc',
    'none',
    'none-2',
    'größe',
    'a',
  ]);
  assert.deepEqual(named('team a', 'team/a', 'TEAM-A', 'team-a-2'), ['team-a', 'team-a-2', 'TEAM-A-3', 'team-a-2-2']);
  assert.deepEqual(named('-rf', '\u202etxt', 'a\u0000b\n', '~x', '$(id)', 'CON'), [
    'rf',
    'txt',
    'a-b',
    'x',
    'id',
    'CON',
  ]);
});

test('a long name is cut between two characters, where a file system still takes it', () => {
  assert.deepEqual(named('あ'.repeat(100), '𠮷'.repeat(100), 'a'.repeat(200)), [
    'あ'.repeat(50),
    '𠮷'.repeat(37),
    'a'.repeat(100),
  ]);
});

test('whatever the values: one name each, in one folder, of one hundred characters and a number', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 20 }), (texts) => {
      const names = named(...texts);
      assert.equal(new Set(names.map((name) => name.toLowerCase())).size, texts.length);
      for (const name of names) assert.ok(Buffer.byteLength(name) <= 155, name);
      for (const name of names) assert.match(name, /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,109}$/u);
    }),
  );
});
