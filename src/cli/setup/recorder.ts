import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunAhead } from '../../history/run-ahead.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import type { RecordedReport } from '../../run/world.js';
import { makeStateFolder } from '../options/history.js';
import type { Flaps } from '../../verdict/flapping.js';
import { checkHistoryPlace } from '../../run/output-file.js';
import { clean } from '../../text/clean.js';
import { Stop, usage } from '../terminal/exit.js';
import { stopOnErrors, writeError } from '../terminal/tell-diagnostics.js';
import { type HistoryApart, openApart } from './record-apart.js';

/** Where the runs of a command are recorded; nowhere, where nobody asked for it. */
export interface Recorder {
  /** Undefined: nowhere. @param signal gives the history up, where it comes while the run is recorded: the report goes without it */
  readonly record?: (report: Report, signal?: AbortSignal) => Promise<RecordedReport>;
  /** What flaps before a run that starts then; undefined: nobody knows. Why not, `record` will tell. */
  readonly flaps: (startedAt: string) => Promise<Flaps | undefined>;
  /** What the targets were told before this run, and what they know now. @throws why that is not known, or cannot be kept */
  readonly recall: HistoryApart['recall'];
  readonly keep: HistoryApart['keep'];
  readonly close: () => void;
}

async function noHistory(): Promise<never> {
  throw new Error('there is no history');
}

const NOT_ASKED: Recorder = {
  flaps: async () => undefined,
  recall: noHistory,
  keep: noHistory,
  close: () => undefined,
};

function sentence(file: string, thrown: unknown): string {
  return `the run could not be recorded in the history ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

function futureRun(file: string, { runId, startedAt }: RunAhead): Diagnostic {
  const id = clean(runId);
  return {
    code: 'history/run-of-the-future',
    severity: 'warning',
    message: `the newest run of ${clean(file, 300)} is of ${startedAt}, in the future: run ${id}, of a clock that was wrong. Trends and times end with it`,
    help: `look at it with kernward history list, and take it out: kernward history remove ${id}`,
  };
}

function recordIn(file: string, { flaps, record, ahead, recall, keep, close }: HistoryApart): Recorder {
  return {
    record: async (report, signal) => {
      try {
        const recorded = await record(report, signal);
        const future = ahead();
        if (future !== undefined) writeError([futureRun(file, future)]);
        return { report: recorded, errors: [] };
      } catch (thrown) {
        return { report, errors: [sentence(file, thrown)] };
      }
    },
    flaps: async (startedAt) => {
      try {
        return await flaps(startedAt);
      } catch {
        return undefined;
      }
    },
    recall,
    keep,
    close,
  };
}

/**
 * Opens the history before a host is contacted, so that a wrong file is reported at once. What the machine refuses is an output
 * that cannot be written: it ends with 4, and keeps nothing else from being done. So is a history that takes too long.
 *
 * @param file of the history; undefined: nothing is recorded
 * @throws Stop where the file is no history that can be written to, or its folder is not there
 */
export async function openRecorder(file: string | undefined): Promise<Recorder> {
  if (file === undefined) return NOT_ASKED;
  try {
    makeStateFolder(file);
    if (statSync(dirname(file), { throwIfNoEntry: false }) === undefined)
      usage(`the history ${clean(file, 300)} cannot be written: there is no folder ${clean(dirname(file), 300)}`);
    checkHistoryPlace(file);
    const opened = await openApart(file);
    if ('history' in opened) return recordIn(file, opened.history);
    stopOnErrors(opened.diagnostics);
    throw new Error('a history was neither opened nor refused');
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown;
    return { ...NOT_ASKED, record: async (report) => ({ report, errors: [sentence(file, thrown)] }) };
  }
}
