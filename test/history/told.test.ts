import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openApart, type HistoryApart } from '../../src/cli/setup/record-apart.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { gateState } from '../../src/news/gate-state.js';
import { allNews } from '../support/report/all-news.js';
import type { Report } from '../../src/model/report.js';
import type { HostPlan } from '../support/history/reports.js';
import { scratch } from '../support/scratch.js';
import { night } from '../support/told-runs.js';
import { within } from '../support/within.js';

const PATIENCE = { queryMs: within(120_000), wholeMs: within(240_000) };

const is = (host: string, result: 'pass' | 'fail' | 'unknown', waiver?: string): HostPlan => ({
  host,
  judged: { 'panic-freezes': { result, ...(waiver === undefined ? {} : { waiver }) }, 'thp-always': 'pass' },
});
const lost = (host: string): HostPlan => ({ host, judged: 'unreachable' });

const part = (number: number, hosts: readonly HostPlan[]): Report => {
  const report = night(number, hosts);
  return { ...report, header: { ...report.header, runId: `part-${number}`, limit: 'a' } };
};

function at(id: string, hosts: readonly HostPlan[]): Report {
  const report = night(1, hosts);
  return { ...report, header: { ...report.header, runId: id } };
}

describe('what was told is remembered', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function opened(name: string): Promise<HistoryApart> {
    const found = await openApart(join(folder, name), PATIENCE);
    assert.ok('history' in found, JSON.stringify(found));
    return found.history;
  }

  /** A run is recorded, and told to those of the targets that it can be delivered to. Gives what each is told. */
  async function tell(
    name: string,
    report: Report,
    targets: Readonly<Record<string, boolean>> = { ops: true },
  ): Promise<Readonly<Record<string, readonly string[]>>> {
    const history = await opened(name);
    try {
      await history.record(report);
      const recalled = await history.recall(report.header, Object.keys(targets));
      const told: Record<string, readonly string[]> = {};
      const reached: { target: string; gate: ReturnType<typeof gateState>; isSummary: boolean }[] = [];
      for (const [target, isDelivered] of Object.entries(targets)) {
        const before = recalled.get(target);
        if (before === 'up-to-date') {
          told[target] = ['up-to-date'];
          continue;
        }
        const { occasions, newFindings, unknownHosts, open } = allNews(report, before);
        told[target] = [
          ...occasions,
          ...newFindings.rules.flatMap(({ rule, hosts }) => hosts.map((host) => `${host} ${rule}`)),
          ...unknownHosts.reasons.flatMap(({ hosts }) => hosts.map((host) => `${host} lost`)),
        ];
        if (isDelivered || occasions.length === 0)
          reached.push({ target, gate: gateState(report.summary), isSummary: open !== undefined });
      }
      await history.keep(report.header, reached);
      return told;
    } finally {
      history.close();
    }
  }

  test('never the same twice', async () => {
    const tells: string[] = [];
    const nights: readonly (readonly HostPlan[])[] = [
      [is('a', 'pass'), is('b', 'fail')],
      [is('a', 'pass'), is('b', 'fail')],
      [is('a', 'fail'), is('b', 'fail')],
      [is('a', 'fail'), is('b', 'fail')],
      [lost('a'), is('b', 'fail')],
      [lost('a'), is('b', 'fail')],
      // It failed before it stopped answering: that is no news.
      [is('a', 'fail'), is('b', 'fail')],
      [is('a', 'pass'), is('b', 'fail')],
      [is('a', 'fail'), is('b', 'fail')],
      [is('a', 'unknown'), is('b', 'fail', 'W1')],
      [is('a', 'pass'), is('b', 'fail', 'W1')],
      [is('a', 'pass'), is('b', 'fail')],
    ];
    for (const [index, hosts] of nights.entries())
      tells.push((await tell('twice.db', night(index + 1, hosts)))['ops']?.join(', ') ?? '');
    assert.deepEqual(tells, [
      'first',
      '',
      'new-findings, a panic-freezes',
      '',
      'unknown-hosts, a lost',
      '',
      '',
      // A week after the first.
      'weekly',
      'new-findings, a panic-freezes',
      'gate, unknown-hosts, a lost',
      'gate',
      'gate, new-findings, b panic-freezes',
    ]);
  });

  test('what could not be delivered is told by the next run, to whom it could not be', async () => {
    await tell('failed.db', night(1, [is('a', 'pass')]), { ops: true, boss: true });
    const told = [
      await tell('failed.db', night(2, [is('a', 'fail')]), { ops: true, boss: false }),
      await tell('failed.db', night(3, [is('a', 'fail')]), { ops: true, boss: false }),
      await tell('failed.db', night(4, [is('a', 'fail'), is('b', 'fail')]), { ops: true, boss: true }),
      await tell('failed.db', night(5, [is('a', 'fail'), is('b', 'fail')]), { ops: true, boss: true }),
    ];
    const a = ['gate', 'new-findings', 'a panic-freezes'];
    assert.deepEqual(told, [
      { ops: a, boss: a },
      { ops: [], boss: a },
      { ops: ['new-findings', 'b panic-freezes'], boss: [...a, 'b panic-freezes'] },
      { ops: [], boss: [] },
    ]);
  });

  test('runs of another limit are told apart, and an older run tells nothing', async () => {
    await tell('apart.db', night(2, [is('a', 'pass'), is('b', 'fail')]));
    assert.deepEqual(await tell('apart.db', part(3, [is('a', 'pass')])), { ops: ['first'] });
    assert.deepEqual(await tell('apart.db', night(4, [is('a', 'pass'), is('b', 'fail')])), { ops: [] });
    assert.deepEqual(await tell('apart.db', night(1, [is('a', 'fail'), is('b', 'fail')])), { ops: ['up-to-date'] });
  });

  test('two runs within one second are two runs', async () => {
    await tell('second.db', at('1', [is('a', 'pass'), is('b', 'fail')]));
    assert.deepEqual(await tell('second.db', at('2', [is('a', 'fail'), is('b', 'fail')])), {
      ops: ['new-findings', 'a panic-freezes'],
    });
    assert.deepEqual(await tell('second.db', at('3', [lost('a'), is('b', 'fail')])), {
      ops: ['unknown-hosts', 'a lost'],
    });
  });

  test('a run that the history does not have tells nothing, and says so', async () => {
    const history = await opened('missing.db');
    try {
      await assert.rejects(history.recall(night(1, []).header, ['ops']), /it does not have the run/);
    } finally {
      history.close();
    }
  });
});
