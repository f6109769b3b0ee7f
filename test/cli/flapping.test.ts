import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { scratch } from '../support/scratch.js';

const RECORDED = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');

describe('--flapping', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the history says what flaps, and ignore lets it through', async () => {
    // A profile that the recorded machine is content with, and one that it fails, in turn.
    for (const [run, profile] of ['stay-up', 'fail-fast', 'stay-up', 'fail-fast'].entries()) {
      writeFileSync(
        join(folder, 'fleet.yaml'),
        `hosts: [{ name: a, transport: recorded, recording: ${JSON.stringify(RECORDED)}, profile: ${profile} }]\n`,
      );
      const { status } = await kernwardWarm(
        folder,
        'scan',
        '-i',
        'fleet.yaml',
        '--history=h.db',
        '-o',
        `json:${run}.json`,
      );
      assert.equal(status, profile === 'stay-up' ? 0 : 1);
      const second = Math.floor(Date.now() / 1000);
      while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const scan = (...more: readonly string[]) =>
      kernwardWarm(folder, 'scan', '-i', 'fleet.yaml', '--history=h.db', '-o', 'json:last.json', ...more);
    assert.equal((await scan('--flapping', 'count')).status, 1);
    const { status, stderr } = await scan('--flapping', 'ignore');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /no fail counts; 3 fails of severity high or above are flapping/);
    assert.match(readFileSync(join(folder, 'last.json'), 'utf8'), /"flaps":3/);
    // Read again it gives the same code, by what stands in it.
    assert.equal((await kernwardWarm(folder, 'report', 'last.json', '-o', 'csv')).status, 0);
  });

  test('without a history nobody knows what flaps', async () => {
    const { status, stderr } = await kernwardWarm(folder, 'scan', '-i', 'fleet.yaml', '--flapping', 'ignore');
    assert.equal(status, 2);
    assert.match(stderr, /\[gate\/no-history\]\n {2}help: add --history/);
  });
});
