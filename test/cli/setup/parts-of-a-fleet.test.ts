import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { kernwardWarm } from '../../support/warm/commands.js';
import { scratch } from '../../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'debian-12.probe'));
writeFileSync(
  join(folder, 'inventory.yaml'),
  'defaults: { transport: recorded, recording: debian-12.probe }\nhosts: [{ name: a }, { name: b }, { name: c }]\n',
);
writeFileSync(
  join(folder, 'mine.yaml'),
  `policy: mine
title: For this test
rules:
  - { id: linux, title: a, severity: high, requires: 'uname.sysname == "Linux"', because: 'this is {uname.sysname}' }
`,
);

function textOf(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

async function collected(shard: string, output: string): Promise<void> {
  const args = ['collect', '-i', 'inventory.yaml', '--shard', shard, '-o', output];
  assert.equal((await kernwardWarm(folder, ...args)).status, 0);
}

function judged(...files: readonly string[]) {
  return kernwardWarm(folder, 'eval', ...files, '--no-shipped', '-p', 'mine.yaml', '-o', 'json:judged.json');
}

function askedAgain(file: string) {
  return kernwardWarm(folder, 'collect', '-i', 'inventory.yaml', '--rerun', 'unreachable', file, '-o', 'again.jsonl');
}

describe('parts of a fleet', () => {
  test('some shards in one file are not asked again as if they were the fleet; all of them are', async () => {
    for (const shard of [1, 2, 3]) await collected(`${shard}/3`, `${shard}.jsonl`);
    writeFileSync(join(folder, 'two.jsonl'), textOf('1.jsonl') + textOf('2.jsonl'));
    writeFileSync(join(folder, 'three.jsonl'), textOf('two.jsonl') + textOf('3.jsonl'));
    const some = await askedAgain('two.jsonl');
    assert.equal(some.status, 2, some.stderr);
    assert.match(some.stderr, /two\.jsonl holds 2 collections and not shard 3 of 3/);
    assert.equal((await askedAgain('three.jsonl')).status, 0);
    const all = await judged('again.jsonl');
    assert.equal(all.status, 0, all.stderr);
  });

  test('a shard of another day is none of tonight, nor what it was merged into', async () => {
    await collected('1/2', 'new.jsonl');
    await collected('2/2', 'old.jsonl');
    const [header = '', ...lines] = textOf('old.jsonl').split('\n');
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const dated = header.replace(/"startedAt":"[^"]*"/, `"startedAt":"${twoDaysAgo}"`);
    writeFileSync(join(folder, 'old.jsonl'), [dated, ...lines].join('\n'));
    assert.equal((await askedAgain('old.jsonl')).status, 0);
    for (const file of ['old.jsonl', 'again.jsonl']) {
      const { status, stderr } = await judged('new.jsonl', file);
      assert.equal(status, 3, stderr);
      assert.ok(stderr.includes(`collected from ${twoDaysAgo} to `), stderr);
    }
    const rerun = [
      'scan',
      '-i',
      'inventory.yaml',
      '--no-shipped',
      '-p',
      'mine.yaml',
      '--rerun',
      'failed',
      'judged.json',
    ];
    assert.equal((await kernwardWarm(folder, ...rerun, '-o', 'csv:/dev/null')).status, 3);
    writeFileSync(join(folder, 'both.jsonl'), textOf('new.jsonl') + textOf('old.jsonl'));
    const both = await askedAgain('both.jsonl');
    assert.equal(both.status, 2, both.stderr);
    assert.match(both.stderr, /both\.jsonl holds 2 collections, from .* to .*: merged, the older would be taken/);
    const allowed = await judged('new.jsonl', 'old.jsonl', '--max-apart', '72');
    assert.equal(allowed.status, 0, allowed.stderr);
    assert.ok(allowed.stderr.includes(`collected from ${twoDaysAgo} to `), allowed.stderr);
  });

  test('a report of another day is carried as long as --max-apart says, and without it however old it is', async () => {
    const scan = ['scan', '-i', 'inventory.yaml', '--no-shipped', '-p', 'mine.yaml', '-o', 'json:scanned.json'];
    assert.equal((await kernwardWarm(folder, ...scan)).status, 0);
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    writeFileSync(
      join(folder, 'before.json'),
      textOf('scanned.json').replace(/"startedAt":"[^"]*"/, `"startedAt":"${twoDaysAgo}"`),
    );
    const rerun = [...scan, '--rerun', 'unreachable', 'before.json'];
    const statuses: (number | null)[] = [];
    for (const more of [[], ['--max-apart', '24'], ['--max-apart', '72']])
      statuses.push((await kernwardWarm(folder, ...rerun, ...more)).status);
    assert.deepEqual(statuses, [0, 3, 0]);
    const idle = await kernwardWarm(folder, ...scan, '--max-apart', '24');
    assert.equal(idle.status, 2, idle.stderr);
    assert.match(idle.stderr, /--max-apart is about what --rerun carries/);
  });
});
