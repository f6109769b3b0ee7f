import type { History } from '../../history/database/open-history.js';
import { exportIntervals } from '../../history/export-intervals.js';
import { flappingPart } from '../../history/views/figures.js';
import { hostsView, hostView } from '../../history/views/hosts.js';
import { listView } from '../../history/views/list.js';
import { ruleView, rulesView } from '../../history/views/rules.js';
import { newestMs, runsIn } from '../../history/views/runs.js';
import { showView } from '../../history/views/show-run.js';
import { turnsIn } from '../../history/views/transitions.js';
import { trendView } from '../../history/views/trend.js';
import { suggest } from '../../text/suggest.js';
import type { ChosenHost } from '../../history/views/view.js';
import { namesOf } from '../input/history-hosts.js';
import type { ViewOptions } from '../options/view.js';
import { openForReading, render, strokesHere, writeOne } from '../output/history-view.js';
import { usage } from '../terminal/exit.js';

export { addReports, pruneRuns, removeOne } from './history-changes.js';

export interface WindowOptions extends ViewOptions {
  readonly changes: number;
  readonly within: number;
  /** A pattern of hosts. */
  readonly limit?: string;
}

export interface HistoryListOptions extends ViewOptions {
  readonly since?: number;
  readonly last?: number;
}

export interface HistoryTrendOptions extends ViewOptions {
  readonly group?: string;
  readonly rule?: string;
  readonly since?: number;
  readonly limit?: string;
  readonly last: number;
}

const EMPTY = 'the history has no run yet';

async function nowOf({ db }: History): Promise<number> {
  return (await newestMs(db)) ?? usage(EMPTY);
}

/** The runs, the newest first. */
export function listRuns(options: HistoryListOptions): Promise<void> {
  return render(options, ({ db }) => listView(db, { sinceMs: options.since, last: options.last }));
}

/** A run, and what it saw change. */
export function showRun(id: string | undefined, options: ViewOptions): Promise<void> {
  return render(options, async ({ db }) => {
    const runs = await runsIn(db);
    const found = id === undefined ? runs.slice(-1) : runs.filter(({ run_id }) => run_id.startsWith(id));
    const [run, other] = found.length > 1 ? found.filter(({ run_id }) => run_id === id) : found;
    if (runs.length === 0) return EMPTY;
    if (run === undefined || other !== undefined)
      return found.length > 1
        ? `${found.length} runs begin with ${JSON.stringify(id)}; kernward history list has them all`
        : `the history has no run ${JSON.stringify(id)}; kernward history list has them all`;
    return showView(db, run);
  });
}

/** How the fleet, a group or a rule got on. */
export function showTrend(options: HistoryTrendOptions): Promise<void> {
  return render(options, async ({ db }) => {
    const viewed = await trendView(db, {
      group: options.group,
      rule: options.rule,
      sinceMs: options.since,
      limit: options.limit,
      last: options.last,
      strokes: strokesHere(),
    });
    return viewed.ok ? viewed.view : viewed.why;
  });
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const like = suggest(name, known);
  return `the history has no ${what} ${JSON.stringify(name)}${like === undefined ? `; kernward history ${what} has them all` : `; did you mean ${like}?`}`;
}

/** The hosts that a pattern names, of all that the history has, by the groups and the owner that they had last. */
async function chosenHosts({ db }: History, pattern: string | undefined): Promise<ChosenHost> {
  if (pattern === undefined) return () => true;
  const rows = await db.selectFrom('hosts').select(['name', 'member_of', 'owner']).execute();
  const names = namesOf(
    rows.map(({ name, member_of, owner }) => {
      const groups: readonly string[] = JSON.parse(member_of);
      return { name, groups, labels: owner === '' ? {} : { owner } };
    }),
    pattern,
  );
  return ({ host }) => names.has(host);
}

/** Since when each host fails; one host: what is known of it. */
export function showHostHistory(name: string | undefined, options: WindowOptions): Promise<void> {
  return render(options, async (history) => {
    const { db } = history;
    const nowMs = await nowOf(history);
    if (name !== undefined && options.limit !== undefined) usage('name a host, or hosts by -l PATTERN: not both');
    if (name === undefined) return hostsView(db, nowMs, await chosenHosts(history, options.limit));
    const hosts = (await db.selectFrom('hosts').select('name').execute()).map((row) => row.name);
    return hosts.includes(name)
      ? hostView(db, name, nowMs, { changes: options.changes, withinDays: options.within })
      : unknown('host', name, hosts);
  });
}

/** Who fails each rule; one rule: its hosts and its weeks. */
export function showRuleHistory(id: string | undefined, options: WindowOptions): Promise<void> {
  return render(options, async (history) => {
    const { db } = history;
    const nowMs = await nowOf(history);
    const window = { changes: options.changes, withinDays: options.within };
    const isChosen = await chosenHosts(history, options.limit);
    if (id === undefined) return rulesView(db, nowMs, window, isChosen);
    const rules = (await db.selectFrom('rules').select('id').execute()).map((row) => row.id);
    return rules.includes(id) ? ruleView(db, id, nowMs, window, isChosen) : unknown('rule', id, rules);
  });
}

/** Hosts and rules that keep changing. */
export function showFlapping(options: WindowOptions): Promise<void> {
  return render(options, async (history) => {
    const nowMs = await nowOf(history);
    const window = { changes: options.changes, withinDays: options.within };
    const transitions = await turnsIn(history.db, {
      fromMs: nowMs - window.withinDays * 86_400_000,
      onlyTurns: true,
    });
    const chosen = transitions.filter(await chosenHosts(history, options.limit));
    return { head: [], parts: [{ ...flappingPart(chosen, nowMs, window), none: 'nothing flaps' }] };
  });
}

/** Every interval as CSV. */
export async function exportAll(options: ViewOptions): Promise<void> {
  if (options.output.format !== 'csv') return usage('export writes csv: leave -o out, or say -o csv:FILE');
  const history = await openForReading(options);
  try {
    await writeOne(options.output, () => exportIntervals(history.db));
  } finally {
    await history.close();
  }
}
