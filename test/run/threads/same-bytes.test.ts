import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { sqliteOf } from '../../../src/history/database/sqlite-binding.js';
import { FORMAT_NAMES, XLSX } from '../../../src/report/formats/names.js';
import { threadsFor } from '../../../src/run/threads/how-many.js';
import { kernward } from '../../support/kernward.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { firstDifference, timeless, writeRecordedHosts } from '../../support/recorded-fleet.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a rule over groups, a waiver, a limit of the gate, a declared fact and a baseline need beside the shipped policies. */
const POLICY = `policy: ours
title: ours
facts:
  sysctl.kernel.threads_max: { title: How many threads there may be, path: /proc/sys/kernel/threads-max, type: int }
rules:
  - { id: enough-threads, title: a, severity: low, requires: 'sysctl.kernel.threads_max > 1', because: x }
groupRules:
  - id: one-kernel
    title: One kernel
    severity: high
    groups: { label: cluster }
    requires: { uniform: uname.release }
    because: '{group.name} runs {group.values.join(", ")}'
  - id: mostly-huge
    title: At most a third with huge pages for all
    severity: high
    groups: { names: [web] }
    requires: { atMost: { share: 1/3, of: thp.enabled == "always" } }
    because: '{group.matching} of {group.hosts} hosts of {group.name} ({group.examples.join(", ")})'
`;
const WAIVERS = `waivers:
  - { id: W1, rule: thp-always, hosts: web, justification: measured, owner: o, approvedBy: a, expires: 2099-09-10 }
  - { id: W2, rule: '*', hosts: db, justification: old, owner: o, approvedBy: a, expires: 2020-01-01 }
  - { id: W3, rule: founding-incident, hosts: all, justification: no, owner: o, approvedBy: a, expires: 2099-01-01 }
`;

before(async () => {
  const web = Array.from({ length: 11 }, (_, index) => `web${index}`);
  const db = Array.from({ length: 7 }, (_, index) => `db${index}`);
  writeFileSync(
    join(folder, 'inventory.yaml'),
    `groups:
  web:
    labels: { cluster: berlin }
    forks: 2
    hosts:
${writeRecordedHosts(folder, web)}  db:
    profile: fail-fast
    labels: { cluster: oslo }
    hosts:
${writeRecordedHosts(folder, db)}      - { name: lost, transport: recorded, recording: no-such-file }
`,
  );
  writeFileSync(join(folder, 'policy.yaml'), POLICY);
  writeFileSync(join(folder, 'waivers.yaml'), WAIVERS);
  const { stderr } = await kernwardWarm(
    folder,
    ...'scan -q -i inventory.yaml -l !web3 --workers 1 --as-of 2026-03-01 -o json:baseline.json'.split(' '),
  );
  assert.doesNotMatch(stderr, /error|bug/);
});

const SCAN =
  'scan -q -i inventory.yaml -p policy.yaml --waivers waivers.yaml --baseline baseline.json --as-of 2026-03-01 --max-failing group:web=50% --include-passes --forks 5'.split(
    ' ',
  );

/** A report that was written, without what no two runs have in common. */
function written(format: string, workers: number): string {
  const file = readFileSync(join(folder, `${workers}.${format}`));
  if (format !== XLSX) return timeless(file.toString());
  return Object.entries(unzipSync(file))
    .map(([name, bytes]) => `${name}\n${timeless(strFromU8(bytes))}`)
    .join('\n');
}

test('every format has the same bytes with one thread, two and three', { timeout: within(120_000) }, async () => {
  const reports: string[][] = [];
  for (const workers of [1, 2, 3]) {
    const outputs = FORMAT_NAMES.flatMap((format) => ['-o', `${format}:${workers}.${format}`]);
    // Once as a process of its own; threads are new in any process.
    const run = workers === 3 ? kernward : kernwardWarm;
    const { status, stderr } = await run(folder, ...SCAN, '--workers', String(workers), ...outputs);
    assert.equal(status, 1, stderr);
    assert.doesNotMatch(stderr, /thread|bug/);
    reports.push(FORMAT_NAMES.map((format) => written(format, workers)));
  }
  const [one = [], ...others] = reports;
  assert.match(one[FORMAT_NAMES.indexOf('json')] ?? '', /"waiver"[\s\S]*"drift"|"drift"[\s\S]*"waiver"/);
  for (const [workers, several] of others.entries())
    for (const [index, format] of FORMAT_NAMES.entries())
      assert.equal(firstDifference(several[index] ?? '', one[index] ?? ''), undefined, `${format} with ${workers + 2}`);
});

async function recordedScan(history: string, workers: number, profile: string, report: string): Promise<void> {
  const { stderr } = await kernwardWarm(
    folder,
    ...`scan -q -i inventory.yaml -l web --profile ${profile} --as-of 2026-03-01 --history=${history} --workers ${workers} -o json:${report}`.split(
      ' ',
    ),
  );
  assert.doesNotMatch(stderr, /thread|bug|could not/);
  // What flaps is counted up to the second in which a run begins.
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function lastOf(workers: number): Promise<string> {
  copyFileSync(join(folder, 'h.db'), join(folder, `h${workers}.db`));
  await recordedScan(`h${workers}.db`, workers, 'stay-up', `last${workers}.json`);
  return timeless(readFileSync(join(folder, `last${workers}.json`), 'utf8'));
}

test(
  'what flaps by the history is the same',
  { timeout: within(120_000), skip: sqliteOf() === undefined && 'there is no SQLite' },
  async () => {
    for (const profile of ['stay-up', 'fail-fast', 'stay-up', 'fail-fast'])
      await recordedScan('h.db', 1, profile, 'before.json');
    const one = await lastOf(1);
    assert.match(one, /"flaps": ?4/);
    assert.equal(firstDifference(await lastOf(3), one), undefined);
  },
);

test('readings are collected with the same bytes', { timeout: within(60_000) }, async () => {
  const collected: string[] = [];
  for (const workers of [1, 2, 3]) {
    const file = `${workers}.readings`;
    await kernwardWarm(folder, 'collect', '-q', '-i', 'inventory.yaml', '--workers', String(workers), '-o', file);
    collected.push(timeless(readFileSync(join(folder, file), 'utf8')).replace(/"sha256":"[0-9a-f]+"/, ''));
  }
  assert.equal(collected[0]?.split('\n').length, 22);
  for (const several of collected.slice(1)) assert.equal(firstDifference(several, collected[0] ?? ''), undefined);
});

test('auto is one thread for few hosts and one core, and never more than the cores', () => {
  assert.equal(threadsFor('auto', 20, 16), 1);
  assert.equal(threadsFor('auto', 1999, 16), 1);
  assert.equal(threadsFor('auto', 100_000, 1), 1);
  assert.equal(threadsFor('auto', 100_000, 2), 2);
  assert.equal(threadsFor(3, 100_000, 2), 3);
  assert.equal(threadsFor(3, 2, 16), 2);
  assert.equal(threadsFor(3, 0, 16), 1);
});
