import { damageIn, isDamagedFile, isOutOfMemory, isRefusedByMachine } from '../../history/check-integrity.js';
import { type History, openHistory } from '../../history/database/open-history.js';
import { STROKES, type Strokes } from '../../history/views/bar-chart.js';
import { viewAsCsv, viewAsJson, viewAsTable } from '../../history/views/render-view.js';
import type { View } from '../../history/views/view.js';
import type { Chunks } from '../../run/chunks.js';
import { checkJournals } from '../../run/output-file.js';
import { type Output, writeOutputs } from '../../run/write-outputs.js';
import { clean } from '../../text/clean.js';
import { type HistoryOptions, getHistoryFile } from '../options/history.js';
import { tellQueries } from '../setup/history-apart.js';
import { HeldByAnother } from '../../history/database/sqlite-dialect.js';
import { terminalColumns } from './present.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { showsUtf8 } from '../../transports/control-machine.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { isColoured } from '../terminal/capabilities.js';
import type { ViewOptions } from '../options/view.js';

const WAY_OUT =
  'take a copy of before it was changed, or make it anew from saved reports: kernward history add --history=FILE REPORTS';

function tooLarge(file: string): Stop {
  const message = `reading ${clean(file, 300)} takes more memory than there is for it`;
  return new Stop(EXIT.usage, '', [{ code: 'history/unreadable', severity: 'error', message, help: WAY_OUT }]);
}

function damaged(file: string, places: readonly string[]): Stop {
  return new Stop(
    EXIT.usage,
    '',
    places.map((place) => ({
      code: 'history/damaged',
      severity: 'error',
      message: `${clean(file, 300)} holds what kernward never writes: ${clean(place, 300)}`,
      help: WAY_OUT,
    })),
  );
}

/**
 * What was thrown; a stop where the file itself is the reason, or the machine that it is on. What is neither stays a bug of ours.
 *
 * @param refusal the code where the machine refuses: 2 what is to be read, 4 what is to be written
 */
export async function reasonOf(
  thrown: unknown,
  file: string,
  history?: History,
  refusal: number = EXIT.internal,
): Promise<unknown> {
  if (thrown instanceof Stop) return thrown;
  if (isOutOfMemory(thrown)) return tooLarge(file);
  if (isRefusedByMachine(thrown)) return new Stop(refusal, `the history ${file}: ${thrown.message}`);
  if (thrown instanceof HeldByAnother) return new Stop(EXIT.internal, `${file}: ${thrown.message}`);
  const places = isDamagedFile(thrown) ? [thrown.message] : history === undefined ? [] : await damageIn(history.db);
  return places.length > 0 ? damaged(file, places) : thrown;
}

/** Opens the history to read it. */
export async function openForReading(options: HistoryOptions): Promise<History> {
  const file = getHistoryFile(options);
  try {
    checkJournals(file);
  } catch (thrown) {
    throw new Stop(EXIT.usage, `the history ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const opened = await openHistory(file, { create: false, onQuery: tellQueries }).catch(async (thrown: unknown) => {
    throw await reasonOf(thrown, file, undefined, EXIT.usage);
  });
  stopOnErrors(opened.diagnostics);
  if (opened.value === undefined) throw new Error('a history was neither opened nor refused');
  return opened.value;
}

/** Writes to one place; 4 where that cannot be. */
export async function writeOne(output: Output, render: () => Chunks): Promise<void> {
  const errors = await writeOutputs([output], render, process.stdout);
  for (const error of errors) process.stderr.write(`kernward: ${error}\n`);
  if (errors.length > 0) process.exitCode = EXIT.internal;
}

/** What to draw with. */
export function strokesHere(): Strokes {
  return showsUtf8() ? STROKES.unicode : STROKES.ascii;
}

async function present(view: View, output: Output): Promise<void> {
  const terminal = {
    colour: output.file === undefined && isColoured(process.stdout),
    columns: Math.max(60, terminalColumns(160)),
    strokes: strokesHere(),
    ascii: !showsUtf8(),
  };
  await writeOne(output, () =>
    output.format === 'json'
      ? viewAsJson(view)
      : output.format === 'csv'
        ? viewAsCsv(view)
        : viewAsTable(view, terminal),
  );
}

/** Looks at the history and writes what is seen; a sentence instead of a view is the user's mistake. */
export async function render(options: ViewOptions, at: (history: History) => Promise<View | string>): Promise<void> {
  const history = await openForReading(options);
  try {
    const view = await at(history);
    if (typeof view === 'string') usage(view);
    else await present(view, options.output);
  } catch (thrown) {
    throw await reasonOf(thrown, history.file, history, EXIT.usage);
  } finally {
    await history.close();
  }
}
