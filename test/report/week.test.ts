import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openHistory } from '../../src/history/database/open-history.js';
import { recordRun } from '../../src/history/record-run.js';
import { trendUpTo } from '../../src/history/trend.js';
import { STROKES } from '../../src/history/views/bar-chart.js';
import { trendView } from '../../src/history/views/trend.js';
import type { HostReport, Report } from '../../src/model/report.js';
import { summarise } from '../../src/verdict/summary.js';
import { HEADER, machine, unreachable } from '../support/judged-machines.js';
import { compliantPercentOf, COUNTING_FORMATS, READ, rendered } from '../support/report/said-counts.js';

/**
 * A week of a fleet whose high findings fall by half, while nearly every host has a low one all along: what 2,000
 * recorded hosts did. Every headline that speaks of failing hosts falls with the findings that the gate counts.
 */

const HOSTS = 2000;
const DAYS = 7;

const folder = mkdtempSync(join(tmpdir(), 'kernward-week-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const bad = machine('db1');
const mended: HostReport = {
  ...bad,
  status: 'lesser',
  verdicts: bad.verdicts.map((verdict) =>
    verdict.result === 'fail' && (verdict.severity === 'critical' || verdict.severity === 'high')
      ? { ...verdict, result: 'pass' }
      : verdict,
  ),
};

/** Of twelve hosts six fail the gate on the first day, and one of these is mended every second day. */
function hostOn(day: number, index: number): HostReport {
  const place = index % 12;
  const template = place === 11 ? unreachable() : place < 6 - Math.floor(day / 2) ? bad : mended;
  const name = `host${String(index).padStart(4, '0')}`;
  return {
    ...template,
    host: name,
    groups: [`rack-${index % 4}`],
    labels: { owner: `team-${index % 3}` },
    verdicts: template.verdicts.map((verdict) => ({ ...verdict, host: name })),
  };
}

function reportOn(day: number): Report {
  // Made at each walk: seven nights of them are two gigabytes.
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (let index = 0; index < HOSTS; index += 1) yield hostOn(day, index);
    },
  };
  const header = { ...HEADER, runId: `day-${day}`, startedAt: `2026-11-0${day + 1}T02:00:00Z` };
  return { header, hosts, summary: summarise(hosts, { gate: HEADER.gate, rules: HEADER.rules.length, tookMs: 1 }) };
}

/** The numbers of a line such as `fail at high or above ▇▅▃  99 then, 49 now`. */
function thenAndNow(lines: readonly string[], title: string): readonly number[] {
  const line = lines.find((each) => each.startsWith(title)) ?? assert.fail(`no line ${title}`);
  return [...(/(\d+) then, (\d+) now/.exec(line)?.slice(1).map(Number) ?? assert.fail(line))];
}

test('high findings fall by half in a week, and so does every headline', async () => {
  const { value: history } = await openHistory(join(folder, 'history.db'), { create: true });
  assert.ok(history);
  const week = Array.from({ length: DAYS }, (_, day) => reportOn(day));
  for (const report of week) assert.equal((await recordRun(history.db, report)).kind, 'recorded');
  const [first = assert.fail(), last = assert.fail()] = [week[0], week.at(-1)];

  const withTrend = { ...last, summary: { ...last.summary, trend: await trendUpTo(history.db, last.header) } };
  assert.equal(last.summary.gateFails * 2, first.summary.gateFails, 'the findings of the gate fall by half');
  assert.ok(last.summary.fails.low > HOSTS / 2, 'nearly every host has a low finding to the end');

  // JSON has the summary as it is, and took half of the time: golden files hold its numbers against the other formats'.
  for (const id of COUNTING_FORMATS.filter((each) => each !== 'json')) {
    // One format in every night, and each in the first and in the last: all of all take 40 s of CPU.
    const nights = id === 'csv-summary' ? week : [first, last];
    const said = nights.map((report) => READ[id](rendered(id, report)).failing);
    assert.equal(said[0], first.summary.statuses.failing, id);
    assert.equal((said.at(-1) ?? 0) * 2, said[0], `${id}: ${said.join(' ')}`);
    for (const [day, failing] of said.entries())
      assert.ok(failing <= (said[day - 1] ?? failing), `${id}: ${said.join(' ')}`);
  }
  const percents = week.map((report) => compliantPercentOf(rendered('csv-summary', report)) ?? assert.fail());
  assert.ok((percents.at(-1) ?? 0) > (percents[0] ?? 100) + 20, percents.join(' '));

  const view = await trendView(history.db, { last: 99, strokes: STROKES.unicode });
  assert.ok(view.ok);
  const failing = [first.summary.statuses.failing, last.summary.statuses.failing];
  assert.deepEqual(thenAndNow(view.view.head, 'fail at high or above'), failing);
  assert.deepEqual(thenAndNow(view.view.head, 'low findings'), [first.summary.fails.low, last.summary.fails.low]);
  for (const group of ['rack-0', 'rack-3']) {
    const ofGroup = await trendView(history.db, { group, last: 99, strokes: STROKES.unicode });
    assert.ok(ofGroup.ok);
    const [then = 0, now = 0] = thenAndNow(ofGroup.view.head, 'fail at high or above');
    assert.ok(now < then, `${group}: ${then} then, ${now} now`);
  }
  const shown = failing.map((many) => many.toLocaleString('en'));
  assert.match(rendered('html', withTrend), new RegExp(`failing \\(high or above\\): ${shown.join(' → ')}<`));
  await history.close();
});
