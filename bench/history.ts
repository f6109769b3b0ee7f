/**
 * `node dist/bench/history.js`: what a history of a large fleet costs: disk and time of the first run, of runs in which
 * nothing changed, of runs in which one verdict in a hundred changed; and how long the views take.
 *
 * Options: --hosts N (default 10000), --rules N (60), --runs N (30).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageIn } from '../src/history/check-integrity.js';
import { openHistory } from '../src/history/database/open-history.js';
import { exportIntervals } from '../src/history/export-intervals.js';
import { prune } from '../src/history/prune.js';
import { hostsView, hostView } from '../src/history/views/hosts.js';
import { listView } from '../src/history/views/list.js';
import { STROKES } from '../src/history/views/bar-chart.js';
import { rulesView, ruleView } from '../src/history/views/rules.js';
import { trendView } from '../src/history/views/trend.js';
import { recordRun } from '../src/history/record-run.js';
import { reportOf, type RunPlan } from '../test/support/history/reports.js';

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
}
const HOSTS = option('hosts', 10_000);
const RULES = option('rules', 60);
const RUNS = option('runs', 30);

const folder = mkdtempSync(join(tmpdir(), 'kernward-history-'));
const file = join(folder, 'history.db');
const rules = Array.from({ length: RULES }, (_, index) => `rule-${String(index).padStart(2, '0')}`);

/** One verdict in twelve fails, one in six does not apply; which ones, the seed says. */
function resultOf(host: number, rule: number, seed: number) {
  return (
    (
      [
        'fail',
        'notapplicable',
        'notapplicable',
        'pass',
        'pass',
        'pass',
        'pass',
        'pass',
        'pass',
        'pass',
        'pass',
        'pass',
      ] as const
    )[(host * 7 + rule * 5 + seed) % 12] ?? 'pass'
  );
}

function plan(run: number, changedSince: (host: number, rule: number) => number): RunPlan {
  return {
    runId: `run${String(run).padStart(4, '0')}`,
    startedAt: new Date(Date.UTC(2026, 0, 1 + run)).toISOString().replace('.000Z', 'Z'),
    rules,
    hosts: Array.from({ length: HOSTS }, (_, host) => ({
      host: `host${String(host).padStart(5, '0')}.example.com`,
      groups: [`rack${host % 100}`],
      judged: Object.fromEntries(
        rules.map((rule, index) => [
          rule,
          {
            result: resultOf(host, index, changedSince(host, index)),
            because: `${rule} is ${resultOf(host, index, changedSince(host, index))} on a kernel of kind ${host % 30}`,
          },
        ]),
      ),
    })),
  };
}

const opened = await openHistory(file, { create: true });
if (opened.value === undefined) throw new Error(JSON.stringify(opened.diagnostics));
const history = opened.value;
function size(): number {
  return statSync(file).size;
}

async function add(title: string, planned: RunPlan): Promise<void> {
  const report = reportOf(planned);
  const walked = performance.now();
  for (const host of report.hosts) if (host.verdicts.length !== RULES) throw new Error('a plan went wrong');
  const walk = performance.now() - walked;
  const before = size();
  const begun = performance.now();
  const recorded = await recordRun(history.db, report);
  const took = performance.now() - begun - walk;
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
  console.log(
    `${title.padEnd(28)} ${String(recorded.changed).padStart(7)} intervals  ${(took / 1000).toFixed(2).padStart(6)} s  +${((size() - before) / 1024).toFixed(0).padStart(6)} KiB`,
  );
}

try {
  await add(
    'first run',
    plan(0, () => 0),
  );
  for (let run = 1; run < RUNS - 2; run += 1)
    await add(
      `nothing changed (${run})`,
      plan(run, () => 0),
    );
  await add(
    'one in a hundred changed',
    plan(RUNS - 2, (host, rule) => Number((host + rule) % 100 === 0)),
  );
  await add(
    'and back',
    plan(RUNS - 1, () => 0),
  );
  const nowMs = Date.UTC(2026, 0, RUNS);
  const window = { changes: 3, withinDays: 30 };
  const { db } = history;
  const views: Readonly<Record<string, () => Promise<unknown>>> = {
    'open, with its checks': async () => (await openHistory(file, { create: false })).value?.close(),
    'look for damage': () => damageIn(db),
    list: () => listView(db, {}),
    trend: () => trendView(db, { last: 60, strokes: STROKES.unicode }),
    'trend --rule': () => trendView(db, { rule: 'rule-07', last: 60, strokes: STROKES.unicode }),
    'trend --group': () => trendView(db, { group: 'rack7', last: 60, strokes: STROKES.unicode }),
    host: () => hostsView(db, nowMs),
    'host NAME': () => hostView(db, 'host00007.example.com', nowMs, window),
    rule: () => rulesView(db, nowMs, window),
    'rule ID': () => ruleView(db, 'rule-07', nowMs, window),
    export: async () => {
      let bytes = 0;
      for await (const chunk of exportIntervals(db)) bytes += chunk.length;
      return bytes;
    },
    'prune --dry-run': () => prune(db, nowMs - 5 * 86_400_000, true),
  };
  for (const [name, view] of Object.entries(views)) {
    const begun = performance.now();
    await view();
    console.log(`${name.padEnd(28)} ${((performance.now() - begun) / 1000).toFixed(2).padStart(6)} s`);
  }
  console.log(
    `${RUNS} runs of ${HOSTS} hosts x ${RULES} rules: ${(size() / 1024 / 1024).toFixed(1)} MiB; peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
} finally {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
}
