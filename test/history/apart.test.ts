import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { openApart, type HistoryApart, type Patience } from '../../src/cli/setup/record-apart.js';
import { openHistory, type History } from '../../src/history/database/open-history.js';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { recordRun } from '../../src/history/record-run.js';
import type { Report } from '../../src/model/report.js';
import { contents } from '../support/history/contents.js';
import { DECIDED, fewHosts, UNDECIDED } from '../support/history/few-hosts.js';
import { hasEnded } from '../support/processes.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const DIES = join(process.cwd(), 'dist', 'test', 'support', 'history', 'die-at-statement.js');
const LONG: Patience = { queryMs: within(120_000), wholeMs: within(240_000) };

/** With something done when the report is asked for its last host. */
function meanwhile(report: Report, act: () => void): Report {
  const hosts = [...report.hosts];
  return {
    ...report,
    hosts: {
      *[Symbol.iterator]() {
        for (const [index, host] of hosts.entries()) {
          if (index === hosts.length - 1) act();
          yield host;
        }
      },
    },
  };
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
}

/** The processes that hold a history for this one. */
function holders(): readonly string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recorder-child'));
}

describe('a history in a process of its own', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function opened(name: string, patience = LONG): Promise<HistoryApart> {
    const found = await openApart(join(folder, name), patience);
    assert.ok('history' in found, JSON.stringify(found));
    return found.history;
  }
  async function looked<T>(name: string, at: (history: History) => Promise<T>): Promise<T> {
    const { value: history } = await openHistory(join(folder, name), { create: false });
    assert.ok(history !== undefined);
    try {
      const { rows } = await history.db.executeQuery(CompiledQuery.raw('pragma integrity_check'));
      assert.equal(JSON.stringify(rows), '[{"integrity_check":"ok"}]');
      return await at(history);
    } finally {
      await history.close();
    }
  }
  const contentsOf = (name: string) => looked(name, ({ db }) => contents(db));
  async function add(name: string, report: Report): Promise<Report> {
    const history = await opened(name);
    try {
      return await history.record(report);
    } finally {
      history.close();
    }
  }
  test('it gives back what the history knows, since when and the trend', async () => {
    await add('told.db', fewHosts(0, UNDECIDED));
    const report = await add('told.db', fewHosts(1, DECIDED));
    assert.deepEqual(
      report.summary.trend?.map(({ runId }) => runId),
      ['run-0', 'run-1'],
    );
    assert.deepEqual(
      [...report.hosts].map(({ verdicts }) => verdicts.map(({ result, since }) => `${result} ${since?.slice(0, 10)}`)),
      [
        ['pass 2026-10-02', 'fail 2026-10-01'],
        ['fail 2026-10-02', 'fail 2026-10-01'],
        ['unknown 2026-10-02', 'fail 2026-10-02'],
      ],
    );
    assert.equal(
      [...report.hosts][0]?.verdicts[1]?.because,
      'run 1 saw fail',
      'what is sent to the history is less than the report',
    );
    await assert.rejects(add('told.db', fewHosts(1, DECIDED)), /it has a run of this id already/u);
  });

  test('two at once both get in, into a history that neither had', async () => {
    await Promise.all([add('at-once.db', fewHosts(0, UNDECIDED)), add('at-once.db', fewHosts(1, DECIDED))]);
    await add('one-by-one.db', fewHosts(0, UNDECIDED));
    await add('one-by-one.db', fewHosts(1, DECIDED));
    assert.deepEqual(await contentsOf('at-once.db'), await contentsOf('one-by-one.db'));
  });

  test('a query that does not end is given up, when it is opened and when it is written to', async () => {
    await add('held.db', fewHosts(0, UNDECIDED));
    const holder = sqliteOf()?.(join(folder, 'held.db'));
    const history = await opened('held.db', { queryMs: within(6000), wholeMs: LONG.wholeMs });
    holder?.prepare('begin exclusive').run([]);
    try {
      await assert.rejects(history.record(fewHosts(1, DECIDED)), /a query has taken more than/u);
      await assert.rejects(
        openApart(join(folder, 'held.db'), { queryMs: within(6000), wholeMs: LONG.wholeMs }),
        /a query has taken more than/u,
      );
    } finally {
      holder?.close();
    }
    assert.deepEqual((await contentsOf('held.db')).runs, ['run-0']);
  });

  test('as a whole it may not take for ever either', async () => {
    const history = await opened('slow.db', { queryMs: LONG.queryMs, wholeMs: within(3000) });
    const report = fewHosts(0, UNDECIDED);
    const [host] = report.hosts;
    const endless: Report = {
      ...report,
      hosts: {
        *[Symbol.iterator]() {
          if (host === undefined) return;
          for (let many = 0; ; many += 1) yield { ...host, host: `host${many}.example.com` };
        },
      },
    };
    await assert.rejects(history.record(endless), /it has taken more than/u);
    assert.deepEqual((await contentsOf('slow.db')).runs, []);
  });

  test('where its process dies, the run hears why, and the history is as it was', async () => {
    await add('died.db', fewHosts(0, UNDECIDED));
    const was = await contentsOf('died.db');
    const history = await opened('died.db');
    await assert.rejects(
      history.record(
        meanwhile(fewHosts(1, DECIDED), () => {
          for (const pid of holders()) process.kill(Number(pid), 'SIGABRT');
        }),
      ),
      /the process that holds it ended with SIGABRT/u,
    );
    assert.deepEqual(await contentsOf('died.db'), was);
  });

  test('a signal while it records gives it up; one before does not', async () => {
    const stopped = new AbortController();
    const before = timers();
    const history = await opened('stopped.db');
    const pids = holders();
    await assert.rejects(
      history.record(
        meanwhile(fewHosts(0, UNDECIDED), () => stopped.abort()),
        stopped.signal,
      ),
      /the run was interrupted meanwhile/u,
    );
    // Its last words come now, and nothing waits for more: a timer would hold the exit of a run up for minutes.
    for (const pid of pids) await hasEnded(Number(pid));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(timers(), before);
    const again = await opened('stopped.db');
    await again.record(fewHosts(1, DECIDED), stopped.signal);
    again.close();
    assert.deepEqual((await contentsOf('stopped.db')).runs, ['run-1']);
  });

  test('killed before every statement: nothing is lost, nothing is there twice', async () => {
    await add('before.db', fewHosts(0, UNDECIDED));
    const was = await contentsOf('before.db');
    const recordDyingAt = (name: string, at: number) =>
      spawnSync(process.execPath, [DIES, join(folder, name), String(at)], {
        encoding: 'utf8',
        timeout: within(60_000),
      });
    copyFileSync(join(folder, 'before.db'), join(folder, 'after.db'));
    const whole = recordDyingAt('after.db', 0);
    const statements = Number(/^recorded (?<sent>\d+)$/mu.exec(whole.stdout)?.groups?.['sent']);
    assert.ok(statements > 15, whole.stderr);
    const will = await contentsOf('after.db');
    const isAsBefore = async (name: string, at: number): Promise<void> => {
      assert.deepEqual(await contentsOf(name), was, `killed before statement ${at} of ${statements}`);
      await looked(name, ({ db }) => recordRun(db, fewHosts(1, DECIDED)));
      assert.deepEqual(await contentsOf(name), will, `killed before statement ${at} of ${statements}, and tried again`);
    };
    const left = (name: string): readonly (number | Buffer | undefined)[] => {
      const journal = join(folder, `${name}-journal`);
      // It begins with a random number.
      return [readFileSync(join(folder, name)), existsSync(journal) ? statSync(journal).size : undefined];
    };
    for (const at of [2, Math.ceil(statements / 2), statements]) {
      const name = `died-at-${at}.db`;
      copyFileSync(join(folder, 'before.db'), join(folder, name));
      assert.equal(recordDyingAt(name, at).signal, 'SIGKILL', `at ${at}`);
      assert.deepEqual(left(name), left(`after.db.${at}`), 'what was copied is what a killed one leaves');
    }
    for (let at = 1; at <= statements; at += 1) await isAsBefore(`after.db.${at}`, at);
  });
});

test('a run that names more hosts than there can be is damage, and nobody walks them', async () => {
  const { idsIn } = await import('../../src/history/id-ranges.js');
  for (const text of ['1-999999999999', '2-1', '5,3', '1-3,3-4', '0', '1,,2', 'a'])
    assert.throws(() => idsIn(text), /no set of numbers/u, text);
  assert.deepEqual([...idsIn('1-3,7')], [1, 2, 3, 7]);
});
