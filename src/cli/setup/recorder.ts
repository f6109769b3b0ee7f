import type { History } from '../../history/database/open-history.js';
import type { Report } from '../../model/report.js';
import type { RecordedReport } from '../../run/world.js';
import { makeStateFolder } from '../options/history.js';
import { checkLinks } from '../../run/output-file.js';
import { Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** Where the runs of a command are recorded; nowhere, where nobody asked for it. */
export interface Recorder {
  readonly record: (report: Report) => Promise<RecordedReport>;
  readonly close: () => Promise<void>;
}

const NOT_ASKED: Recorder = { record: async (report) => ({ report, errors: [] }), close: async () => undefined };

function sentence(file: string, thrown: unknown): string {
  return `the run could not be recorded in the history ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

function recordIn(file: string, history: History): Recorder {
  return {
    record: async (report) => {
      try {
        const { noteRun } = await import('../../history/record-and-annotate.js');
        const noted = await noteRun(history, report);
        return noted.ok ? { report: noted.report, errors: [] } : { report, errors: [sentence(file, noted.why)] };
      } catch (thrown) {
        return { report, errors: [sentence(file, thrown)] };
      }
    },
    close: history.close,
  };
}

/**
 * Opens the history before a host is contacted, so that a wrong file is reported at once. What the machine refuses is an output
 * that cannot be written: it ends with 4, and keeps nothing else from being done.
 *
 * @param file of the history; undefined: nothing is recorded
 * @throws Stop where the file is no history that can be written to
 */
export async function openRecorder(file: string | undefined): Promise<Recorder> {
  if (file === undefined) return NOT_ASKED;
  try {
    makeStateFolder(file);
    checkLinks(file);
    const { openHistory } = await import('../../history/database/open-history.js');
    const opened = await openHistory(file, { create: true });
    stopOnErrors(opened.diagnostics);
    if (opened.value === undefined) throw new Error('a history was neither opened nor refused');
    return recordIn(file, opened.value);
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown;
    return { ...NOT_ASKED, record: async (report) => ({ report, errors: [sentence(file, thrown)] }) };
  }
}
