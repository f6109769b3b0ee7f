import { type History, openHistory } from '../../history/database/open-history.js';
import { reclaim } from '../../history/database/reclaim.js';
import { prune, pruneFromMs } from '../../history/prune.js';
import { recordRun } from '../../history/record-run.js';
import { removeRun } from '../../history/remove-run.js';
import { runAhead } from '../../history/run-ahead.js';
import { newestMs } from '../../history/views/runs.js';
import type { Loaded } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import { checkHistoryPlace } from '../../run/output-file.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { loadReport } from '../input/report-file.js';
import { getHistoryFile, type HistoryOptions, makeStateFolder } from '../options/history.js';
import { openForReading, reasonOf } from '../output/history-view.js';
import { tellQueries } from '../setup/history-apart.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface PruneOptions extends HistoryOptions {
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

export interface RemoveOptions extends HistoryOptions {
  readonly dryRun?: boolean;
}

async function openToWrite(file: string): Promise<Loaded<History>> {
  makeStateFolder(file);
  try {
    checkHistoryPlace(file);
  } catch (thrown) {
    throw new Stop(EXIT.internal, `the history ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return openHistory(file, { create: true, onQuery: tellQueries });
}

async function opened(options: HistoryOptions): Promise<History> {
  const file = getHistoryFile(options);
  const history = await openToWrite(file).catch(async (thrown: unknown) => {
    throw await reasonOf(thrown, file);
  });
  stopOnErrors(history.diagnostics);
  if (history.value === undefined) throw new Error('a history was neither opened nor refused');
  return history.value;
}

function formatChange(line: string): boolean {
  return process.stdout.write(`${line}\n`);
}

async function addOne(history: History, file: string, report: Report): Promise<void> {
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

/** Writes saved reports into the history. */
export async function addReports(files: readonly string[], options: HistoryOptions): Promise<void> {
  // A report that cannot be read leaves no history that was made for it.
  const [firstFile, ...others] = files;
  const first = firstFile === undefined ? undefined : loadReport(firstFile);
  const history = await opened(options);
  try {
    if (firstFile !== undefined && first !== undefined) await addOne(history, firstFile, first);
    for (const file of others) await addOne(history, file, loadReport(file));
  } catch (thrown) {
    throw await reasonOf(thrown, history.file, history);
  } finally {
    await history.close();
  }
}

/** Takes away runs of a certain age, and what only they saw. */
export async function pruneRuns(options: PruneOptions): Promise<void> {
  const history = await openForReading(options);
  try {
    if ((await newestMs(history.db)) === undefined) return usage('the history has no run yet');
    const beforeMs = (await pruneFromMs(history.db, Date.now())) - options.olderThan * 86_400_000;
    const { runs, intervals, texts } = await prune(history.db, beforeMs, options.dryRun ?? false);
    if (options.dryRun !== true && runs + intervals + texts > 0) await reclaim(history.db);
    formatChange(
      `${options.dryRun === true ? 'would take away' : 'took away'} ${count(runs, 'run')} before ${new Date(beforeMs).toISOString().replace(/\.\d+Z$/, 'Z')}, ${count(intervals, 'interval')} and ${count(texts, 'text')}`,
    );
    const ahead = await runAhead(history.db, Date.now());
    if (ahead !== undefined)
      formatChange(
        `left run ${clean(ahead.runId)} of ${ahead.startedAt}, which is in the future; kernward history remove takes it out`,
      );
  } catch (thrown) {
    throw await reasonOf(thrown, history.file, history);
  } finally {
    await history.close();
  }
}

/** Takes the newest run out, by its whole id: one that a wrong clock dated into the future stands before all others. */
export async function removeOne(runId: string, options: RemoveOptions): Promise<void> {
  const history = await openForReading(options);
  try {
    const removed = await removeRun(history.db, runId, options.dryRun ?? false);
    if (removed.kind === 'missing')
      return usage(`the history has no run of the id ${JSON.stringify(runId)}; kernward history list has them all`);
    if (removed.kind === 'not-newest')
      return usage(
        `only the newest run can be taken out, which is ${clean(removed.newest)}: later ones go on from where it was`,
      );
    formatChange(
      `${options.dryRun === true ? 'would take out' : 'took out'} run ${clean(runId)} of ${removed.startedAt}, and ${count(removed.intervals, 'interval')} that it began`,
    );
  } catch (thrown) {
    throw await reasonOf(thrown, history.file, history);
  } finally {
    await history.close();
  }
}
