import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { HostReport } from '../../src/model/report.js';
import { HOST_RULES, RANKS, countRanks, collectFindings, getShares } from '../../src/report/findings.js';
import type { Rank } from '../../src/report/findings.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

function hostOf(report: string, name: string): HostReport {
  return [...(CANONICAL_REPORTS[report]?.hosts ?? [])].find(({ host }) => host === name) ?? assert.fail(name);
}

function found(report: string, name: string): readonly string[] {
  return collectFindings(hostOf(report, name)).map(({ rank, level, rule }) => `${rank} ${level} ${rule}`);
}

const cases: readonly (readonly [report: string, host: string, findings: readonly string[]])[] = [
  ['mixed', 'web01.example.com', []],
  ['mixed', 'lone', ['undecided warning host-not-checked']],
  ['mixed', 'web03.example.com', ['not reached error host-not-reached']],
  ['mixed', 'web04.example.com', ['fail low note khugepaged-running']],
  ['waived', 'web01.example.com', ['waived error hung-task-auto-reboot', 'waived warning kdump-not-armed']],
];

for (const [report, host, findings] of cases)
  test(`${host} of ${report}`, () => assert.deepEqual(found(report, host), findings));

test('a bug of ours on a host that was reached does not hide what was found there', () => {
  const host = {
    ...hostOf('mixed', 'web04.example.com'),
    failure: { code: 'internal' as const, detail: 'rule x: bug' },
  };
  assert.deepEqual(
    collectFindings(host).map(({ rule }) => rule),
    ['host-not-reached', 'khugepaged-running'],
  );
});

test('no policy that is shipped has a rule of our own names', () => {
  const folder = join(process.cwd(), 'policies');
  const policies = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  assert.ok(policies.length > 0);
  for (const name of policies)
    for (const rule of Object.keys(HOST_RULES))
      assert.ok(!readFileSync(join(folder, name), 'utf8').includes(`id: ${rule}\n`), name);
});

test('shares go to the first ranks, and together are no more than the limit', () => {
  const counting = countRanks(CANONICAL_REPORTS['mixed']?.hosts ?? []);
  let counted = counting.next();
  while (counted.done !== true) counted = counting.next();
  const counts = counted.value;
  const shares = (limit: number): readonly (readonly [Rank, number])[] =>
    [...getShares(counts, limit)].filter(([, share]) => share > 0);
  assert.deepEqual([...counts.values()], [1, 1, 2, 1, 1, 0, 5, 0]);
  assert.deepEqual(shares(0), []);
  assert.deepEqual(shares(3), [
    ['fail critical', 1],
    ['not reached', 1],
    ['fail high', 1],
  ]);
  assert.equal(
    shares(100).reduce((sum, [, share]) => sum + share, 0),
    11,
  );
  assert.equal(RANKS.at(-1), 'waived');
});
