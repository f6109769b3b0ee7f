import { type Command, InvalidArgumentError, Option } from 'commander';
import type { History } from '../history/database/open-history.js';
import type { Strokes } from '../history/views/picture.js';
import type { View } from '../history/views/view.js';
import { type Chunks, type Output, writeOutputs } from '../run/write-outputs.js';
import { suggest } from '../text/suggest.js';
import { type HistoryOptions, historyFileOf, withHistory } from './history-file.js';
import { terminalColumns } from './present.js';
import { EXIT, stopOnErrors, usage } from './stop.js';

const VIEW_FORMATS = ['table', 'json', 'csv'] as const;

const viewOutput = (text: string): Output => {
  const colon = text.indexOf(':');
  const format = colon < 0 ? text : text.slice(0, colon);
  const file = colon < 0 ? undefined : text.slice(colon + 1);
  if (!VIEW_FORMATS.some((known) => known === format)) throw new InvalidArgumentError(`there is no format ${JSON.stringify(format)}; did you mean ${suggest(format, VIEW_FORMATS) ?? VIEW_FORMATS.join(' or ')}?`);
  if (file === '') throw new InvalidArgumentError(`after ${format}: a file name is expected.`);
  return { format, file };
};

export interface ViewOptions extends HistoryOptions {
  readonly output: Output;
}

const ANY_FORMAT = `${VIEW_FORMATS.join(', ')}; csv has the first table, json has all of them`;

export const withView = (command: Command, told = ANY_FORMAT, standard: (typeof VIEW_FORMATS)[number] = 'table'): Command =>
  withHistory(command).addOption(new Option('-o, --output <FORMAT[:FILE]>', told).argParser(viewOutput).default({ format: standard, file: undefined }, standard));

/** A terminal of which nobody says that it knows UTF-8 gets ASCII. Windows' has known it for long, and has no such variables. */
const hasUtf8 = (): boolean => process.platform === 'win32' || /utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '');

/** The history, opened for looking at it. */
export const openForReading = async (options: HistoryOptions): Promise<History> => {
  const { openHistory } = await import('../history/database/open-history.js');
  const opened = await openHistory(historyFileOf(options), { create: false });
  stopOnErrors(opened.diagnostics);
  if (opened.value === undefined) throw new Error('a history was neither opened nor refused');
  return opened.value;
};

/** Writes to one place; 4 where that cannot be. */
export const writeOne = async (output: Output, render: () => Chunks): Promise<void> => {
  const troubles = await writeOutputs([output], render, process.stdout);
  for (const trouble of troubles) process.stderr.write(`kernward: ${trouble}\n`);
  if (troubles.length > 0) process.exitCode = EXIT.internal;
};

/** What to draw with. */
export const strokesHere = async (): Promise<Strokes> => {
  const { STROKES } = await import('../history/views/picture.js');
  return hasUtf8() ? STROKES.unicode : STROKES.ascii;
};

const present = async (view: View, output: Output): Promise<void> => {
  const { viewAsCsv, viewAsJson, viewAsTable } = await import('../history/views/render-view.js');
  const isTerminal = output.file === undefined && process.stdout.isTTY;
  const terminal = { colour: isTerminal && (process.env['NO_COLOR'] ?? '') === '', columns: Math.max(60, terminalColumns(160)), strokes: await strokesHere(), ascii: !hasUtf8() };
  await writeOne(output, () => (output.format === 'json' ? viewAsJson(view) : output.format === 'csv' ? viewAsCsv(view) : viewAsTable(view, terminal)));
};

/** Looks at the history and writes what is seen; a sentence instead of a view is the user's mistake. */
export const look = async (options: ViewOptions, at: (history: History) => Promise<View | string>): Promise<void> => {
  const history = await openForReading(options);
  try {
    const view = await at(history);
    if (typeof view === 'string') usage(view);
    else await present(view, options.output);
  } finally {
    await history.close();
  }
};
