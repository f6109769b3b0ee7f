/** A disk that takes no more: what was asked for is named, and what a fleet has answered is not lost. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/run/shipped/package-root.js';
import { kernwardWarm } from '../support/warm/commands.js';

const RECORDING = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
const MAIN = join(PACKAGE_ROOT, 'dist', 'kernward.js');

describe('a disk that is full', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kernward-full-'));
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `hosts:\n  - { name: a, transport: recorded, recording: ${RECORDING} }\n`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  /** With 8 KiB of room in the folder `small`, which is there as long as the command runs. */
  const inLittleRoom = (
    args: string,
  ): { readonly status: number | null; readonly stderr: string; readonly left: string } => {
    mkdirSync(join(folder, 'small'), { recursive: true });
    const script = `mount -t tmpfs -o size=8k,mode=700 tmpfs small && "$0" "$@"; code=$?; find small -mindepth 1 >left; exit $code`;
    const { status, stderr } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', script, process.execPath, MAIN, ...args.split(' ')],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder } },
    );
    return { status, stderr, left: readFileSync(join(folder, 'left'), 'utf8') };
  };

  test('readings that do not fit are kept where temporary files go, and judged from there', async () => {
    const { status, stderr, left } = inLittleRoom('collect -i inventory.yaml -o small/readings.jsonl');
    assert.equal(status, 4, stderr);
    assert.doesNotMatch(stderr, /a bug of ours/u);
    const kept = /could not be written to small\/readings\.jsonl: .*no space left.*; they are kept in (\S+)/u.exec(
      stderr,
    )?.[1];
    assert.ok(kept !== undefined, stderr);
    assert.equal(left, '');
    const { status: judged } = await kernwardWarm(folder, 'eval', kept, '-o', 'json:report.json');
    assert.equal(judged, 0);
    assert.equal(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).summary.hosts, 1);
  });

  test('half a plan is taken away again, so that the next one has room', () => {
    writeFileSync(
      join(folder, 'many.yaml'),
      `hosts:\n${Array.from({ length: 400 }, (_, index) => `  - { name: host-${index}, address: 192.0.2.1 }\n`).join('')}`,
    );
    const { status, stderr, left } = inLittleRoom('plan -i many.yaml --shard-hosts 10 -o small/plan');
    assert.equal(status, 4, stderr);
    assert.match(stderr, /small\/plan.* could not be (?:written|made): .*no space left/u);
    assert.doesNotMatch(stderr, /a bug of ours/u);
    assert.doesNotMatch(left, /shards|json/u);
  });

  test('a bundle, and a remedy, that cannot be written say which file', async () => {
    const bundle = inLittleRoom('doctor -i inventory.yaml --bundle /dev/full');
    assert.equal(bundle.status, 4, bundle.stderr);
    assert.match(bundle.stderr, /\/dev\/full could not be written: .*no space left/u);
    await kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-o', 'json:failing.json');
    for (const place of ['/dev/full', '/proc/nowhere']) {
      const remedy = inLittleRoom(`remediate failing.json --as bash --rule thp-always -o ${place}`);
      assert.equal(remedy.status, 4, remedy.stderr);
      assert.ok(remedy.stderr.includes(`${place}/remedy-01.sh could not be written: `), remedy.stderr);
      assert.doesNotMatch(remedy.stderr, /a bug of ours/u);
    }
  });

  test("somebody else's link is seen before a host is asked", () => {
    const shared = join(folder, 'shared');
    const script = `mkdir -m 1777 shared; ln -s ../victim shared/out; chown -h 65534 shared/out; "$0" "$@"`;
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', script, process.execPath, MAIN, 'collect', '-i', 'inventory.yaml', '-o', 'shared/out'],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
    );
    assert.equal(status, 2, stderr);
    assert.match(stderr, /belongs to somebody else/u);
    assert.ok(!existsSync(join(folder, 'victim')));
    assert.deepEqual(readdirSync(shared), ['out']);
  });
});
