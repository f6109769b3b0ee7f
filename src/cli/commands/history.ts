import { Command, InvalidArgumentError, Option } from 'commander';
import { isDay } from '../../kernel/support/days.js';
import type { HistoryListOptions, HistoryTrendOptions, WindowOptions } from '../actions/history.js';
import { getHistoryFile } from '../options/history.js';
import { type ViewOptions, withView } from '../options/view.js';
import { FLAPPING } from '../../model/verdict.js';
import { changeCommands } from './history-changes.js';

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

function withWindow(command: Command): Command {
  return withView(command)
    .option('-l, --limit <PATTERN>', 'only hosts that match, as for scan: names, groups, label:owner=team')
    .addOption(
      new Option('--changes <N>', 'so many changes of the result, or more, are flapping')
        .argParser(atLeastOne)
        .default(FLAPPING.changes),
    )
    .addOption(
      new Option('--within <DAYS>', 'counted in so many days before the newest run')
        .argParser(atLeastOne)
        .default(FLAPPING.days),
    );
}

function list(): Command {
  return withSince(withView(new Command('list').description('the runs, the newest first')))
    .addOption(new Option('-n, --last <N>', 'only so many').argParser(atLeastOne))
    .action(async (options: HistoryListOptions) => {
      const { listRuns } = await import('../actions/history.js');
      await listRuns(options);
    });
}

function show(): Command {
  return withView(
    new Command('show')
      .description('a run, and what it saw change')
      .argument('[run]', 'its id, or the beginning of it; the newest without'),
  ).action(async (id: string | undefined, options: ViewOptions) => {
    const { showRun } = await import('../actions/history.js');
    await showRun(id, options);
  });
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
    .action(async (options: HistoryTrendOptions) => {
      const { showTrend } = await import('../actions/history.js');
      await showTrend(options);
    });
}

function host(): Command {
  return withWindow(
    new Command('host')
      .description('since when each host fails; one host: what is known of it and how it came to that')
      .argument('[name]'),
  ).action(async (name: string | undefined, options: WindowOptions) => {
    const { showHostHistory } = await import('../actions/history.js');
    await showHostHistory(name, options);
  });
}

function rule(): Command {
  return withWindow(
    new Command('rule')
      .description('who fails each rule, since when, mean time to fix; one rule: its hosts and its weeks')
      .argument('[id]'),
  ).action(async (id: string | undefined, options: WindowOptions) => {
    const { showRuleHistory } = await import('../actions/history.js');
    await showRuleHistory(id, options);
  });
}

function flapping(): Command {
  return withWindow(new Command('flapping').description('hosts and rules that keep changing')).action(
    async (options: WindowOptions) => {
      const { showFlapping } = await import('../actions/history.js');
      await showFlapping(options);
    },
  );
}

function exportAll(): Command {
  return withView(
    new Command('export').description('every interval as CSV: a host, a rule, a result, from when to when'),
    'csv alone',
    'csv',
  ).action(async (options: ViewOptions) => {
    const { exportAll } = await import('../actions/history.js');
    await exportAll(options);
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
  command.hook('preAction', async (_, action) => {
    const { runApart } = await import('../setup/history-apart.js');
    await runApart(getHistoryFile(action.opts()), process.argv.slice(2));
  });
  return command;
}
