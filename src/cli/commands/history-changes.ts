import { Command, InvalidArgumentError, Option } from 'commander';
import type { History } from '../../history/database/open-history.js';
import type { Report } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { type HistoryOptions, getHistoryFile, makeStateFolder, withHistory } from '../options/history.js';
import { openForReading } from '../output/history-view.js';
import { loadReport } from '../input/report-file.js';
import { checkLinks } from '../../run/output-file.js';
import { EXIT, Stop, stopOnErrors, usage } from '../terminal/exit.js';

async function opened(options: HistoryOptions): Promise<History> {
  const file = getHistoryFile(options);
  makeStateFolder(file);
  checkLinks(file);
  const { openHistory } = await import('../../history/database/open-history.js');
  const history = await openHistory(file, { create: true });
  stopOnErrors(history.diagnostics);
  if (history.value === undefined) throw new Error('a history was neither opened nor refused');
  return history.value;
}

function formatChange(line: string): boolean {
  return process.stdout.write(`${line}\n`);
}

async function addOne(history: History, file: string, report: Report): Promise<void> {
  const { recordRun } = await import('../../history/record-run.js');
  const { runId, startedAt } = report.header;
  const recorded = await recordRun(history.db, report);
  const run = `run ${clean(runId)} of ${clean(startedAt)}`;
  if (recorded.kind === 'recorded')
    formatChange(
      `${clean(file)}: ${run} added; ${recorded.changed === 0 ? 'nothing changed' : `${count(recorded.changed, 'interval')} opened`}`,
    );
  else if (recorded.kind === 'already-there') formatChange(`${clean(file)}: ${run} is there already; nothing changed`);
  else if (recorded.kind === 'too-old')
    throw new Stop(
      EXIT.usage,
      `${file}: ${run} is older than what the history keeps: it was pruned up to ${new Date(recorded.prunedBeforeMs).toISOString().slice(0, 10)}`,
    );
  else throw new Stop(EXIT.usage, `${file}: the report does not say when its run started`);
}

function add(): Command {
  return withHistory(
    new Command('add')
      .description('write saved reports into the history; a run that is there already changes nothing')
      .argument('<reports...>', 'what `scan -o json` or `-o jsonl` wrote, in any order'),
  ).action(async (files: readonly string[], options: HistoryOptions) => {
    const history = await opened(options);
    try {
      for (const file of files) await addOne(history, file, loadReport(file));
    } finally {
      await history.close();
    }
  });
}

const DAYS = { d: 1, w: 7 } as const;

function age(text: string): number {
  const { many, unit } = /^(?<many>\d{1,5})(?<unit>[dw])$/.exec(text)?.groups ?? {};
  const days = Number(many) * (unit === 'w' ? DAYS.w : DAYS.d);
  if (!(days > 0)) throw new InvalidArgumentError('expected days or weeks above 0, such as 400d or 52w.');
  return days;
}

interface PruneOptions extends HistoryOptions {
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

function prune(): Command {
  return withHistory(
    new Command('prune').description(
      'take away runs of a certain age, and what only they saw; what is open stays, and since when',
    ),
  )
    .addOption(
      new Option('--older-than <AGE>', 'days (400d) or weeks (52w) before the newest run')
        .argParser(age)
        .makeOptionMandatory(),
    )
    .option('--dry-run', 'only say what would go')
    .action(async (options: PruneOptions) => {
      const history = await openForReading(options);
      try {
        const [{ prune: pruneBefore }, { newestMs }, { reclaim }] = await Promise.all([
          import('../../history/prune.js'),
          import('../../history/views/runs.js'),
          import('../../history/database/reclaim.js'),
        ]);
        const nowMs = await newestMs(history.db);
        if (nowMs === undefined) return usage('the history has no run yet');
        const beforeMs = nowMs - options.olderThan * 86_400_000;
        const { runs, intervals, texts } = await pruneBefore(history.db, beforeMs, options.dryRun ?? false);
        if (options.dryRun !== true && runs + intervals + texts > 0) await reclaim(history.db);
        formatChange(
          `${options.dryRun === true ? 'would take away' : 'took away'} ${count(runs, 'run')} before ${new Date(beforeMs).toISOString().replace(/\.\d+Z$/, 'Z')}, ${count(intervals, 'interval')} and ${count(texts, 'text')}`,
        );
      } finally {
        await history.close();
      }
    });
}

/** What changes a history. */
export function changeCommands(): readonly Command[] {
  return [add(), prune()];
}
