import { Command, InvalidArgumentError, Option } from 'commander';
import type { PruneOptions, RemoveOptions } from '../actions/history-changes.js';
import { type HistoryOptions, withHistory } from '../options/history.js';

function add(): Command {
  return withHistory(
    new Command('add')
      .description('write saved reports into the history; a run that is there already changes nothing')
      .argument('<reports...>', 'what `scan -o json` or `-o jsonl` wrote, in any order'),
  ).action(async (files: readonly string[], options: HistoryOptions) => {
    const { addReports } = await import('../actions/history.js');
    await addReports(files, options);
  });
}

const DAYS = { d: 1, w: 7 } as const;

function age(text: string): number {
  const { many, unit } = /^(?<many>\d{1,5})(?<unit>[dw])$/.exec(text)?.groups ?? {};
  const days = Number(many) * (unit === 'w' ? DAYS.w : DAYS.d);
  if (!(days > 0)) throw new InvalidArgumentError('expected days or weeks above 0, such as 400d or 52w.');
  return days;
}

function prune(): Command {
  return withHistory(
    new Command('prune').description(
      'take away runs of a certain age, and what only they saw; what is open stays, and since when',
    ),
  )
    .addOption(
      new Option('--older-than <AGE>', 'days (400d) or weeks (52w) before the newest run that is not of the future')
        .argParser(age)
        .makeOptionMandatory(),
    )
    .option('--dry-run', 'only say what would go')
    .action(async (options: PruneOptions) => {
      const { pruneRuns } = await import('../actions/history.js');
      await pruneRuns(options);
    });
}

function remove(): Command {
  return withHistory(
    new Command('remove')
      .description('take the newest run out, as if it had never been: one of a clock that was wrong')
      .argument('<run>', 'its whole id, as `kernward history list` has it'),
  )
    .option('--dry-run', 'only say what would go')
    .action(async (runId: string, options: RemoveOptions) => {
      const { removeOne } = await import('../actions/history.js');
      await removeOne(runId, options);
    });
}

/** What changes a history. */
export function changeCommands(): readonly Command[] {
  return [add(), prune(), remove()];
}
