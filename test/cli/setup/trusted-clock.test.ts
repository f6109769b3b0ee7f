import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { clockNow, dayOfOwnData } from '../../../src/cli/setup/trusted-clock.js';
import { isHere } from '../../support/debian-tool.js';
import { scratch } from '../../support/scratch.js';
import { startKernward } from '../../support/kernward.js';

const SUPPORT = join(process.cwd(), 'policies', 'support');
const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a clock before what kernward came with', () => {
  test('is refused from the day before on, and decides nothing where a day was given', () => {
    const day = dayOfOwnData() ?? assert.fail('no file says of which day it is');
    const begins = new Date(`${day}T00:00:00Z`);
    const before = new Date(begins.getTime() - 1);
    assert.equal(clockNow({}, begins), begins);
    assert.throws(() => clockNow({}, before), /the clock of this machine says .* or say the day with --as-of/);
    assert.throws(() => clockNow({ mayBeGiven: false }, before), /Set the clock$/);
    assert.equal(clockNow({ asOf: '1973-01-01' }, before), before);
  });

  test('it is no later than any other data of its kind', () => {
    for (const name of readdirSync(SUPPORT)) {
      const asOf = /^asOf: (\S+)$/m.exec(readFileSync(join(SUPPORT, name), 'utf8'))?.[1];
      assert.ok((asOf ?? '') <= new Date().toISOString(), `${name}: ${asOf}`);
    }
  });

  const hasFaketime = isHere(existsSync('/usr/bin/faketime'), 'faketime', 'faketime');
  test('ends a run before a host is asked', { skip: !hasFaketime && 'no faketime' }, async () => {
    const library = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).stdout.trim();
    assert.notEqual(library, '');
    copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'debian-12.probe'));
    writeFileSync(
      join(folder, 'inventory.yaml'),
      'defaults: { transport: recorded, recording: debian-12.probe }\nhosts: [{ name: a }]\n',
    );
    const clock = { LD_PRELOAD: library, FAKETIME: '@1973-01-01 00:00:00' };
    const cases: readonly (readonly [readonly string[], number])[] = [
      [['scan', '-i', 'inventory.yaml', '-o', 'csv:scan.csv'], 2],
      [['collect', '-i', 'inventory.yaml', '-o', 'readings.jsonl'], 2],
      [['scan', '-i', 'inventory.yaml', '-o', 'csv:scan.csv', '--as-of', '2026-09-01'], 0],
    ];
    for (const [args, expected] of cases) {
      const { status, stderr } = await startKernward(folder, args, clock).ended;
      assert.equal(status, expected, stderr);
      assert.equal(stderr.includes('the clock of this machine says 1973-01-01T00:00:0'), expected === 2, stderr);
    }
    assert.equal(existsSync(join(folder, 'readings.jsonl')), false);
  });
});
