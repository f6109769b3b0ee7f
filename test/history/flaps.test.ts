import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { flapsBefore } from '../../src/history/flaps.js';
import { recordRun } from '../../src/history/record-run.js';
import type { Result } from '../../src/model/verdict.js';
import { historyInMemory } from '../support/history/database.js';
import { night } from '../support/told-runs.js';

const WORDS: Readonly<Record<string, Result>> = { p: 'pass', f: 'fail', u: 'unknown', n: 'notapplicable' };

/** What each night gave, a letter a night; nothing that a letter stands for: the host was not asked. */
const NIGHTS: readonly (readonly [nights: string, changes: number | undefined, last: Result])[] = [
  ['pppppp', undefined, 'pass'],
  ['pf', undefined, 'fail'],
  ['pfp', 2, 'pass'],
  ['pfpf', 3, 'fail'],
  ['pfpfpf', 5, 'fail'],
  // Not to be known for a while is no change, and hides none.
  ['pupupup', undefined, 'pass'],
  ['pufup', 2, 'pass'],
  ['pfpu', 2, 'pass'],
  ['p-f-p-f', 3, 'fail'],
  ['npnp', 3, 'pass'],
];

describe('what flaps', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  for (const [nights, changes, last] of NIGHTS)
    test(`${nights}: ${changes === undefined ? 'not even nearly' : `${changes} changes`}`, async () => {
      const db = await historyInMemory();
      try {
        for (const [index, letter] of nights.split('').entries()) {
          const result = WORDS[letter];
          const hosts = result === undefined ? [] : [{ host: 'a', judged: { 'panic-freezes': result } }];
          await recordRun(db, night(index + 1, hosts, ['panic-freezes']));
        }
        assert.deepEqual(
          await flapsBefore(db, Date.UTC(2026, 10, nights.length + 1)),
          changes === undefined ? [] : [{ host: 'a', rule: 'panic-freezes', changes, last }],
        );
      } finally {
        await db.destroy();
      }
    });

  test('what changed more than 30 days before is forgotten', async () => {
    const db = await historyInMemory();
    try {
      for (const [index, result] of (['pass', 'fail', 'pass', 'fail'] as const).entries())
        await recordRun(db, night(index + 1, [{ host: 'a', judged: { 'panic-freezes': result } }], ['panic-freezes']));
      const at = async (day: number) => (await flapsBefore(db, Date.UTC(2026, 10, day, 2, 15)))[0]?.changes;
      assert.deepEqual([await at(5), await at(32), await at(33), await at(34)], [3, 3, 2, undefined]);
    } finally {
      await db.destroy();
    }
  });
});
