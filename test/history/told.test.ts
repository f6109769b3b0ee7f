import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openApart, type HistoryApart } from '../../src/cli/setup/record-apart.js';
import { claimTargets } from '../../src/history/claims.js';
import { openHistory } from '../../src/history/database/open-history.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { gateState } from '../../src/news/gate-state.js';
import { allNews } from '../support/report/all-news.js';
import type { Report } from '../../src/model/report.js';
import type { HostPlan } from '../support/history/reports.js';
import { scratch } from '../support/scratch.js';
import { night } from '../support/told-runs.js';
import { within } from '../support/within.js';

const CLAIM_MS = 60_000;
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
      const recalled = await history.recall(report.header, Object.keys(targets), CLAIM_MS);
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

  test('who was told of a run of the future is told again, and the history says that it has one', async () => {
    const future = new Date(Date.now() + 10 * 365 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const clean = night(1, [is('a', 'pass')]);
    const ahead = { ...clean, header: { ...clean.header, runId: 'ahead', startedAt: future } };
    await tell('future.db', clean);
    await tell('future.db', ahead);
    const history = await opened('future.db');
    try {
      const report = night(2, [is('a', 'fail')]);
      await history.record(report);
      assert.deepEqual(history.ahead(), { runId: 'ahead', startedAt: future });
    } finally {
      history.close();
    }
    assert.deepEqual(await tell('future.db', night(3, [is('a', 'fail'), is('b', 'fail')])), {
      ops: ['first'],
    });
    assert.deepEqual(await tell('future.db', night(4, [is('a', 'fail'), is('b', 'fail')])), { ops: [] });
    assert.deepEqual(await tell('future.db', night(5, [is('a', 'fail'), is('b', 'fail'), is('c', 'fail')])), {
      ops: ['new-findings', 'c panic-freezes'],
    });
  });

  /** A run of its own process, recorded, which has asked what is to be told; `before` is there when nobody else tells. */
  async function telling(name: string, report: Report, claimMs = CLAIM_MS, targets = ['ops']) {
    const history = await opened(name);
    await history.record(report);
    let isAnswered = false;
    const recalled = history.recall(report.header, targets, claimMs).then((found) => {
      isAnswered = true;
      return found.get('ops');
    });
    const keep = (isDelivered: boolean) =>
      history.keep(
        report.header,
        isDelivered ? [{ target: 'ops', gate: gateState(report.summary), isSummary: true }] : [],
      );
    return { history, recalled, isAnswered: () => isAnswered, keep };
  }
  const hosts = [is('a', 'fail')];

  test('of runs at the same time one tells, and the others know by then what it told', async () => {
    const first = await telling('atonce.db', night(1, hosts));
    assert.equal(await first.recalled, undefined);
    const second = await telling('atonce.db', night(2, hosts));
    const another = await telling('atonce.db', night(3, hosts), CLAIM_MS, ['boss']);
    try {
      assert.equal(await another.recalled, undefined, 'another target is nobody of theirs');
      assert.equal(second.isAnswered(), false);
      await first.keep(true);
      const before = await second.recalled;
      assert.ok(typeof before === 'object');
      assert.equal(before.run.runId, 'night-1');
      assert.deepEqual(allNews(night(2, hosts), before).occasions, []);
    } finally {
      for (const { history } of [first, second, another]) history.close();
    }
  });

  test('of two within one second, the one that comes first in the history has nothing left to tell after the other', async () => {
    const first = await telling('order.db', at('1', hosts), CLAIM_MS, ['boss']);
    const second = await telling('order.db', at('2', hosts));
    await second.recalled;
    await second.keep(true);
    const late = await opened('order.db');
    try {
      assert.equal((await late.recall(at('1', hosts).header, ['ops'], CLAIM_MS)).get('ops'), 'up-to-date');
    } finally {
      for (const history of [first.history, second.history, late]) history.close();
    }
  });

  test('what could not be delivered is given back, and told by who waits', async () => {
    const first = await telling('back.db', night(1, hosts));
    await first.recalled;
    const second = await telling('back.db', night(2, hosts));
    try {
      await first.keep(false);
      assert.equal(await second.recalled, undefined);
    } finally {
      for (const { history } of [first, second]) history.close();
    }
  });

  test('who dies while it tells silences nobody for ever', async () => {
    const first = await telling('dead.db', night(1, hosts), 1000);
    await first.recalled;
    first.history.close();
    const second = await telling('dead.db', night(2, hosts));
    try {
      assert.equal(await second.recalled, undefined);
    } finally {
      second.history.close();
    }
  });

  test('a claim of a clock that was set holds nobody', async () => {
    const { value: history } = await openHistory(join(folder, 'clock.db'), { create: true });
    assert.ok(history);
    try {
      const { header } = night(1, []);
      const claim = (owner: string, nowMs: number) =>
        claimTargets(history.db, header, ['ops'], { owner, claimMs: CLAIM_MS }, nowMs);
      const now = Date.UTC(2026, 0, 1);
      assert.equal(await claim('a', now), true);
      assert.equal(await claim('b', now + CLAIM_MS - 1), false);
      assert.equal(await claim('a', now + 1), true, 'it may claim again');
      assert.equal(await claim('b', now + CLAIM_MS + 1), true);
      assert.equal(await claim('a', now - 86_400_000), true);
    } finally {
      await history.close();
    }
  });

  test('a run that the history does not have tells nothing, and says so', async () => {
    const history = await opened('missing.db');
    try {
      await assert.rejects(history.recall(night(1, []).header, ['ops'], CLAIM_MS), /it does not have the run/);
    } finally {
      history.close();
    }
  });
});
