import { Command, InvalidArgumentError, Option } from 'commander';
import type { History } from '../../history/database/open-history.js';
import type { View } from '../../history/views/view.js';
import { isDay } from '../../kernel/support/days.js';
import { suggest } from '../../text/suggest.js';
import { changeCommands } from './history-changes.js';
import { render, openForReading, strokesHere, type ViewOptions, withView, writeOne } from '../output/history-view.js';
import { usage } from '../terminal/exit.js';

function since(text: string): number {
  if (!isDay(text)) throw new InvalidArgumentError('expected a day, such as 2026-08-22.');
  return Date.parse(`${text}T00:00:00Z`);
}

function atLeastOne(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more.');
  return value;
}

function withSince(command: Command): Command {
  return command.addOption(new Option('--since <DAY>', 'only runs from this day on, YYYY-MM-DD').argParser(since));
}

interface WindowOptions extends ViewOptions {
  readonly changes: number;
  readonly within: number;
}

function withWindow(command: Command): Command {
  return withView(command)
    .addOption(
      new Option('--changes <N>', 'so many changes of the result, or more, are flapping')
        .argParser(atLeastOne)
        .default(3),
    )
    .addOption(
      new Option('--within <DAYS>', 'counted in so many days before the newest run').argParser(atLeastOne).default(30),
    );
}

const EMPTY = 'the history has no run yet';

async function nowOf({ db }: History): Promise<number> {
  const { newestMs } = await import('../../history/views/runs.js');
  return (await newestMs(db)) ?? usage(EMPTY);
}

interface ListOptions extends ViewOptions {
  readonly since?: number;
  readonly last?: number;
}

function list(): Command {
  return withSince(withView(new Command('list').description('the runs, the newest first')))
    .addOption(new Option('-n, --last <N>', 'only so many').argParser(atLeastOne))
    .action((options: ListOptions) =>
      render(options, async ({ db }) => {
        const { listView } = await import('../../history/views/list.js');
        return listView(db, { sinceMs: options.since, last: options.last });
      }),
    );
}

function show(): Command {
  return withView(
    new Command('show')
      .description('a run, and what it saw change')
      .argument('[run]', 'its id, or the beginning of it; the newest without'),
  ).action((id: string | undefined, options: ViewOptions) =>
    render(options, async ({ db }) => {
      const [{ runsIn }, { showView }] = await Promise.all([
        import('../../history/views/runs.js'),
        import('../../history/views/show-run.js'),
      ]);
      const runs = await runsIn(db);
      const found = id === undefined ? runs.slice(-1) : runs.filter(({ run_id }) => run_id.startsWith(id));
      const [run, other] = found.length > 1 ? found.filter(({ run_id }) => run_id === id) : found;
      if (runs.length === 0) return EMPTY;
      if (run === undefined || other !== undefined)
        return found.length > 1
          ? `${found.length} runs begin with ${JSON.stringify(id)}; kernward history list has them all`
          : `the history has no run ${JSON.stringify(id)}; kernward history list has them all`;
      return showView(db, run);
    }),
  );
}

interface TrendOptions extends ViewOptions {
  readonly group?: string;
  readonly rule?: string;
  readonly since?: number;
  readonly limit?: string;
  readonly last: number;
}

function trend(): Command {
  return withSince(
    withView(
      new Command('trend').description(
        'how the fleet, a group or a rule got on, as a picture; new and resolved by the week',
      ),
    ),
  )
    .option('--group <NAME>', 'only this group')
    .option('--rule <ID>', 'only this rule: hosts that fail it')
    .option('-l, --limit <PATTERN>', 'runs that had this --limit (default: runs of the whole inventory)')
    .addOption(new Option('-n, --last <N>', 'only so many, the newest').argParser(atLeastOne).default(60))
    .action((options: TrendOptions) =>
      render(options, async ({ db }) => {
        const { trendView } = await import('../../history/views/trend.js');
        const viewed = await trendView(db, {
          group: options.group,
          rule: options.rule,
          sinceMs: options.since,
          limit: options.limit,
          last: options.last,
          strokes: await strokesHere(),
        });
        return viewed.ok ? viewed.view : viewed.why;
      }),
    );
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const like = suggest(name, known);
  return `the history has no ${what} ${JSON.stringify(name)}${like === undefined ? `; kernward history ${what} has them all` : `; did you mean ${like}?`}`;
}

function host(): Command {
  return withWindow(
    new Command('host')
      .description('since when each host fails; one host: what is known of it and how it came to that')
      .argument('[name]'),
  ).action((name: string | undefined, options: WindowOptions) =>
    render(options, async (history) => {
      const { db } = history;
      const { hostsView, hostView } = await import('../../history/views/hosts.js');
      const nowMs = await nowOf(history);
      if (name === undefined) return hostsView(db, nowMs);
      const hosts = (await db.selectFrom('hosts').select('name').execute()).map((row) => row.name);
      return hosts.includes(name)
        ? hostView(db, name, nowMs, { changes: options.changes, withinDays: options.within })
        : unknown('host', name, hosts);
    }),
  );
}

function rule(): Command {
  return withWindow(
    new Command('rule')
      .description('who fails each rule, since when, mean time to fix; one rule: its hosts and its weeks')
      .argument('[id]'),
  ).action((id: string | undefined, options: WindowOptions) =>
    render(options, async (history) => {
      const { db } = history;
      const { rulesView, ruleView } = await import('../../history/views/rules.js');
      const nowMs = await nowOf(history);
      const window = { changes: options.changes, withinDays: options.within };
      if (id === undefined) return rulesView(db, nowMs, window);
      const rules = (await db.selectFrom('rules').select('id').execute()).map((row) => row.id);
      return rules.includes(id) ? ruleView(db, id, nowMs, window) : unknown('rule', id, rules);
    }),
  );
}

function flapping(): Command {
  return withWindow(new Command('flapping').description('hosts and rules that keep changing')).action(
    (options: WindowOptions) =>
      render(options, async (history): Promise<View> => {
        const [{ flappingPart }, { turnsIn }] = await Promise.all([
          import('../../history/views/figures.js'),
          import('../../history/views/transitions.js'),
        ]);
        const nowMs = await nowOf(history);
        const window = { changes: options.changes, withinDays: options.within };
        const transitions = await turnsIn(history.db, {
          fromMs: nowMs - window.withinDays * 86_400_000,
          onlyTurns: true,
        });
        return { head: [], parts: [{ ...flappingPart(transitions, nowMs, window), none: 'nothing flaps' }] };
      }),
  );
}

function exportAll(): Command {
  return withView(
    new Command('export').description('every interval as CSV: a host, a rule, a result, from when to when'),
    'csv alone',
    'csv',
  ).action(async (options: ViewOptions) => {
    if (options.output.format !== 'csv') return usage('export writes csv: leave -o out, or say -o csv:FILE');
    const history = await openForReading(options);
    try {
      const { exportIntervals } = await import('../../history/export-intervals.js');
      await writeOne(options.output, () => exportIntervals(history.db));
    } finally {
      await history.close();
    }
  });
}

export function historyCommand(): Command {
  const command = new Command('history').description(
    'what runs found over time: failing since, time to fix, trend; written by scan --history',
  );
  for (const sub of [
    list(),
    show(),
    trend(),
    host(),
    rule(),
    flapping(),
    ...changeCommands().slice(0, 1),
    exportAll(),
    ...changeCommands().slice(1),
  ])
    command.addCommand(sub);
  return command;
}
